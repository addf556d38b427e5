import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { anthropic } from '../../../../src/streams/dialects/anthropic.js';
import { anthropic as provider } from '../../../../src/testing/index.js';
import { eventsOf, readEvents } from '../../../support/streams.js';

const read = (...events: unknown[]) => readEvents(anthropic, events);
const start = (block: object, index = 0): object => ({ type: 'content_block_start', index, content_block: block });
const delta = (given: object, index = 0): object => ({ type: 'content_block_delta', index, delta: given });
const stop = (index = 0): object => ({ type: 'content_block_stop', index });

describe('the dialect of Anthropic', () => {
  it('reads a whole stream, of which pings are no part', () => {
    const events = eventsOf(provider.stream);
    expect(anthropic.recognises(events[0])).toBe(true);
    expect(anthropic.recognises({ type: 'ping' })).toBe(false);
    expect(anthropic.read({ type: 'ping' })).toEqual([]);
    const stream = read(...events);
    expect(stream).toMatchObject({ text: 'Hello', finish: 'end_turn', ended: true, toolCalls: [], errors: [] });
    expect(stream.usage).toEqual({ inputTokens: 2, outputTokens: 1 });
  });

  it('is not at its end with the reason for it', () => {
    const events = eventsOf(provider.stream);
    expect(read(...events.slice(0, -1))).toMatchObject({ text: 'Hello', finish: 'end_turn', ended: false });
  });

  it('puts tool calls together, and knows when they are complete', () => {
    const events = [
      start({ type: 'text', text: '' }),
      delta({ type: 'text_delta', text: 'Wait' }),
      stop(),
      start({ type: 'tool_use', id: 'toolu_1', name: 'add', input: {} }, 1),
      delta({ type: 'input_json_delta', partial_json: '' }, 1),
      delta({ type: 'input_json_delta', partial_json: '{"a":' }, 1),
      delta({ type: 'input_json_delta', partial_json: '1}' }, 1),
    ];
    const call = { id: 'toolu_1', name: 'add', arguments: '{"a":1}' };
    expect(read(...events).toolCalls).toEqual([{ ...call, complete: false }]);
    expect(read(...events, stop(1)).toolCalls).toEqual([{ ...call, complete: true }]);
  });

  it('does not take a tool that the provider runs for a tool call', () => {
    const stream = read(
      start({ type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
      delta({ type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      stop(),
      start({ type: 'web_search_tool_result', content: [] }, 1),
      stop(1),
    );
    expect(stream.toolCalls).toEqual([]);
    expect(stream.kinds).toContain('content');
  });

  it.each([
    ['thinking', delta({ type: 'thinking_delta', thinking: 'Hm' })],
    ['a signature', delta({ type: 'signature_delta', signature: 'x' })],
    ['a citation', delta({ type: 'citations_delta', citation: {} })],
    ['encrypted thinking', start({ type: 'redacted_thinking', data: 'x' })],
  ])('takes %s for content without text', (_, event) => {
    expect(anthropic.read(event)).toEqual([{ kind: 'content' }]);
  });

  it('counts what was read from the cache, and written to it, as input', () => {
    const usage = { input_tokens: 2, cache_creation_input_tokens: 10, cache_read_input_tokens: 100, output_tokens: 1 };
    expect(read({ type: 'message_start', message: { usage } }).usage).toEqual({ inputTokens: 112, outputTokens: 1 });
    const late = { type: 'message_delta', delta: {}, usage: { input_tokens: null, output_tokens: 9 } };
    expect(read(late).usage).toEqual({ outputTokens: 9 });
  });

  it.each(['refusal', 'max_tokens', 'pause_turn'])('takes the stop reason %s for an end', (stopReason) => {
    const events = [{ type: 'message_delta', delta: { stop_reason: stopReason }, usage: {} }, { type: 'message_stop' }];
    expect(read(...events)).toMatchObject({ ended: true, finish: stopReason, errors: [] });
  });

  it.each([
    ['overload', provider.errors.stream_overloaded, 'overloaded'],
    ['the server', provider.errors.stream_error, 'server_error'],
  ])('reports a failure within the stream caused by %s', (_, answer, kind) => {
    const { errors, ended } = read(...eventsOf(answer));
    expect(ended).toBe(false);
    expect(errors.map((error) => classify(error))).toMatchObject([{ kind, requestId: 'req_anthropic' }]);
  });
});
