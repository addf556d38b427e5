import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { google } from '../../../../src/streams/dialects/google.js';
import { google as provider } from '../../../../src/testing/index.js';
import { eventsOf, readEvents } from '../../../support/streams.js';

const read = (...events: unknown[]) => readEvents(google, events);
const chunk = (parts: readonly object[], rest: object = {}): object => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...rest }],
});

describe('the dialect of Gemini', () => {
  it('reads a whole stream', () => {
    const events = eventsOf(provider.stream);
    expect(google.recognises(events[0])).toBe(true);
    expect(read(...events)).toMatchObject({ text: 'Hello', finish: 'STOP', ended: true, errors: [] });
    expect(read(...events).usage).toEqual({ inputTokens: 2, outputTokens: 1 });
  });

  it.each([
    ['a thought', { text: 'Hm', thought: true }],
    ['a signature of a thought', { text: '', thoughtSignature: 'x' }],
    ['an image', { inlineData: { mimeType: 'image/png', data: 'x' } }],
    ['code', { executableCode: { code: 'print(1)' } }],
    ['its output', { codeExecutionResult: { outcome: 'OUTCOME_OK' } }],
  ])('takes %s for content without text', (_, part) => {
    expect(google.read(chunk([part]))).toEqual([{ kind: 'content' }]);
  });

  it('takes a chunk that has only usage for a preamble', () => {
    const event = { usageMetadata: { promptTokenCount: 5 }, modelVersion: 'gemini-flash' };
    expect(google.recognises(event)).toBe(true);
    expect(google.read(event)).toEqual([{ kind: 'usage', usage: { inputTokens: 5 } }, { kind: 'preamble' }]);
  });

  it('counts thoughts as output', () => {
    const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 2, thoughtsTokenCount: 30 };
    expect(read({ candidates: [], usageMetadata }).usage).toEqual({ inputTokens: 5, outputTokens: 32 });
  });

  it('tells calls of one function without IDs apart', () => {
    const call = (city: string) => ({ functionCall: { name: 'weather', args: { city } } });
    const { toolCalls } = read(chunk([call('Rome'), call('Oslo')]), chunk([call('Bern')], { finishReason: 'STOP' }));
    expect(toolCalls).toEqual(
      ['Rome', 'Oslo', 'Bern'].map((city) => ({
        name: 'weather',
        arguments: JSON.stringify({ city }),
        complete: true,
      })),
    );
  });

  it('reads a call without arguments', () => {
    const { toolCalls } = read(chunk([{ functionCall: { id: 'f1', name: 'now' } }]));
    expect(toolCalls).toEqual([{ id: 'f1', name: 'now', arguments: '{}', complete: true }]);
  });

  it('knows when a call with streamed arguments is complete', () => {
    const part = (functionCall: object) => chunk([{ functionCall }]);
    const events = [
      part({ name: 'weather', willContinue: true }),
      part({ partialArgs: [{ jsonPath: '$.city', stringValue: 'Ro', willContinue: true }], willContinue: true }),
    ];
    expect(read(...events).toolCalls).toMatchObject([{ name: 'weather', complete: false }]);
    expect(read(...events, part({})).toolCalls).toMatchObject([{ name: 'weather', complete: true }]);
  });

  it.each(['MAX_TOKENS', 'SAFETY', 'OTHER'])('takes the finish reason %s for an end', (finish) => {
    expect(google.read({ candidates: [{ finishReason: finish }] })).toEqual([{ kind: 'end', finish }]);
    expect(google.read({ candidates: [{ finishReason: finish, index: 1 }] })).toEqual([
      { kind: 'end', finish, choice: 1 },
    ]);
  });

  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL'])(
    'reports the finish reason %s as a failure',
    (finish) => {
      const candidates = [{ finishReason: finish, finishMessage: 'Malformed function call: f(' }];
      const { errors, usage, ended } = read({ candidates, usageMetadata: { promptTokenCount: 5 } });
      expect(errors).toEqual([{ error: { status: finish, message: 'Malformed function call: f(' } }]);
      expect(errors.map((error) => classify(error))).toMatchObject([{ kind: 'server_error', code: finish }]);
      expect({ usage, ended }).toEqual({ usage: { inputTokens: 5 }, ended: false });
      expect(google.read({ candidates: [{ finishReason: finish }] })).toMatchObject([{ kind: 'failure' }]);
    },
  );

  it.each(['SAFETY', 'PROHIBITED_CONTENT', 'OTHER'])('reports a prompt that was blocked for %s', (blockReason) => {
    const event = { promptFeedback: { blockReason }, usageMetadata: { promptTokenCount: 5 } };
    expect(google.recognises(event)).toBe(true);
    const { errors, usage } = read(event);
    expect(errors.map((error) => classify(error).kind)).toEqual(['content_policy']);
    expect(usage).toEqual({ inputTokens: 5 });
  });

  it.each([
    ['overload', provider.errors.stream_unavailable, { kind: 'overloaded', status: 503 }],
    ['the rate limit', provider.errors.stream_rate_limited, { kind: 'rate_limited', retryAfterMs: 34_070 }],
  ])('reports a failure within the stream caused by %s', (_, answer, failure) => {
    const events = eventsOf(answer);
    expect(google.recognises(events.at(-1))).toBe(true);
    expect(read(...events).errors.map((error) => classify(error))).toMatchObject([failure]);
  });
});
