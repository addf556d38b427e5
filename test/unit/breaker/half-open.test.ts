import { BreakerOpenError, type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admitMany, eventsOf, refusalOf, settleAll, settleMany } from '../../support/breaker-steps.js';

const OPTIONS: BreakerOptions = {
  name: 'chat',
  trip: { consecutiveFailures: 1 },
  openMs: 1000,
  trialLeaseMs: 500,
  random: () => 0,
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A breaker that may try again from now on. */
function halfOpen(options: BreakerOptions = {}): CircuitBreaker {
  const breaker = new CircuitBreaker({ ...OPTIONS, ...options });
  settleAll(breaker, 'failure');
  vi.advanceTimersByTime(1000);
  expect(breaker.state).toBe('half_open');
  return breaker;
}

describe('a half-open breaker', () => {
  it('lets a trial hold its place for a minute by default', () => {
    const breaker = halfOpen({ trialLeaseMs: undefined });
    breaker.admit();
    vi.advanceTimersByTime(59_999);
    expect(breaker.tryAdmit()).toBeInstanceOf(BreakerOpenError);
    vi.advanceTimersByTime(1);
    expect(breaker.tryAdmit()).not.toBeInstanceOf(Error);
  });

  it('admits one call and rejects the rest at once', () => {
    const breaker = halfOpen();
    const events = eventsOf(breaker);
    breaker.admit();
    vi.advanceTimersByTime(100);
    expect(refusalOf(breaker)).toMatchObject({
      refusal: 'trials_taken',
      // A trial may end at any time, so the time that is left is not known.
      retryAfterMs: undefined,
      message: "circuit breaker 'chat' is half-open and all its trial calls are in progress",
    });
    expect(events).toMatchObject([{ type: 'breaker.rejected', refusal: 'trials_taken', enforced: true }]);
    expect(breaker.stats()).toMatchObject({ admitted: 2, rejected: 1 });
  });

  it('admits as many calls at once as there are trials', () => {
    const breaker = halfOpen({ trials: 3 });
    expect(admitMany(breaker, 3).map(({ trial }) => trial)).toEqual([true, true, true]);
    expect(refusalOf(breaker).refusal).toBe('trials_taken');
  });

  it('admits the next call when a trial was ignored, and neither closes nor opens', () => {
    const breaker = halfOpen();
    settleMany(breaker, 50, 'ignored');
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ ignored: 50, stale: 0, closes: 0 });
    breaker.admit();
    refusalOf(breaker);
  });

  it('has no timer', () => {
    const breaker = halfOpen();
    breaker.admit();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stays half-open while no call comes', () => {
    const breaker = halfOpen();
    vi.advanceTimersByTime(1e9);
    expect(breaker.state).toBe('half_open');
  });
});

describe('the closing of a half-open breaker', () => {
  it('takes as many successes as the setting says, one after the other if there is one place', () => {
    const breaker = halfOpen({ successesToClose: 3 });
    settleMany(breaker, 2, 'success');
    expect(breaker.state).toBe('half_open');
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('closed');
  });

  it('can take more successes than there are trials at once, from several rounds', () => {
    const breaker = halfOpen({ trials: 2, successesToClose: 5 });
    for (const admission of admitMany(breaker, 2)) breaker.settle(admission, 'success');
    for (const admission of admitMany(breaker, 2)) breaker.settle(admission, 'success');
    expect(breaker.state).toBe('half_open');
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('closed');
  });

  it('is not affected by ignored calls', () => {
    const breaker = halfOpen({ successesToClose: 2 });
    settleAll(breaker, 'success', 'ignored', 'ignored');
    expect(breaker.state).toBe('half_open');
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('closed');
  });

  it('happens once: the other trials come too late to change anything', () => {
    const breaker = halfOpen({ trials: 3 });
    const [first, second, third] = admitMany(breaker, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('expected three');
    breaker.settle(first, 'success');
    expect(breaker.state).toBe('closed');
    breaker.settle(second, 'failure');
    breaker.settle(third, 'success');
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ closes: 1, opens: 1, stale: 2, successes: 2, failures: 2 });
  });

  it('does not count the successes of an earlier half-open state', () => {
    const breaker = halfOpen({ successesToClose: 2 });
    settleAll(breaker, 'success', 'failure');
    vi.advanceTimersByTime(2000);
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('half_open');
  });
});

