import { CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admitMany, refusalOf, settleAll, settleMany } from '../../support/breaker-steps.js';

const OPTIONS = { trip: { consecutiveFailures: 2 }, openMs: 1000, random: () => 0 };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Calls that were admitted and have not settled, as the numbers tell. */
function inFlight(breaker: CircuitBreaker): number {
  const { admitted, successes, failures, ignored } = breaker.stats();
  return admitted - successes - failures - ignored;
}

describe('the statistics of a breaker', () => {
  it('add up through every state: admitted calls are those that settled and those under way', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, trials: 2 });
    const underWay = admitMany(breaker, 4);
    settleAll(breaker, 'success', 'ignored', 'failure');
    expect(inFlight(breaker)).toBe(4);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
    expect(inFlight(breaker)).toBe(4);
    refusalOf(breaker);
    expect(inFlight(breaker)).toBe(4);
    for (const [index, admission] of underWay.entries()) {
      breaker.settle(admission, index % 2 === 0 ? 'success' : 'failure');
    }
    vi.advanceTimersByTime(1000);
    admitMany(breaker, 2);
    expect(inFlight(breaker)).toBe(2);
    expect(breaker.stats()).toEqual({
      admitted: 10,
      successes: 3,
      failures: 4,
      ignored: 1,
      stale: 4,
      rejected: 1,
      opens: 1,
      halfOpens: 1,
      closes: 0,
    });
  });

  it('are a copy that does not change afterwards', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const before = breaker.stats();
    settleAll(breaker, 'success');
    expect(before.admitted).toBe(0);
  });

  it('go on counting after closing and opening', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    for (let round = 1; round <= 3; round++) {
      settleMany(breaker, 2, 'failure');
      vi.advanceTimersByTime(1000);
      settleAll(breaker, 'success');
    }
    expect(breaker.stats()).toMatchObject({
      admitted: 9,
      failures: 6,
      successes: 3,
      opens: 3,
      halfOpens: 3,
      closes: 3,
    });
  });

  it('never show a negative number of calls under way, even after a reset', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const admission = breaker.admit();
    breaker.reset();
    breaker.settle(admission, 'success');
    expect(inFlight(breaker)).toBe(0);
  });
});
