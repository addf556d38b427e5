import { type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, refusalOf, settleAll, settleMany } from '../../support/breaker-steps.js';

const OPTIONS: BreakerOptions = { name: 'chat', trip: { consecutiveFailures: 2 }, openMs: 1000, random: () => 0 };
const NOW = 1_700_000_000_000;
const BASE = { at: NOW, breaker: 'chat' };

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

function halfOpen(): CircuitBreaker {
  const breaker = new CircuitBreaker(OPTIONS);
  breaker.open();
  vi.advanceTimersByTime(1000);
  vi.setSystemTime(NOW);
  return breaker;
}

describe('open() of a circuit breaker', () => {
  it('opens a closed breaker for the time that an opening lasts', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const events = eventsOf(breaker);
    breaker.open();
    expect(events).toEqual([{ type: 'breaker.opened', ...BASE, cause: 'manual', waitMs: 1000 }]);
    expect(breaker.stats().opens).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(breaker.state).toBe('half_open');
  });

  it('does nothing while the breaker is open', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const events = eventsOf(breaker);
    vi.advanceTimersByTime(600);
    breaker.open();
    expect(events).toEqual([]);
    expect(breaker.stats().opens).toBe(1);
    expect(refusalOf(breaker).retryAfterMs).toBe(400);
  });

  it('does not end an isolation', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.isolate();
    breaker.open();
    vi.advanceTimersByTime(1e9);
    expect(refusalOf(breaker).refusal).toBe('held_open');
  });

  it('opens a half-open breaker anew, for longer, and its trial no longer counts', () => {
    const breaker = halfOpen();
    const trial = breaker.admit();
    const events = eventsOf(breaker);
    breaker.open();
    expect(events).toEqual([{ type: 'breaker.opened', ...BASE, cause: 'manual', waitMs: 2000 }]);
    breaker.settle(trial, 'success');
    expect(breaker.state).toBe('open');
    expect(breaker.stats().stale).toBe(1);
  });

  it('makes calls under way stale', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const admission = breaker.admit();
    breaker.open();
    breaker.close();
    breaker.settle(admission, 'failure');
    expect(breaker.snapshot()).toMatchObject({ consecutiveFailures: 0 });
    expect(breaker.stats().stale).toBe(1);
  });
});

describe('isolate() of a circuit breaker', () => {
  it('opens a closed breaker until it is closed by hand', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const events = eventsOf(breaker);
    breaker.isolate();
    expect(events).toEqual([{ type: 'breaker.opened', ...BASE, cause: 'isolated', waitMs: undefined }]);
    expect(breaker.stats().opens).toBe(1);
    for (let months = 0; months < 3; months++) {
      vi.advanceTimersByTime(2 ** 31 - 1);
      expect(breaker.state).toBe('open');
    }
    expect(events).toHaveLength(1);
    expect(refusalOf(breaker)).toMatchObject({
      refusal: 'held_open',
      retryAfterMs: undefined,
      message: "circuit breaker 'chat' is held open",
    });
    breaker.close();
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps an open breaker open that would have admitted trials later', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    breaker.isolate();
    vi.advanceTimersByTime(1_000_000);
    expect(breaker.state).toBe('open');
    expect(breaker.stats().halfOpens).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does nothing while the breaker is isolated already', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.isolate();
    const events = eventsOf(breaker);
    breaker.isolate();
    expect(events).toEqual([]);
    expect(breaker.stats().opens).toBe(1);
  });

  it('opens a half-open breaker, whose trial no longer counts', () => {
    const breaker = halfOpen();
    const trial = breaker.admit();
    breaker.isolate();
    breaker.settle(trial, 'success');
    expect(breaker.state).toBe('open');
  });

  it('is not a failure that would make later openings longer', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.isolate();
    breaker.close();
    settleMany(breaker, 2, 'failure');
    expect(refusalOf(breaker).retryAfterMs).toBe(1000);
  });
});

describe('close() of a circuit breaker', () => {
  it('closes an open breaker, with a fresh window and no timer', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, trip: { failureRate: 0.5, minimumCalls: 2 } });
    settleMany(breaker, 2, 'failure');
    const events = eventsOf(breaker);
    breaker.close();
    expect(events).toEqual([{ type: 'breaker.closed', ...BASE, cause: 'manual' }]);
    expect(breaker.stats().closes).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('closed');
  });

  it('closes a half-open breaker, whose trial no longer counts', () => {
    const breaker = halfOpen();
    const trial = breaker.admit();
    breaker.close();
    breaker.settle(trial, 'failure');
    expect(breaker.state).toBe('closed');
    expect(breaker.snapshot()).toMatchObject({ consecutiveFailures: 0 });
  });

  it('lets the next opening be as short as the first', () => {
    const breaker = halfOpen();
    settleAll(breaker, 'failure');
    breaker.close();
    breaker.open();
    expect(refusalOf(breaker).retryAfterMs).toBe(1000);
  });

  it('does nothing while the breaker is closed: what was counted stays', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'failure');
    const events = eventsOf(breaker);
    breaker.close();
    expect(events).toEqual([]);
    expect(breaker.stats().closes).toBe(0);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });
});

describe('reset() of a circuit breaker', () => {
  it('closes an open breaker and forgets the statistics', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleMany(breaker, 2, 'failure');
    refusalOf(breaker);
    const events = eventsOf(breaker);
    breaker.reset();
    expect(events).toEqual([{ type: 'breaker.closed', ...BASE, cause: 'reset' }]);
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toEqual(new CircuitBreaker().stats());
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends an isolation', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.isolate();
    breaker.reset();
    expect(breaker.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('forgets the failures of a closed breaker, and emits no event as the state does not change', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'failure');
    const events = eventsOf(breaker);
    breaker.reset();
    expect(events).toEqual([]);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('closed');
  });

  it('forgets how often the breaker had opened', () => {
    const breaker = halfOpen();
    settleAll(breaker, 'failure');
    breaker.reset();
    breaker.open();
    expect(refusalOf(breaker).retryAfterMs).toBe(1000);
  });

  it('forgets the failures in a row that the breaker was restored with', () => {
    const breaker = CircuitBreaker.restore({ version: 1, state: 'closed', consecutiveFailures: 4 });
    breaker.reset();
    expect(breaker.snapshot()).toEqual({ version: 1, state: 'closed', consecutiveFailures: 0 });
  });

  it('keeps the listeners', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const events = eventsOf(breaker);
    breaker.reset();
    breaker.open();
    expect(events).toHaveLength(1);
  });

  it('makes calls under way stale', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, trip: { consecutiveFailures: 1 } });
    const admission = breaker.admit();
    breaker.reset();
    breaker.settle(admission, 'failure');
    expect(breaker.state).toBe('closed');
  });
});
