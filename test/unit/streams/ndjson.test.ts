import { describe, expect, it } from 'vitest';
import { NdjsonParser } from '../../../src/streams/ndjson.js';

function parse(text: string, size: number, parser = new NdjsonParser()): readonly string[] {
  const bytes = Buffer.from(text);
  const found = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...parser.push(bytes.subarray(at, at + size)));
  return [...found, ...parser.end()];
}

describe('JSON by lines', () => {
  it.each([1, 2, 3, 1_000])('is read from chunks of %d bytes, with line ends of every kind', (size) => {
    const text = '\uFEFF{"a":"é漢🎉"}\n\n  [1]\r\n2\r\t\n{"last":true}';
    expect(parse(text, size)).toEqual(['{"a":"é漢🎉"}', '[1]', '2', '{"last":true}']);
  });

  it('is refused once a line is longer than the limit', () => {
    expect(() => parse('12345678901', 4, new NdjsonParser(10))).toThrow(
      expect.objectContaining({ problem: 'event_too_long' }),
    );
    expect(parse('1234567890\n1234567890', 4, new NdjsonParser(10))).toHaveLength(2);
  });
});
