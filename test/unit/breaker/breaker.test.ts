import { type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, refusalOf, settleAll, settleMany } from '../../support/breaker-steps.js';

const OPTIONS: BreakerOptions = { trip: { consecutiveFailures: 2 }, openMs: 1000, random: () => 0 };
const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('a new circuit breaker', () => {
  it('is closed, has counted nothing, and has no timer', () => {
    const breaker = new CircuitBreaker();
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toEqual({
      admitted: 0,
      successes: 0,
      failures: 0,
      ignored: 0,
      stale: 0,
      rejected: 0,
      opens: 0,
      halfOpens: 0,
      closes: 0,
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is named breaker until it is given a name', () => {
    expect(new CircuitBreaker().name).toBe('breaker');
    expect(new CircuitBreaker({ name: 'chat/eu' }).name).toBe('chat/eu');
  });

  it('shows the mode that it was given', () => {
    expect(new CircuitBreaker().mode).toBe('enforce');
    expect(new CircuitBreaker({ mode: 'observe' }).mode).toBe('observe');
  });

  it('opens for a minute at the fifth failure in a row by default', () => {
    const breaker = new CircuitBreaker();
    settleMany(breaker, 4, 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(refusalOf(breaker).retryAfterMs).toBe(60_000);
    vi.advanceTimersByTime(59_999);
    expect(breaker.state).toBe('open');
    vi.advanceTimersByTime(1);
    expect(breaker.state).toBe('half_open');
  });
});

describe('the opening of a closed circuit breaker', () => {
  it('emits an event with the cause and the length', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, name: 'chat' });
    const events = eventsOf(breaker);
    settleAll(breaker, 'failure');
    expect(events).toEqual([]);
    vi.advanceTimersByTime(5);
    settleAll(breaker, 'failure');
    expect(events).toEqual([
      { type: 'breaker.opened', at: NOW + 5, breaker: 'chat', cause: 'consecutive_failures', waitMs: 1000 },
    ]);
    expect(breaker.stats()).toMatchObject({ opens: 1, halfOpens: 0, closes: 0 });
  });

  it('takes the configured number of failures in a row', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'failure', 'success', 'failure', 'success', 'failure');
    expect(breaker.state).toBe('closed');
  });

  it('is not affected by an ignored call', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'ignored', 'ignored', 'failure', 'ignored', 'ignored');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  it('happens at one failure when the limit is one', () => {
    const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 } });
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  it('lasts as long as the provider asked for, when that is longer', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const events = eventsOf(breaker);
    settleAll(breaker, 'failure');
    breaker.settle(breaker.admit(), 'failure', { retryAfterMs: 5000 });
    expect(events).toMatchObject([{ waitMs: 5000 }]);
    vi.advanceTimersByTime(4999);
    expect(breaker.state).toBe('open');
    vi.advanceTimersByTime(1);
    expect(breaker.state).toBe('half_open');
  });

  it.each([999, 0, -5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is not made shorter or endless by a hint of %s',
    (retryAfterMs) => {
      const breaker = new CircuitBreaker(OPTIONS);
      settleAll(breaker, 'failure');
      breaker.settle(breaker.admit(), 'failure', { retryAfterMs });
      expect(refusalOf(breaker).retryAfterMs).toBe(1000);
    },
  );

  it('follows the hint of the failure that opened the breaker, not of a failure before', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.settle(breaker.admit(), 'failure', { retryAfterMs: 5000 });
    settleAll(breaker, 'failure');
    expect(refusalOf(breaker).retryAfterMs).toBe(1000);
  });
});

