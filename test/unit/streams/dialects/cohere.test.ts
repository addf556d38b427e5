import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { cohere } from '../../../../src/streams/dialects/cohere.js';
import { cohere as provider } from '../../../../src/testing/index.js';
import { eventsOf, readEvents } from '../../../support/streams.js';

const read = (...events: unknown[]) => readEvents(cohere, events);
const message = (type: string, given: object, index = 0): object => ({ type, index, delta: { message: given } });

describe('the dialect of Cohere', () => {
  it('reads a whole stream', () => {
    const events = eventsOf(provider.stream);
    expect(cohere.recognises(events[0])).toBe(true);
    expect(read(...events)).toMatchObject({ text: 'Hello', finish: 'COMPLETE', ended: true, errors: [] });
    expect(read(...events).usage).toEqual({ inputTokens: 2, outputTokens: 1 });
    expect(read(...events).kinds).toEqual(['preamble', 'content', 'usage', 'end']);
  });

  it.each([
    ['on the wire', 'tool_calls'],
    ['by the SDK', 'toolCalls'],
  ])('puts tool calls together from fields named as %s', (_, field) => {
    const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '' } };
    const events = [
      message('tool-call-start', { [field]: call }),
      message('tool-call-delta', { [field]: { function: { arguments: '{"a":' } } }),
      message('tool-call-delta', { [field]: { function: { arguments: '1}' } } }),
    ];
    const expected = { id: 'c1', name: 'add', arguments: '{"a":1}' };
    expect(read(...events).toolCalls).toEqual([{ ...expected, complete: false }]);
    expect(read(...events, { type: 'tool-call-end', index: 0 }).toolCalls).toEqual([{ ...expected, complete: true }]);
  });

  it.each([
    ['a plan', message('tool-plan-delta', { tool_plan: 'I will' })],
    ['thinking', message('content-delta', { content: { thinking: 'Hm' } })],
    ['a citation', message('citation-start', { citations: {} })],
  ])('takes %s for content without text', (_, event) => {
    expect(cohere.read(event)).toEqual([{ kind: 'content' }]);
  });

  it('reads the usage as the SDK names it', () => {
    const delta = {
      finishReason: 'MAX_TOKENS',
      usage: { billedUnits: { inputTokens: 1 }, tokens: { inputTokens: 5 } },
    };
    expect(read({ type: 'message-end', delta })).toMatchObject({ finish: 'MAX_TOKENS', usage: { inputTokens: 5 } });
  });

  it.each([
    ['ERROR', 'server_error'],
    ['TIMEOUT', 'timeout'],
  ])('reports the finish reason %s as a failure', (finishReason, kind) => {
    const { errors, ended } = read({ type: 'message-end', delta: { finishReason } });
    expect(ended).toBe(false);
    expect(errors.map((error) => classify(error).kind)).toEqual([kind]);
  });

  it('reports an error within the stream with its message', () => {
    const { errors } = read(...eventsOf(provider.errors.stream_error));
    expect(errors).toEqual([{ code: 'server_error', message: 'model failed' }]);
  });
});
