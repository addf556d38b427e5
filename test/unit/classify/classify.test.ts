import {
  AttemptTimeoutError,
  BreakerOpenError,
  ConfigurationError,
  DeadlineExceededError,
  QuotaHeldError,
  ResilienceClosedError,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/classify/index.js';
import { APIConnectionError, openaiError } from './error-shapes.js';

const CANCELLED = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };
const TIMEOUT = { kind: 'timeout', retry: 'backoff', breaker: 'failure', failover: true };
const CALLER_TIMEOUT = { kind: 'timeout', retry: 'never', breaker: 'ignored', failover: false };
const UNKNOWN = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };
const INVALID = { kind: 'invalid_request', retry: 'never', breaker: 'ignored', failover: false };
const REJECTED = {
  kind: 'overloaded',
  retry: 'after_hint',
  breaker: 'ignored',
  failover: true,
  unexecuted: true,
};

const withHint = (retryAfterMs: number) => ({ retryAfterMs, hintSource: 'error' });
const BRAND = { [Symbol.for('holdfast.error')]: true };
const tooLate = new DOMException('The operation timed out', 'TimeoutError');

describe('classify with an interruption', () => {
  const error = new ConfigurationError([]);

  it.each([
    { by: 'caller', expected: CANCELLED },
    { by: 'deadline', expected: TIMEOUT },
    { by: 'attempt_timeout', expected: TIMEOUT },
  ] as const)('lets an interruption by $by decide, whatever was thrown', ({ by, expected }) => {
    const interruption = { by, error };
    expect(classify(error, { interruption })).toEqual(expected);
    expect(classify(undefined, { interruption })).toEqual(expected);
  });

  it('takes an interruption by the timeout of the caller as a timeout that the breaker ignores', () => {
    expect(classify(undefined, { interruption: { by: 'caller', error: tooLate } })).toEqual(CALLER_TIMEOUT);
  });
});

describe("classify with the caller's own signal", () => {
  const answered = openaiError(429, { code: 'rate_limit_exceeded' });

  it.each([undefined, 'enough', new Error('enough'), null])(
    'takes a signal that was aborted with %o as cancelled',
    (reason) => {
      expect(classify(answered, { signal: AbortSignal.abort(reason) })).toEqual(CANCELLED);
    },
  );

  it('takes a signal that was aborted by a timeout as a timeout that the breaker ignores', () => {
    expect(classify(new Error('Request was aborted.'), { signal: AbortSignal.abort(tooLate) })).toEqual(CALLER_TIMEOUT);
  });

  it('ignores a signal that has not aborted', () => {
    expect(classify(answered, { signal: new AbortController().signal }).kind).toBe('rate_limited');
  });
});

describe("classify with holdfast's own errors", () => {
  it.each([
    { error: new AttemptTimeoutError('inner', 5), expected: TIMEOUT },
    { error: new DeadlineExceededError('inner', 5), expected: TIMEOUT },
    { error: new BreakerOpenError('inner', 'held_open', undefined), expected: REJECTED },
    { error: new QuotaHeldError('inner', undefined, 'rate_limited', 7), expected: { ...REJECTED, ...withHint(7) } },
    { error: new ResilienceClosedError('inner is closed'), expected: REJECTED },
    { error: new ConfigurationError([]), expected: INVALID },
  ])('classifies a $error.name from a nested call by its code', ({ error, expected }) => {
    expect(classify(error)).toEqual({ ...expected, code: error.code });
  });

  it('takes the remaining wait of an open breaker as the hint', () => {
    const expected = { ...REJECTED, ...withHint(5), code: 'HOLDFAST_BREAKER_OPEN' };
    expect(classify(new BreakerOpenError('inner', 'open', 5))).toEqual(expected);
  });

  it('recognises errors of other copies of the package by brand and code', () => {
    expect(classify({ ...BRAND, code: 'HOLDFAST_ATTEMPT_TIMEOUT' })).toMatchObject(TIMEOUT);
    expect(classify({ ...BRAND, code: 'HOLDFAST_OF_TOMORROW' })).toMatchObject(UNKNOWN);
    expect(classify({ code: 'HOLDFAST_ATTEMPT_TIMEOUT' })).toMatchObject(UNKNOWN);
  });

  it('finds an error thrown by a protected fetch inside the error of the SDK', () => {
    const error = new APIConnectionError('Connection error.', { cause: new BreakerOpenError('inner', 'open', 5) });
    expect(classify(error)).toMatchObject({ ...REJECTED, retryAfterMs: 5 });
  });
});
