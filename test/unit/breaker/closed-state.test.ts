import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClosedState, UNTIMED } from '../../../src/breaker/closed-state.js';
import { resolveBreakerSettings, type TripOptions } from '../../../src/breaker/settings.js';

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(5000);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const closed = (trip: TripOptions, failures?: number) =>
  new ClosedState(resolveBreakerSettings({ trip }).trip, failures);

describe('the closed state of a breaker', () => {
  it('counts failures in a row, and starts over at a success', () => {
    const era = closed({ consecutiveFailures: 3 });
    expect([era.count(true, 0), era.count(true, 0), era.count(false, 0)]).toEqual([undefined, undefined, undefined]);
    expect(era.consecutiveFailures).toBe(0);
    expect([era.count(true, 0), era.count(true, 0), era.count(true, 0)]).toEqual([
      undefined,
      undefined,
      'consecutive_failures',
    ]);
  });

  it('can continue with the failures of an earlier state', () => {
    expect(closed({ consecutiveFailures: 3 }, 2).count(true, 0)).toBe('consecutive_failures');
  });

  it('reads no clock when no rule looks at rates', () => {
    const clock = vi.spyOn(performance, 'now');
    const era = closed({ consecutiveFailures: 3 });
    expect(era.now()).toBe(UNTIMED);
    era.count(true, 0);
    expect(clock).not.toHaveBeenCalled();
  });

  it('reads the clock when a rule looks at rates', () => {
    expect(closed({ failureRate: 0.5 }).now()).toBe(5000);
    expect(closed({ slowCallMs: 100 }).now()).toBe(5000);
  });

  it('counts failures both in a row and in the window', () => {
    const era = closed({ consecutiveFailures: 3, failureRate: 0.5, minimumCalls: 4 });
    expect(era.count(true, 5000)).toBeUndefined();
    expect(era.count(true, 5000)).toBeUndefined();
    expect(era.count(false, 5000)).toBeUndefined();
    expect(era.count(true, 5000)).toBe('failure_rate');
  });

  it('measures how long calls took', () => {
    const era = closed({ slowCallMs: 100, slowCallRate: 0.5, minimumCalls: 2 });
    const startedAtMs = era.now();
    vi.advanceTimersByTime(99);
    expect(era.count(false, startedAtMs)).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(era.count(false, startedAtMs)).toBe('slow_call_rate');
  });
});
