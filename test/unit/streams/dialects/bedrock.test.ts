import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { bedrock } from '../../../../src/streams/dialects/bedrock.js';
import { awsEventStream, bedrock as provider } from '../../../../src/testing/index.js';
import { eventsOf, readEvents } from '../../../support/streams.js';

const read = (...events: unknown[]) => readEvents(bedrock, events);
const start = (contentBlockIndex: number, given: object): object => ({
  contentBlockStart: { contentBlockIndex, start: given },
});
const delta = (contentBlockIndex: number, given: object): object => ({
  contentBlockDelta: { contentBlockIndex, delta: given },
});
const stop = (contentBlockIndex: number): object => ({ contentBlockStop: { contentBlockIndex } });

describe('the dialect of Bedrock', () => {
  it('reads a whole stream, whose usage follows its end', () => {
    const events = eventsOf(provider.stream);
    expect(bedrock.recognises(events[0])).toBe(true);
    const stream = read(...events);
    expect(stream).toMatchObject({ text: 'Hello', finish: 'end_turn', ended: true, toolCalls: [], errors: [] });
    expect(stream.usage).toEqual({ inputTokens: 2, outputTokens: 1 });
    expect(stream.kinds.slice(-2)).toEqual(['end', 'usage']);
  });

  it('puts tool calls together, and knows when they are complete', () => {
    const events = [
      delta(0, { text: 'Wait' }),
      stop(0),
      start(1, { toolUse: { toolUseId: 't1', name: 'add' } }),
      delta(1, { toolUse: { input: '{"a":' } }),
      delta(1, { toolUse: { input: '1}' } }),
    ];
    const call = { id: 't1', name: 'add', arguments: '{"a":1}' };
    expect(read(...events).toolCalls).toEqual([{ ...call, complete: false }]);
    expect(read(...events, stop(1)).toolCalls).toEqual([{ ...call, complete: true }]);
  });

  it('does not take a tool that the provider runs for a tool call', () => {
    const toolUse = { toolUseId: 't1', name: 'nova_grounding', type: 'server_tool_use' };
    const stream = read(start(0, { toolUse }), delta(0, { toolUse: { input: '{}' } }), stop(0));
    expect(stream.toolCalls).toEqual([]);
  });

  it.each([
    ['reasoning', delta(0, { reasoningContent: { text: 'Hm' } })],
    ['a citation', delta(0, { citation: { title: 'x' } })],
    ['an image', start(0, { image: { format: 'png' } })],
  ])('takes %s for content without text', (_, event) => {
    expect(bedrock.read(event)).toEqual([{ kind: 'content' }]);
  });

  it('counts what was read from the cache, and written to it, as input', () => {
    const usage = { inputTokens: 2, cacheReadInputTokens: 100, cacheWriteInputTokens: 10, outputTokens: 1 };
    expect(read({ metadata: { usage } }).usage).toEqual({ inputTokens: 112, outputTokens: 1 });
  });

  it.each(['guardrail_intervened', 'max_tokens'])('takes the stop reason %s for an end', (stopReason) => {
    expect(bedrock.read({ messageStop: { stopReason } })).toEqual([{ kind: 'end', finish: stopReason }]);
  });

  it.each(['malformed_model_output', 'malformed_tool_use'])('reports the stop reason %s as a failure', (stopReason) => {
    const { errors, ended } = read({ messageStop: { stopReason } });
    expect(ended).toBe(false);
    expect(errors.map((error) => classify(error))).toMatchObject([{ kind: 'server_error', code: stopReason }]);
  });

  it.each([
    ['throttling', provider.errors.stream_throttled, 'rate_limited'],
    ['the model', provider.errors.stream_model_error, 'server_error'],
    ['overload', provider.errors.stream_unavailable, 'overloaded'],
  ])('reports an exception within the stream caused by %s', (_, answer, kind) => {
    const { errors, ended } = read(...eventsOf(answer));
    expect(ended).toBe(false);
    expect(errors.map((error) => classify(error).kind)).toEqual([kind]);
  });

  it('reports an exception of the SDK as it is', () => {
    const exception = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    expect(read({ throttlingException: exception }).errors).toEqual([exception]);
  });

  it('reports an error that the service has not modelled', () => {
    const headers = { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'broken' };
    const { errors } = read(...eventsOf(awsEventStream([{ headers, payload: {} }])));
    expect(errors.map((error) => classify(error).kind)).toEqual(['server_error']);
  });
});
