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
const GIVEN_UP = { kind: 'timeout', retry: 'never', breaker: 'ignored', failover: false };
const UNKNOWN = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };
const INVALID = { kind: 'invalid_request', retry: 'never', breaker: 'ignored', failover: false };
const REFUSED = {
  kind: 'overloaded',
  retry: 'after_hint',
  breaker: 'ignored',
  failover: true,
  unexecuted: true,
};

const hintOf = (retryAfterMs: number) => ({ retryAfterMs, hintSource: 'error' });
const BRAND = { [Symbol.for('holdfast.error')]: true };
const tooLate = new DOMException('The operation timed out', 'TimeoutError');

describe('an interruption', () => {
  const error = new ConfigurationError([]);

  it.each([
    { by: 'caller', expected: CANCELLED },
    { by: 'deadline', expected: TIMEOUT },
    { by: 'attempt_timeout', expected: TIMEOUT },
  ] as const)('by the $by comes before whatever was thrown', ({ by, expected }) => {
    const interruption = { by, error };
    expect(classify(error, { interruption })).toEqual(expected);
    expect(classify(undefined, { interruption })).toEqual(expected);
  });

  it('by a caller whose time is up is a timeout that nobody is to blame for', () => {
    expect(classify(undefined, { interruption: { by: 'caller', error: tooLate } })).toEqual(GIVEN_UP);
  });
});

describe("the caller's own signal", () => {
  const answered = openaiError(429, { code: 'rate_limit_exceeded' });

  it.each([undefined, 'enough', new Error('enough'), null])('that has aborted with %o means cancelled', (reason) => {
    expect(classify(answered, { signal: AbortSignal.abort(reason) })).toEqual(CANCELLED);
  });

  it('that has timed out means a timeout', () => {
    expect(classify(new Error('Request was aborted.'), { signal: AbortSignal.abort(tooLate) })).toEqual(GIVEN_UP);
  });

  it('that has not aborted means nothing', () => {
    expect(classify(answered, { signal: new AbortController().signal }).kind).toBe('rate_limited');
  });
});

describe("an error of holdfast's own", () => {
  it.each([
    { error: new AttemptTimeoutError('inner', 5), expected: TIMEOUT },
    { error: new DeadlineExceededError('inner', 5), expected: TIMEOUT },
    { error: new BreakerOpenError('inner', 'held_open', undefined), expected: REFUSED },
    { error: new QuotaHeldError('inner', undefined, 'rate_limited', 7), expected: { ...REFUSED, ...hintOf(7) } },
    { error: new ResilienceClosedError('inner is closed'), expected: REFUSED },
    { error: new ConfigurationError([]), expected: INVALID },
  ])('goes by its code: $error.name', ({ error, expected }) => {
    expect(classify(error)).toEqual({ ...expected, code: error.code });
  });

  it('passes on how long it will be', () => {
    const expected = { ...REFUSED, ...hintOf(5), code: 'HOLDFAST_BREAKER_OPEN' };
    expect(classify(new BreakerOpenError('inner', 'open', 5))).toEqual(expected);
  });

  it('is recognised across copies of the package, by brand and code', () => {
    expect(classify({ ...BRAND, code: 'HOLDFAST_ATTEMPT_TIMEOUT' })).toMatchObject(TIMEOUT);
    expect(classify({ ...BRAND, code: 'HOLDFAST_OF_TOMORROW' })).toMatchObject(UNKNOWN);
    expect(classify({ code: 'HOLDFAST_ATTEMPT_TIMEOUT' })).toMatchObject(UNKNOWN);
  });

  it('is found inside the error of an SDK whose fetch it was thrown from', () => {
    const error = new APIConnectionError('Connection error.', { cause: new BreakerOpenError('inner', 'open', 5) });
    expect(classify(error)).toMatchObject({ ...REFUSED, retryAfterMs: 5 });
  });
});
