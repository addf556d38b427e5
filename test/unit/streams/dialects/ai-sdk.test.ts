import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { aiSdk } from '../../../../src/streams/dialects/ai-sdk.js';
import { readEvents } from '../../../support/streams.js';

const read = (...parts: unknown[]) => readEvents(aiSdk, parts);
const USAGE_V2 = { inputTokens: 7, outputTokens: 3, totalTokens: 10 };
const USAGE_V3 = { inputTokens: { total: 7, noCache: 7 }, outputTokens: { total: 3, text: 3 } };

describe('the dialect of the AI SDK', () => {
  it.each([
    ['2', { usage: USAGE_V2, finishReason: 'stop' }],
    ['3', { usage: USAGE_V3, finishReason: { unified: 'stop', raw: 'end_turn' } }],
  ])('reads a whole stream of a language model of version %s', (_, finish) => {
    const parts = [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'r', modelId: 'm' },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Hel' },
      { type: 'text-delta', id: '0', delta: 'lo' },
      { type: 'text-end', id: '0' },
      { type: 'finish', ...finish },
    ];
    expect(aiSdk.recognises(parts[0])).toBe(true);
    expect(read(...parts)).toMatchObject({
      text: 'Hello',
      finish: 'stop',
      ended: true,
      usage: { inputTokens: 7, outputTokens: 3 },
      kinds: ['preamble', 'content', 'usage', 'end'],
    });
  });

  it('reads a whole `fullStream` of several steps, whose end is the last part', () => {
    const step = (text: string) => [
      { type: 'start-step', request: {}, warnings: [] },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', text },
      { type: 'finish-step', finishReason: 'stop', rawFinishReason: 'stop', usage: USAGE_V2 },
    ];
    const parts = [{ type: 'start' }, ...step('a'), { type: 'tool-result', toolCallId: 'c' }, ...step('b')];
    expect(read(...parts)).toMatchObject({ text: 'ab', ended: false });
    const totalUsage = { inputTokens: 14, outputTokens: 6 };
    const finish = { type: 'finish', finishReason: 'stop', rawFinishReason: 'stop', totalUsage };
    expect(read(...parts, finish)).toMatchObject({ ended: true, usage: totalUsage });
  });

  it('reads the arguments of a tool call once', () => {
    const call = { id: 'c1', name: 'add', arguments: '{"a":1}' };
    const pieces = [
      { type: 'tool-input-start', id: 'c1', toolName: 'add' },
      { type: 'tool-input-delta', id: 'c1', delta: '{"a":' },
      { type: 'tool-input-delta', id: 'c1', delta: '1}' },
      { type: 'tool-input-end', id: 'c1' },
    ];
    const whole = { type: 'tool-call', toolCallId: 'c1', toolName: 'add', input: '{"a":1}' };
    expect(read(...pieces).toolCalls).toEqual([{ ...call, complete: false }]);
    expect(read(...pieces, whole).toolCalls).toEqual([{ ...call, complete: true }]);
    expect(read({ ...whole, input: { a: 1 } }).toolCalls).toEqual([{ ...call, complete: true }]);
  });

  it('says that the input of a tool comes as text', () => {
    const part = { type: 'tool-input-start', id: 'c1', toolName: 'shell', inputEncoding: 'text' };
    const toolCall = { index: 'c1', id: 'c1', name: 'shell', freeText: true };
    expect(aiSdk.read(part)).toEqual([{ kind: 'tool_call', toolCall }]);
  });

  it('does not take a tool that the provider runs for a tool call', () => {
    const { toolCalls, kinds } = read(
      { type: 'tool-input-start', id: 'c1', toolName: 'search', providerExecuted: true },
      { type: 'tool-call', toolCallId: 'c1', toolName: 'search', input: '{}', providerExecuted: true },
    );
    expect([toolCalls, kinds]).toEqual([[], ['content']]);
  });

  it.each(['reasoning-delta', 'file', 'source', 'tool-result', 'tool-error'])(
    'takes the part %s for content without text',
    (type) => {
      expect(aiSdk.read({ type, delta: 'x' })).toEqual([{ kind: 'content' }]);
    },
  );

  it.each(['length', 'content-filter', 'tool-calls'])('takes the finish reason %s for an end', (finish) => {
    expect(aiSdk.read({ type: 'finish', finishReason: finish })).toEqual([{ kind: 'end', finish }]);
  });

  it.each([
    ['of a model that had no reason yet', { finishReason: { unified: 'other', raw: undefined } }],
    ['of a `fullStream` of such a model', { finishReason: 'other', rawFinishReason: undefined }],
    ['that says so', { finishReason: 'interrupted', rawFinishReason: undefined }],
  ])('does not take a finish %s for an end, since the stream was cut off', (_, finish) => {
    expect(read({ type: 'finish', ...finish, totalUsage: USAGE_V2 })).toMatchObject({
      ended: false,
      usage: { inputTokens: 7 },
    });
  });

  it('takes a reason that only the AI SDK does not know for an end', () => {
    expect(read({ type: 'finish', finishReason: { unified: 'other', raw: 'eos' } }).ended).toBe(true);
    expect(read({ type: 'finish', finishReason: 'other' }).ended).toBe(true);
  });

  it('reports the error of a part, an abort, and a finish that is an error', () => {
    const error = Object.assign(new Error('x'), { statusCode: 429 });
    const parts = [{ type: 'error', error }, { type: 'abort' }, { type: 'finish', finishReason: 'error' }];
    const { errors, ended } = read(...parts);
    expect(errors[0]).toBe(error);
    expect(errors.map((each) => classify(each).kind)).toEqual(['rate_limited', 'cancelled', 'server_error']);
    expect(ended).toBe(false);
  });

  it.each([
    { type: 'file' },
    { type: 'text-delta', text: 'x' },
    { type: 'custom' },
    { type: 'abort' },
    { type: 'finish' },
  ])('does not recognise %j, which any stream may have', (event) => {
    expect(aiSdk.recognises(event)).toBe(false);
  });
});
