import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/classify/index.js';
import { StreamFailedError } from '../../../src/errors/index.js';

/** What providers send within streams, and what applications' dialects may say. */
const SAID: readonly (readonly [what: string, said: unknown])[] = [
  ['Anthropic', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' }],
  ['OpenAI, responses', { type: 'error', code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' }],
  ['OpenAI, a failed response', { error: { code: 'server_error', message: 'The model had an error.' } }],
  ['a content filter', { error: { code: 'content_filter', message: 'filtered', status: 400 } }],
  ['a gateway', { id: 'gen-1', error: { code: 502, message: 'Provider disconnected' }, choices: [] }],
  ['Google', { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'retry in 34.07s', details: [] } }],
  ['Bedrock', { name: 'ThrottlingException', message: 'Too many requests' }],
  ['Cohere', { code: 'request_timeout', message: "the stream ended with the finish reason 'TIMEOUT'" }],
  ['an abort', { name: 'AbortError', message: 'the stream was aborted' }],
  ['a hint', { code: 'busy', retryAfterMs: 1_234, status: 503, requestId: 'req_9' }],
  ['a text', 'overloaded_error'],
  ['nothing', undefined],
];

describe('the failure of a stream', () => {
  it.each(SAID)('means what the provider said, thrown by itself: %s', (_, said) => {
    expect(classify(new StreamFailedError(said, { operation: 'chat' }))).toEqual(classify(said));
  });

  it.each(SAID)('means the same behind another error: %s', (_, said) => {
    const outer = (cause: unknown) => Object.assign(new Error('could not answer', { cause }));
    expect(classify(outer(new StreamFailedError(said, {})))).toEqual(classify(outer(said)));
  });

  it('is read by rules like what the provider said', () => {
    const rules = [{ when: { type: 'overloaded_error' }, means: 'rate_limited' }] as const;
    const error = new StreamFailedError({ type: 'error', error: { type: 'overloaded_error' } }, {});
    expect(classify(error, { rules }).kind).toBe('rate_limited');
  });

  it('can be read even if its code throws, as that of a foreign error may', () => {
    const hostile = Object.defineProperty({ [Symbol.for('holdfast.error')]: true }, 'code', {
      get() {
        throw new Error('hands off');
      },
    });
    expect(classify(hostile).kind).toBe('unknown');
  });
});
