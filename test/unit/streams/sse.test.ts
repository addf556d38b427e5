import { describe, expect, it } from 'vitest';
import { StreamFormatError } from '../../../src/streams/format-error.js';
import { SseParser } from '../../../src/streams/sse.js';

/** The events of a text that comes in chunks of so many bytes. */
function parse(text: string | Uint8Array, chunkBytes = Number.POSITIVE_INFINITY, parser = new SseParser()) {
  const bytes = Buffer.from(text);
  const size = Math.min(chunkBytes, Math.max(1, bytes.length));
  const events = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...parser.push(bytes.subarray(at, at + size)));
  return [...events, ...parser.end()];
}

const data = (...all: readonly string[]) => all.map((each) => ({ event: undefined, data: each, id: '' }));

describe('server-sent events', () => {
  it.each([
    ['one', 'data: x\n\n', data('x')],
    ['two', 'data: x\n\ndata: y\n\n', data('x', 'y')],
    ['lines that end with CR', 'data: x\r\rdata: y\r\r', data('x', 'y')],
    ['lines that end with CRLF', 'data: x\r\n\r\ndata: y\r\n\r\n', data('x', 'y')],
    ['line ends of every kind', 'data: x\rdata: y\ndata: z\r\n\r\n', data('x\ny\nz')],
    ['no space behind the colon', 'data:x\n\n', data('x')],
    ['several spaces, of which the first does not count', 'data:  x \n\n', data(' x ')],
    ['a field without a colon', 'data\n\n', data('')],
    ['empty lines of data', 'data:\ndata:\n\n', data('\n')],
    ['a byte order mark', '\uFEFFdata: x\n\n', data('x')],
    ['a byte order mark elsewhere', 'data: \uFEFFx\n\n', data('\uFEFFx')],
    ['comments', ': OPENROUTER PROCESSING\n\n:\n\ndata: x\n: y\n\n', data('x')],
    ['unknown fields', 'foo: x\nDATA: y\n data: z\n__proto__: a\n\n', []],
    ['no blank line at the end', 'data: x\n\ndata: [DONE]', data('x', '[DONE]')],
    ['blank lines only', '\n\r\n\r\n\n', []],
    ['characters of several bytes', 'data: é漢🎉\n\n', data('é漢🎉')],
  ])('are read with %s, wherever chunks end', (_, text, expected) => {
    for (const size of [Number.POSITIVE_INFINITY, 1, 2, 3, 5]) expect(parse(text, size)).toEqual(expected);
  });

  it('have names, which hold for one event', () => {
    expect(parse('event: error\ndata: x\n\ndata: y\n\n')).toEqual([
      { event: 'error', data: 'x', id: '' },
      { event: undefined, data: 'y', id: '' },
    ]);
  });

  it('may have a name without data', () => {
    expect(parse('event: done\n\nevent:\n\n')).toEqual([{ event: 'done', data: '', id: '' }]);
  });

  it('keep the last ID, unless it contains NUL', () => {
    expect(parse('id: 1\ndata: x\n\ndata: y\n\nid: a\0\ndata: z\n\nid\ndata: w\n\n').map(({ id }) => id)).toEqual([
      '1',
      '1',
      '1',
      '',
    ]);
  });

  it('say how long to wait before the next connection', () => {
    const parser = new SseParser();
    expect(parser.retryMs).toBeUndefined();
    parse('retry: 1500\n\nretry: soon\n\nretry: 1e3\n\n', 4, parser);
    expect(parser.retryMs).toBe(1_500);
  });

  it('are given as soon as the blank line is there', () => {
    const parser = new SseParser();
    expect(parser.push(Buffer.from('data: x\n'))).toEqual([]);
    expect(parser.push(Buffer.from('\n'))).toEqual(data('x'));
    expect(parser.push(Buffer.from('data: y\r'))).toEqual([]);
    expect(parser.push(Buffer.from('\r'))).toEqual(data('y'));
    expect(parser.push(Buffer.from('\ndata: z\n\n'))).toEqual(data('z'));
  });

  it('have replacement characters in place of what is not UTF-8', () => {
    expect(parse(Buffer.from([...Buffer.from('data: '), 0xff, 0xc3, 0x0a, 0x0a]))).toEqual(data('\uFFFD\uFFFD'));
  });

  it.each([
    ['a line', 'data: 0123456789'],
    ['a line that ends', 'data: 0123456789\n'],
    ['data in many lines', 'data: 0123\ndata: 4567\ndata: 8\n'],
    ['a comment', ':0123456789'],
    ['a line behind others', 'data: x\n\nevent: y\nid: 0123456789'],
  ])('are refused once %s is longer than the limit, and ever after', (_, text) => {
    expect(() => parse(text, 1, new SseParser(10))).toThrow(StreamFormatError);
    const parser = new SseParser(10);
    expect(() => parser.push(Buffer.from(text))).toThrow(StreamFormatError);
    expect(() => parser.push(Buffer.from('\n\n'))).toThrow(
      expect.objectContaining({ name: 'StreamFormatError', problem: 'event_too_long' }),
    );
    expect(parser.end()).toEqual([]);
  });

  it('are accepted up to the limit, however many there are', () => {
    const text = 'data: 0123\n\n'.repeat(1_000);
    for (const size of [1, 7, 100_000]) expect(parse(text, size, new SseParser(10))).toHaveLength(1_000);
  });

  it('do not take quadratic time if one comes in small chunks', () => {
    const parser = new SseParser();
    const chunk = Buffer.from('x'.repeat(64));
    parser.push(Buffer.from('data: '));
    for (let nth = 0; nth < 100_000; nth++) parser.push(chunk);
    const [event] = parser.push(Buffer.from('\n\n'));
    expect(event?.data).toHaveLength(6_400_000);
  });
});
