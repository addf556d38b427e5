import { type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admitMany, eventsOf, refusalOf, settleAll, settleMany } from '../../support/breaker-steps.js';

const BASE: BreakerOptions = { name: 'chat', trip: { consecutiveFailures: 2 }, openMs: 1000, random: () => 0 };
const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the breaker mode enforce', () => {
  it('is the default', () => {
    for (const breaker of [new CircuitBreaker(BASE), new CircuitBreaker({ ...BASE, mode: 'enforce' })]) {
      settleMany(breaker, 2, 'failure');
      expect(refusalOf(breaker).refusal).toBe('open');
    }
  });
});

describe('the breaker mode observe', () => {
  const observing = () => new CircuitBreaker({ ...BASE, mode: 'observe' });

  it('goes through the same states as enforce, and emits their events', () => {
    const breaker = observing();
    const events = eventsOf(breaker);
    settleMany(breaker, 2, 'failure');
    expect(breaker.state).toBe('open');
    vi.advanceTimersByTime(1000);
    expect(breaker.state).toBe('half_open');
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(2000);
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('closed');
    expect(events.map((event) => ('cause' in event ? event.cause : event.type))).toEqual([
      'consecutive_failures',
      'breaker.half_opened',
      'trial_failed',
      'breaker.half_opened',
      'recovered',
    ]);
  });

  it('admits every call while open, and reports each call that it would have rejected', () => {
    const breaker = observing();
    breaker.open();
    const events = eventsOf(breaker);
    vi.advanceTimersByTime(300);
    expect(breaker.admit().trial).toBe(false);
    expect(events).toEqual([
      {
        type: 'breaker.rejected',
        at: NOW + 300,
        breaker: 'chat',
        refusal: 'open',
        retryAfterMs: 700,
        enforced: false,
      },
    ]);
    expect(breaker.stats()).toMatchObject({ admitted: 1, rejected: 1 });
  });

  it('admits every call beside the trials', () => {
    const breaker = observing();
    breaker.open();
    vi.advanceTimersByTime(1000);
    expect(admitMany(breaker, 3).map(({ trial }) => trial)).toEqual([true, false, false]);
    expect(breaker.stats()).toMatchObject({ admitted: 3, rejected: 2 });
  });

  it('admits every call while isolated', () => {
    const breaker = observing();
    breaker.isolate();
    const events = eventsOf(breaker);
    breaker.admit();
    expect(breaker.state).toBe('open');
    expect(events).toMatchObject([{ type: 'breaker.rejected', refusal: 'held_open', enforced: false }]);
  });

  it.each(['success', 'failure', 'ignored'] as const)(
    'does not change the state by the %s of a call that would have been rejected',
    (outcome) => {
      const breaker = observing();
      breaker.open();
      const whileOpen = breaker.admit();
      settleMany(breaker, 10, outcome);
      expect(breaker.state).toBe('open');
      vi.advanceTimersByTime(1000);
      const [trial, beside] = admitMany(breaker, 2);
      if (trial === undefined || beside === undefined) throw new Error('expected two');
      breaker.settle(whileOpen, outcome);
      breaker.settle(beside, outcome);
      expect(breaker.state).toBe('half_open');
      breaker.settle(trial, 'success');
      expect(breaker.state).toBe('closed');
      expect(breaker.stats()).toMatchObject({ admitted: 13, stale: 0, opens: 1, closes: 1 });
    },
  );

  it('runs the function of execute(), also while open', async () => {
    const breaker = observing();
    breaker.open();
    await expect(breaker.execute(() => 'up')).resolves.toBe('up');
  });

  it('makes a snapshot like any other mode', () => {
    const breaker = observing();
    breaker.open();
    expect(breaker.snapshot()).toEqual({ version: 1, state: 'open', openings: 1, openedAt: NOW, waitMs: 1000 });
  });
});

