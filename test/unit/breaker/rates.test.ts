import { type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, settleAll, settleMany } from '../../support/breaker-steps.js';

const HALF: BreakerOptions = { trip: { failureRate: 0.5, minimumCalls: 4, windowMs: 1000 }, random: () => 0 };
const SLOW: BreakerOptions = {
  trip: { slowCallMs: 100, slowCallRate: 0.5, minimumCalls: 4, windowMs: 1000 },
  random: () => 0,
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** One call that takes a while and succeeds. */
function succeedAfter(breaker: CircuitBreaker, ms: number): void {
  const admission = breaker.admit();
  vi.advanceTimersByTime(ms);
  breaker.settle(admission, 'success');
}

describe('a breaker with a failure rate', () => {
  it('opens when the rate is reached, with the cause failure_rate', () => {
    const breaker = new CircuitBreaker(HALF);
    const events = eventsOf(breaker);
    settleAll(breaker, 'success', 'success', 'success', 'failure', 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
    expect(events).toMatchObject([{ type: 'breaker.opened', cause: 'failure_rate', waitMs: 60_000 }]);
  });

  it('does not open by any failures below the minimum of calls', () => {
    const breaker = new CircuitBreaker(HALF);
    settleMany(breaker, 3, 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  it('needs twenty calls by default', () => {
    const breaker = new CircuitBreaker({ trip: { failureRate: 0.1 } });
    settleMany(breaker, 19, 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  it('looks back a minute by default', () => {
    const breaker = new CircuitBreaker({ trip: { failureRate: 0.1 } });
    settleMany(breaker, 19, 'failure');
    vi.advanceTimersByTime(59_999);
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('open');
    const later = new CircuitBreaker({ trip: { failureRate: 0.1 } });
    settleMany(later, 19, 'failure');
    vi.advanceTimersByTime(60_000);
    settleAll(later, 'success');
    expect(later.state).toBe('closed');
  });

  it('opens at the call that fills the minimum, a success too, when enough calls failed before it', () => {
    const breaker = new CircuitBreaker(HALF);
    settleAll(breaker, 'failure', 'failure', 'success', 'success');
    expect(breaker.state).toBe('open');
  });

  it('counts no ignored call, neither for the minimum nor for the rate', () => {
    const breaker = new CircuitBreaker(HALF);
    settleAll(breaker, 'failure', 'failure', 'ignored', 'ignored', 'ignored', 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('open');
  });

  it('counts a failure until its window has passed, on the millisecond', () => {
    const inTime = new CircuitBreaker(HALF);
    settleMany(inTime, 3, 'failure');
    vi.advanceTimersByTime(999);
    settleAll(inTime, 'failure');
    expect(inTime.state).toBe('open');
  });

  it('does not count a failure whose window has passed', () => {
    const tooLate = new CircuitBreaker(HALF);
    settleMany(tooLate, 3, 'failure');
    vi.advanceTimersByTime(1000);
    settleAll(tooLate, 'failure');
    expect(tooLate.state).toBe('closed');
  });

  it('counts a call when it ends, not when it began', () => {
    const breaker = new CircuitBreaker(HALF);
    const early = breaker.admit();
    vi.advanceTimersByTime(5000);
    settleMany(breaker, 3, 'failure');
    breaker.settle(early, 'failure');
    expect(breaker.state).toBe('open');
  });

  it('ignores failures in a row unless a setting limits them', () => {
    const breaker = new CircuitBreaker(HALF);
    settleMany(breaker, 20, 'success');
    settleMany(breaker, 19, 'failure');
    expect(breaker.state).toBe('closed');
  });

  it('can look at failures in a row as well', () => {
    const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 3, failureRate: 0.9 } });
    const events = eventsOf(breaker);
    settleMany(breaker, 50, 'success');
    settleMany(breaker, 3, 'failure');
    expect(events).toMatchObject([{ type: 'breaker.opened', cause: 'consecutive_failures' }]);
  });

  it('starts with an empty window after it has closed', () => {
    const breaker = new CircuitBreaker({ ...HALF, openMs: 100 });
    settleMany(breaker, 4, 'failure');
    vi.advanceTimersByTime(100);
    settleAll(breaker, 'success');
    settleMany(breaker, 3, 'failure');
    expect(breaker.state).toBe('closed');
  });
});

describe('a breaker with a slow-call rate', () => {
  it('opens when the share of slow calls is reached, although none failed', () => {
    const breaker = new CircuitBreaker(SLOW);
    const events = eventsOf(breaker);
    succeedAfter(breaker, 1);
    succeedAfter(breaker, 1);
    succeedAfter(breaker, 100);
    expect(breaker.state).toBe('closed');
    succeedAfter(breaker, 250);
    expect(breaker.state).toBe('open');
    expect(events).toMatchObject([{ type: 'breaker.opened', cause: 'slow_call_rate' }]);
  });

  it('counts a call as slow that took exactly as long as the setting says', () => {
    const breaker = new CircuitBreaker(SLOW);
    for (let sent = 0; sent < 4; sent++) succeedAfter(breaker, 99);
    expect(breaker.state).toBe('closed');
    const exact = new CircuitBreaker(SLOW);
    for (let sent = 0; sent < 4; sent++) succeedAfter(exact, 100);
    expect(exact.state).toBe('open');
  });

  it('needs all calls to be slow when no rate is given', () => {
    const breaker = new CircuitBreaker({ trip: { slowCallMs: 100, minimumCalls: 3, windowMs: 10_000 } });
    succeedAfter(breaker, 1);
    for (let sent = 0; sent < 5; sent++) succeedAfter(breaker, 100);
    expect(breaker.state).toBe('closed');
    const slower = new CircuitBreaker({ trip: { slowCallMs: 100, minimumCalls: 3, windowMs: 10_000 } });
    for (let sent = 0; sent < 3; sent++) succeedAfter(slower, 100);
    expect(slower.state).toBe('open');
  });

  it('does not count quick failures as slow calls', () => {
    const breaker = new CircuitBreaker(SLOW);
    settleMany(breaker, 20, 'failure');
    expect(breaker.state).toBe('closed');
  });

  it('forgets slow calls with their window', () => {
    const breaker = new CircuitBreaker(SLOW);
    for (let sent = 0; sent < 3; sent++) succeedAfter(breaker, 100);
    vi.advanceTimersByTime(1000);
    succeedAfter(breaker, 100);
    expect(breaker.state).toBe('closed');
  });
});
