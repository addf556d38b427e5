import { types } from 'node:util';
import { APICallError } from '@ai-sdk/provider';
import { createResilience, explain } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { toFinalError } from '../../../../src/ai/ai-sdk/final-error.js';
import { useFakeTime } from '../../../support/time.js';

const fields = { url: 'https://api.test', requestBodyValues: {}, statusCode: 503, responseHeaders: { a: 'b' } };

function retryable(): APICallError {
  return new APICallError({ message: 'The engine is overloaded.', ...fields, data: { code: 'busy' } });
}

// The start of an attempt is computed when it is read, by two clocks.
useFakeTime();

describe('toFinalError()', () => {
  it('copies an error that the SDK would retry, as one that it does not', () => {
    const error = Object.freeze(retryable());
    const copy = toFinalError(error);
    expect(copy).not.toBe(error);
    expect(APICallError.isInstance(copy)).toBe(true);
    expect(copy).toBeInstanceOf(APICallError);
    expect(types.isNativeError(copy)).toBe(true);
    expect(copy).toMatchObject({ message: error.message, name: error.name, ...fields, data: { code: 'busy' } });
    expect(copy).toMatchObject({ isRetryable: false, cause: error, stack: error.stack });
    expect(error.isRetryable).toBe(true);
  });

  it('copies an error of the gateway, too', () => {
    const error = Object.assign(new Error('busy'), {
      isRetryable: true,
      [Symbol.for('vercel.ai.gateway.error')]: true,
    });
    expect(toFinalError(error)).toMatchObject({ isRetryable: false, cause: error });
  });

  it.each<readonly [what: string, error: unknown]>([
    ['an error that is not retryable', new APICallError({ message: '', ...fields, isRetryable: false })],
    ['an error of another library', Object.assign(new Error('mine'), { isRetryable: true })],
    ['an error of the runtime', new TypeError('fetch failed')],
    ['a value that is no error', { isRetryable: true }],
    ['undefined', undefined],
  ])('returns %s as it is', (_, error) => {
    expect(toFinalError(error)).toBe(error);
  });

  it('returns an error whose code throws as it is', () => {
    const hostile = new Proxy(new Error('hidden'), {
      has: () => {
        throw new Error('a trap');
      },
    });
    expect(toFinalError(hostile)).toBe(hostile);
  });

  it('lets explain() return the same for the copy', async () => {
    const resilience = createResilience({ config: { defaults: { retry: false } } });
    const error: unknown = await resilience
      .execute('chat', () => Promise.reject(retryable()))
      .catch((thrown: unknown) => thrown);
    expect(explain(toFinalError(error))).toEqual(explain(error));
    expect(explain(error)).toMatchObject({ failure: { kind: 'overloaded' } });
  });
});