describe('the breaker mode forced_open', () => {
  const forced = () => new CircuitBreaker({ ...BASE, mode: 'forced_open' });

  it('rejects every call, without end and without a timer', async () => {
    const breaker = forced();
    expect(breaker.state).toBe('open');
    expect(refusalOf(breaker)).toMatchObject({ refusal: 'held_open', retryAfterMs: undefined });
    await expect(breaker.execute(() => 'up')).rejects.toThrow("circuit breaker 'chat' is held open");
    vi.advanceTimersByTime(1e9);
    expect(refusalOf(breaker).refusal).toBe('held_open');
    expect(vi.getTimerCount()).toBe(0);
    expect(breaker.stats()).toMatchObject({ admitted: 0, rejected: 3 });
  });

  it('emits an event for every rejection', () => {
    const breaker = forced();
    const events = eventsOf(breaker);
    refusalOf(breaker);
    expect(events).toEqual([
      {
        type: 'breaker.rejected',
        at: NOW,
        breaker: 'chat',
        refusal: 'held_open',
        retryAfterMs: undefined,
        enforced: true,
      },
    ]);
  });

  it('cannot be changed by hand, and emits no change of state', () => {
    const breaker = forced();
    const events = eventsOf(breaker);
    breaker.open();
    breaker.close();
    breaker.isolate();
    breaker.reset();
    expect(breaker.state).toBe('open');
    expect(events).toEqual([]);
    expect(breaker.stats()).toEqual(new CircuitBreaker().stats());
    expect(vi.getTimerCount()).toBe(0);
    refusalOf(breaker);
  });

  it('does not become half-open after an opening in another process', () => {
    const open = new CircuitBreaker(BASE);
    open.open();
    const breaker = CircuitBreaker.restore(open.snapshot(), { ...BASE, mode: 'forced_open' });
    vi.advanceTimersByTime(10_000);
    expect(refusalOf(breaker).refusal).toBe('held_open');
  });
});

describe('the breaker mode disabled', () => {
  const disabled = () => new CircuitBreaker({ ...BASE, mode: 'disabled' });

  it('never opens, and has no timer', () => {
    const breaker = disabled();
    const events = eventsOf(breaker);
    settleMany(breaker, 100, 'failure');
    expect(breaker.state).toBe('closed');
    expect(events).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts calls like any other mode', () => {
    const breaker = disabled();
    settleAll(breaker, 'failure', 'failure', 'failure', 'success', 'ignored');
    expect(breaker.stats()).toMatchObject({
      admitted: 5,
      failures: 3,
      successes: 1,
      ignored: 1,
      stale: 0,
      rejected: 0,
    });
  });

  it('keeps no failures in a snapshot', () => {
    const breaker = disabled();
    settleAll(breaker, 'failure');
    expect(breaker.snapshot()).toMatchObject({ consecutiveFailures: 0 });
  });

  it('cannot be changed by hand, and emits no change of state', () => {
    const breaker = disabled();
    const events = eventsOf(breaker);
    breaker.open();
    settleAll(breaker, 'failure', 'success');
    breaker.isolate();
    settleAll(breaker, 'failure', 'success');
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ admitted: 4, rejected: 0, opens: 0 });
    breaker.close();
    breaker.reset();
    expect(events).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['open', 'isolate'] as const)('admits every call even if another process ended by %s', (move) => {
    const other = new CircuitBreaker(BASE);
    other[move]();
    const breaker = CircuitBreaker.restore(other.snapshot(), { ...BASE, mode: 'disabled' });
    expect(breaker.state).toBe('closed');
    expect(admitMany(breaker, 5).map(({ trial }) => trial)).toEqual([false, false, false, false, false]);
  });
});

describe.each(['forced_open', 'disabled'] as const)('the breaker mode %s', (mode) => {
  it('emits no change of state after a restore, since the mode alone decides', () => {
    const other = new CircuitBreaker(BASE);
    other.open();
    const snapshot = other.snapshot();
    other.shutdown();
    const breaker = CircuitBreaker.restore(snapshot, { ...BASE, mode });
    const events = eventsOf(breaker);
    vi.advanceTimersByTime(1000);
    breaker.reset();
    expect(events).toEqual([]);
    expect(breaker.stats()).toMatchObject({ halfOpens: 0, closes: 0 });
  });
});