describe('the reopening of a half-open breaker', () => {
  it('takes one failure, whatever succeeded before', () => {
    const breaker = halfOpen({ successesToClose: 3 });
    settleAll(breaker, 'success', 'success', 'failure');
    expect(breaker.state).toBe('open');
  });

  it('happens once: the other trials come too late to change anything', () => {
    const breaker = halfOpen({ trials: 3 });
    const [first, second, third] = admitMany(breaker, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('expected three');
    breaker.settle(first, 'failure');
    breaker.settle(second, 'failure');
    breaker.settle(third, 'success');
    expect(breaker.state).toBe('open');
    expect(breaker.stats()).toMatchObject({ opens: 2, closes: 0, stale: 2 });
    expect(refusalOf(breaker).retryAfterMs).toBe(2000);
  });

  it('gives the next half-open state all its places', () => {
    const breaker = halfOpen();
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(2000);
    breaker.admit();
    refusalOf(breaker);
  });
});

describe('a trial that hangs in a half-open breaker', () => {
  it('loses its place on the millisecond on which its lease runs out', () => {
    const breaker = halfOpen();
    breaker.admit();
    vi.advanceTimersByTime(499);
    refusalOf(breaker);
    vi.advanceTimersByTime(1);
    expect(breaker.admit().trial).toBe(true);
  });

  it.each(['success', 'failure', 'ignored'] as const)('no longer counts when its late outcome is %s', (outcome) => {
    const breaker = halfOpen();
    const hung = breaker.admit();
    vi.advanceTimersByTime(500);
    breaker.admit();
    breaker.settle(hung, outcome);
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats().stale).toBe(1);
    expect(refusalOf(breaker).refusal).toBe('trials_taken');
  });

  it('still counts when it comes late but no other trial took its place', () => {
    const breaker = halfOpen();
    const late = breaker.admit();
    vi.advanceTimersByTime(10_000);
    breaker.settle(late, 'success');
    expect(breaker.state).toBe('closed');
    expect(breaker.stats().stale).toBe(0);
  });

  it('holds its place for a minute by default', () => {
    const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 }, openMs: 1000 });
    breaker.open();
    vi.advanceTimersByTime(1000);
    breaker.admit();
    vi.advanceTimersByTime(59_999);
    refusalOf(breaker);
    vi.advanceTimersByTime(1);
    breaker.admit();
  });

  it('holds its place for as long as the caller of tryAdmit() says', () => {
    const breaker = halfOpen();
    expect(breaker.tryAdmit(2000)).toMatchObject({ trial: true });
    vi.advanceTimersByTime(1999);
    refusalOf(breaker);
    vi.advanceTimersByTime(1);
    breaker.admit();
  });
});

describe('a slow trial of a half-open breaker', () => {
  const SLOW: BreakerOptions = { trip: { consecutiveFailures: 1, slowCallMs: 100 } };

  it('opens the breaker anew although it succeeded', () => {
    const breaker = halfOpen(SLOW);
    const events = eventsOf(breaker);
    const trial = breaker.admit();
    vi.advanceTimersByTime(100);
    breaker.settle(trial, 'success');
    expect(breaker.state).toBe('open');
    expect(events).toMatchObject([{ type: 'breaker.opened', cause: 'trial_failed', waitMs: 2000 }]);
  });

  it('is a trial that took at least as long as the setting says', () => {
    const breaker = halfOpen(SLOW);
    const trial = breaker.admit();
    vi.advanceTimersByTime(99);
    breaker.settle(trial, 'success');
    expect(breaker.state).toBe('closed');
  });

  it('only gives its place back when it was ignored', () => {
    const breaker = halfOpen(SLOW);
    const trial = breaker.admit();
    vi.advanceTimersByTime(400);
    breaker.settle(trial, 'ignored');
    expect(breaker.state).toBe('half_open');
    breaker.admit();
  });

  it('closes the breaker when no setting says what is slow', () => {
    const breaker = halfOpen();
    const trial = breaker.admit();
    vi.advanceTimersByTime(1e9);
    breaker.settle(trial, 'success');
    expect(breaker.state).toBe('closed');
  });
});

describe('a call that settles late', () => {
  it.each(['success', 'failure', 'ignored'] as const)(
    'changes nothing by its %s after the breaker has opened',
    (outcome) => {
      const breaker = new CircuitBreaker(OPTIONS);
      const early = breaker.admit();
      settleAll(breaker, 'failure');
      vi.advanceTimersByTime(1000);
      breaker.admit();
      breaker.settle(early, outcome);
      expect(breaker.state).toBe('half_open');
      expect(breaker.stats()).toMatchObject({ opens: 1, closes: 0, stale: 1 });
      // Nor did it free the place of the trial.
      refusalOf(breaker);
    },
  );

  it('does not count after the breaker has opened and closed', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const early = breaker.admit();
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    breaker.settle(early, 'failure');
    expect(breaker.state).toBe('closed');
  });

  it('does not count for the present trials if it was a trial before a reopening', () => {
    const breaker = halfOpen({ trials: 2 });
    const [first, second] = admitMany(breaker, 2);
    if (first === undefined || second === undefined) throw new Error('expected two');
    breaker.settle(first, 'failure');
    vi.advanceTimersByTime(2000);
    expect(breaker.state).toBe('half_open');
    breaker.settle(second, 'success');
    expect(breaker.state).toBe('half_open');
  });
});
