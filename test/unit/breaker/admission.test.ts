import { BreakerOpenError, CircuitBreaker, ConfigurationError } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admitMany, issuesOf, settleAll } from '../../support/breaker-steps.js';

const OPTIONS = { name: 'chat', trip: { consecutiveFailures: 2 }, openMs: 1000, random: () => 0 };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('an admission of a circuit breaker', () => {
  it('is rejected by an error that admit() throws', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    expect(() => breaker.admit()).toThrow(BreakerOpenError);
  });

  it('is rejected by an error without a stack that tryAdmit() returns', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const refusal = breaker.tryAdmit();
    expect(refusal).toBeInstanceOf(BreakerOpenError);
    expect(refusal instanceof Error && refusal.stack?.includes('\n    at ')).toBe(false);
  });

  it('is not a trial while the breaker is closed', () => {
    expect(new CircuitBreaker(OPTIONS).admit().trial).toBe(false);
  });

  it('is a trial while the breaker is half-open', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    vi.advanceTimersByTime(1000);
    expect(breaker.admit().trial).toBe(true);
  });
});

describe('settle() of a circuit breaker', () => {
  it('counts each outcome', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'success', 'failure', 'ignored', 'success', 'ignored', 'success');
    expect(breaker.stats()).toMatchObject({ admitted: 6, successes: 3, failures: 1, ignored: 2, stale: 0 });
  });

  it('does nothing the second time, whatever the second outcome', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const admission = breaker.admit();
    breaker.settle(admission, 'failure');
    breaker.settle(admission, 'failure');
    breaker.settle(admission, 'success');
    breaker.settle(admission, 'ignored');
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 0, failures: 1, ignored: 0, stale: 0 });
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  it('frees no second place when a trial is settled again', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, trials: 2, successesToClose: 5 });
    breaker.open();
    vi.advanceTimersByTime(1000);
    const [first] = admitMany(breaker, 2);
    if (first === undefined) throw new Error('expected a trial');
    breaker.settle(first, 'success');
    breaker.settle(first, 'success');
    breaker.admit();
    expect(breaker.tryAdmit()).toBeInstanceOf(BreakerOpenError);
  });

  it('counts outcomes in any order of the calls', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const [first, second, third] = admitMany(breaker, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('expected three');
    breaker.settle(third, 'failure');
    breaker.settle(first, 'success');
    breaker.settle(second, 'failure');
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ admitted: 3, successes: 1, failures: 2 });
  });

  it('refuses the admission of another breaker, which can still be settled there', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const other = new CircuitBreaker(OPTIONS);
    const admission = other.admit();
    expect(() => breaker.settle(admission, 'failure')).toThrow(ConfigurationError);
    expect(issuesOf(() => breaker.settle(admission, 'failure'))).toEqual([
      { path: 'admission', message: "must come from admit() of circuit breaker 'chat'", received: 'an object' },
    ]);
    expect(breaker.stats().failures).toBe(0);
    other.settle(admission, 'failure');
    expect(other.stats().failures).toBe(1);
  });

  it.each([
    { admission: undefined, received: 'undefined' },
    { admission: null, received: 'null' },
    { admission: {}, received: 'an object' },
    { admission: { settled: false }, received: 'an object' },
    { admission: 'admission', received: 'the string "admission"' },
  ])('refuses what is not an admission: $received', ({ admission, received }) => {
    const breaker = new CircuitBreaker(OPTIONS);
    expect(issuesOf(() => Reflect.apply(breaker.settle, breaker, [admission, 'failure']))).toMatchObject([
      { path: 'admission', received },
    ]);
  });

  it('refuses a rejection that is passed in place of an admission', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const refusal = breaker.tryAdmit();
    expect(issuesOf(() => Reflect.apply(breaker.settle, breaker, [refusal, 'failure']))).toHaveLength(1);
  });

  it.each(['sucess', '', undefined, 'toString'])('refuses the unknown outcome %j, and counts nothing', (outcome) => {
    const breaker = new CircuitBreaker(OPTIONS);
    const admission = breaker.admit();
    expect(() => Reflect.apply(breaker.settle, breaker, [admission, outcome])).toThrow(ConfigurationError);
    expect(breaker.stats()).toEqual({ ...new CircuitBreaker().stats(), admitted: 1 });
  });
});