describe('an open circuit breaker', () => {
  it('rejects with an error that says for how long', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, name: 'chat' });
    breaker.open();
    vi.advanceTimersByTime(400);
    expect(refusalOf(breaker)).toMatchObject({
      name: 'BreakerOpenError',
      code: 'HOLDFAST_BREAKER_OPEN',
      breaker: 'chat',
      refusal: 'open',
      retryAfterMs: 600,
      message: "circuit breaker 'chat' is open; retry in 600 ms",
    });
  });

  it('emits an event for every rejection', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, name: 'chat' });
    breaker.open();
    const events = eventsOf(breaker);
    vi.advanceTimersByTime(100);
    refusalOf(breaker);
    expect(events).toEqual([
      {
        type: 'breaker.rejected',
        at: NOW + 100,
        breaker: 'chat',
        refusal: 'open',
        retryAfterMs: 900,
        enforced: true,
      },
    ]);
    expect(breaker.stats()).toMatchObject({ rejected: 1, admitted: 0 });
  });

  it('does not stay open for longer because of rejections', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    for (let asked = 0; asked < 999; asked++) {
      refusalOf(breaker);
      vi.advanceTimersByTime(1);
    }
    expect(breaker.state).toBe('open');
    vi.advanceTimersByTime(1);
    expect(breaker.state).toBe('half_open');
  });

  it('has one timer, which does not keep the process alive', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    new CircuitBreaker(OPTIONS).open();
    expect(vi.getTimerCount()).toBe(1);
    const timer = setTimer.mock.results[0]?.value;
    expect(timer?.hasRef()).toBe(false);
  });
});

describe('the half-opening of a circuit breaker', () => {
  it('happens on the millisecond, by itself, and emits an event', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, name: 'chat' });
    breaker.open();
    const events = eventsOf(breaker);
    vi.advanceTimersByTime(999);
    expect(breaker.state).toBe('open');
    expect(refusalOf(breaker).retryAfterMs).toBe(1);
    vi.advanceTimersByTime(1);
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats().halfOpens).toBe(1);
    expect(events.filter(({ type }) => type !== 'breaker.rejected')).toEqual([
      { type: 'breaker.half_opened', at: NOW + 1000, breaker: 'chat' },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the closing of a half-open circuit breaker', () => {
  it('emits an event with the cause recovered', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, name: 'chat' });
    breaker.open();
    vi.advanceTimersByTime(1000);
    const events = eventsOf(breaker);
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('closed');
    expect(events).toEqual([{ type: 'breaker.closed', at: NOW + 1000, breaker: 'chat', cause: 'recovered' }]);
    expect(breaker.stats()).toMatchObject({ opens: 1, halfOpens: 1, closes: 1 });
  });

  it('lets the next opening be as short as the first', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(2000);
    settleAll(breaker, 'success');
    settleMany(breaker, 2, 'failure');
    expect(refusalOf(breaker).retryAfterMs).toBe(1000);
  });

  it('forgets the failures that had opened the breaker', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleMany(breaker, 2, 'failure');
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success', 'failure');
    expect(breaker.state).toBe('closed');
  });
});

describe('the reopening of a half-open circuit breaker', () => {
  it('emits an event for a failed trial, with a longer wait each time up to the longest', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, openMaxMs: 5000 });
    const waits: unknown[] = [];
    breaker.on('breaker.opened', ({ cause, waitMs }) => {
      waits.push([cause, waitMs]);
    });
    settleMany(breaker, 2, 'failure');
    for (let trial = 0; trial < 4; trial++) {
      vi.advanceTimersByTime(5000);
      settleAll(breaker, 'failure');
    }
    expect(waits).toEqual([
      ['consecutive_failures', 1000],
      ['trial_failed', 2000],
      ['trial_failed', 4000],
      ['trial_failed', 5000],
      ['trial_failed', 5000],
    ]);
    expect(breaker.stats()).toMatchObject({ opens: 5, halfOpens: 4, closes: 0 });
  });

  it('is jittered by the given source of randomness', () => {
    const random = vi.fn().mockReturnValueOnce(0.9).mockReturnValueOnce(0.4);
    const breaker = new CircuitBreaker({ ...OPTIONS, random });
    breaker.open();
    expect(refusalOf(breaker).retryAfterMs).toBe(1000);
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'failure');
    expect(refusalOf(breaker).retryAfterMs).toBe(1800);
  });

  it('lasts as long as the provider asked for, when that is longer', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    vi.advanceTimersByTime(1000);
    breaker.settle(breaker.admit(), 'failure', { retryAfterMs: 2500 });
    expect(refusalOf(breaker).retryAfterMs).toBe(2500);
  });
});

describe('two circuit breakers of the same name', () => {
  it('share no state', () => {
    const first = new CircuitBreaker({ ...OPTIONS, name: 'chat' });
    const second = new CircuitBreaker({ ...OPTIONS, name: 'chat' });
    first.open();
    expect(second.state).toBe('closed');
    expect(second.stats().opens).toBe(0);
  });
});
