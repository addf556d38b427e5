import {
  AttemptTimeoutError,
  BreakerOpenError,
  ConfigurationError,
  DeadlineExceededError,
  ResilienceClosedError,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/classify/classify.js';

const CANCELLED = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };
const TIMEOUT = { kind: 'timeout', retry: 'backoff', breaker: 'failure', failover: true };
const UNKNOWN = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };
const INVALID = { kind: 'invalid_request', retry: 'never', breaker: 'ignored', failover: false };
const REFUSED = { kind: 'overloaded', retry: 'after_hint', breaker: 'ignored', failover: true };

describe('a failure', () => {
  const error = new ConfigurationError([]);

  it.each([
    { by: 'caller', expected: CANCELLED },
    { by: 'deadline', expected: TIMEOUT },
    { by: 'attempt_timeout', expected: TIMEOUT },
  ] as const)('of an attempt that was interrupted by the $by goes by that, whatever was thrown', ({ by, expected }) => {
    expect(classify(error, { by, error })).toEqual(expected);
    expect(classify(undefined, { by, error })).toEqual(expected);
  });

  it.each([
    { error: new AttemptTimeoutError('inner', 5), expected: TIMEOUT },
    { error: new DeadlineExceededError('inner', 5), expected: TIMEOUT },
    { error: new BreakerOpenError('inner', 'open', 5), expected: REFUSED },
    { error: new ResilienceClosedError('inner is closed'), expected: REFUSED },
    { error: new ConfigurationError([]), expected: INVALID },
  ])('by an error of ours goes by its code: $error.name', ({ error: own, expected }) => {
    expect(classify(own, undefined)).toEqual(expected);
  });

  it('by an error of ours is recognised across copies of the package, by brand and code', () => {
    const brand = { [Symbol.for('holdfast.error')]: true };
    expect(classify({ ...brand, code: 'HOLDFAST_ATTEMPT_TIMEOUT' }, undefined)).toEqual(TIMEOUT);
    expect(classify({ ...brand, code: 'HOLDFAST_OF_TOMORROW' }, undefined)).toEqual(UNKNOWN);
    expect(classify({ code: 'HOLDFAST_ATTEMPT_TIMEOUT' }, undefined)).toEqual(UNKNOWN);
  });

  it.each([undefined, null, 'down', 7, new Error('down'), Object.freeze({}), new DOMException('late', 'TimeoutError')])(
    'by %o is unknown, and speaks against the callee',
    (thrown) => {
      expect(classify(thrown, undefined)).toEqual(UNKNOWN);
    },
  );

  it('by something that throws when it is looked at is unknown', () => {
    const hostile = {
      [Symbol.for('holdfast.error')]: true,
      get code(): string {
        throw new Error('do not look');
      },
    };
    expect(classify(hostile, undefined)).toEqual(UNKNOWN);
  });
});
