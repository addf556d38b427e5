import { describe, expect, it } from 'vitest';
import { createBodyParser } from '../../../src/streams/body-parser.js';

function parse(contentType: string, text: string): readonly unknown[] | undefined {
  const parser = createBodyParser(contentType);
  return parser && [...parser.push(Buffer.from(text)), ...parser.end()];
}

describe('the parser of a body', () => {
  it.each([
    ['text/event-stream; charset=utf-8', 'data: {"a":1}\n\ndata: [DONE]\n\n', [{ a: 1 }, '[DONE]']],
    ['Text/Event-Stream', 'event: ping\ndata: {"type":"ping"}\n\n', [{ type: 'ping' }]],
    ['application/x-ndjson', '{"a":1}\n{"a":', [{ a: 1 }, '{"a":']],
    ['application/jsonl', '1\n2', [1, 2]],
    ['application/stream+json', '{"a":1}\n', [{ a: 1 }]],
  ])('of type %s gives events', (type, text, expected) => {
    expect(parse(type, text)).toEqual(expected);
  });

  it.each(['application/json', 'text/html', ''])('does not exist for the type %j', (type) => {
    expect(createBodyParser(type)).toBeUndefined();
  });

  it.each([
    ['{"error":{"message":"x"}}', { error: { message: 'x' } }],
    ['{"type":"error","code":"x"}', { type: 'error', code: 'x' }],
    ['{"message":"x","code":503}', { type: 'error', error: { message: 'x', code: 503 } }],
    ['upstream failed', { type: 'error', error: { message: 'upstream failed' } }],
  ])('gives an error for an event named so, with the data %s', (data, expected) => {
    expect(parse('text/event-stream', `event: error\ndata: ${data}\n\n`)).toEqual([expected]);
  });

  it('gives an event without data by its name', () => {
    expect(parse('text/event-stream', 'event: ping\n\ndata:\n\n')).toEqual([{ type: 'ping' }, undefined]);
  });
});
