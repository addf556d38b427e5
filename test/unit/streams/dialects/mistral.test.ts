import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { mistral } from '../../../../src/streams/dialects/mistral.js';
import { openaiChat } from '../../../../src/streams/dialects/openai-chat.js';
import { mistral as provider } from '../../../../src/testing/index.js';
import { eventsOf, readEvents } from '../../../support/streams.js';

const wrapped = (delta: object, finishReason: string | null = null, rest: object = {}): object => ({
  data: { id: 'x', model: 'm', choices: [{ index: 0, delta, finishReason }], ...rest },
});

describe('the dialect of Mistral', () => {
  it('reads a whole stream of its SDK', () => {
    const usage = { promptTokens: 2, completionTokens: 1, totalTokens: 3 };
    const events = [
      wrapped({ role: 'assistant', content: '' }),
      wrapped({ content: 'Hel' }),
      wrapped({ content: 'lo' }, 'stop', { usage }),
    ];
    expect(mistral.recognises(events[0])).toBe(true);
    expect(readEvents(mistral, events)).toMatchObject({
      text: 'Hello',
      finish: 'stop',
      ended: true,
      usage: { inputTokens: 2, outputTokens: 1 },
      kinds: ['preamble', 'content', 'end', 'usage'],
    });
  });

  it('reads the wire as the dialect of chat completions does, which recognises it', () => {
    const events = eventsOf(provider.stream);
    expect(mistral.recognises(events[0])).toBe(false);
    expect(openaiChat.recognises(events[0])).toBe(true);
    expect(readEvents(mistral, events)).toEqual(readEvents(openaiChat, events));
    expect(readEvents(mistral, events)).toMatchObject({ text: 'Hello', finish: 'stop', ended: true });
  });

  it('reads text from a list of parts, of which thinking is not text', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
      { type: 'text', text: 'Hi' },
      { type: 'text', text: '' },
    ];
    expect(mistral.read(wrapped({ content }))).toEqual([{ kind: 'content' }, { kind: 'content', text: 'Hi' }]);
  });

  it('reads tool calls, which come whole', () => {
    const toolCalls = [
      { id: 'a', index: 0, function: { name: 'add', arguments: '{"a":1}' } },
      { id: 'b', index: 1, function: { name: 'sub', arguments: { a: 2 } } },
    ];
    expect(readEvents(mistral, [wrapped({ toolCalls }, 'tool_calls')]).toolCalls).toMatchObject([
      { id: 'a', name: 'add', arguments: '{"a":1}' },
      { id: 'b', name: 'sub', arguments: '{"a":2}' },
    ]);
  });

  it('reports an error within the stream, on the wire and in the SDK’s wrapping', () => {
    const events = eventsOf(provider.errors.stream_error);
    for (const dialect of [mistral, openaiChat]) {
      const { errors, ended } = readEvents(dialect, events);
      expect(ended).toBe(false);
      expect(errors).toHaveLength(1);
      expect(classify(errors[0])).toMatchObject({ kind: 'server_error', code: 'internal_error' });
    }
    expect(readEvents(mistral, [{ data: events.at(-1) }]).errors).toHaveLength(1);
    expect(readEvents(mistral, [wrapped({}, 'error')]).errors).toHaveLength(1);
  });
});
