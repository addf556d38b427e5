import { describe, expect, it } from 'vitest';
import { resolveBreakerSettings, type TripOptions } from '../../../src/breaker/settings.js';
import { findTripCause, isSlow, usesRates } from '../../../src/breaker/trip.js';

const rules = (trip: TripOptions) => resolveBreakerSettings({ trip }).trip;
const seen = (calls: number, failures: number, slow = 0) => ({ calls, failures, slow });

describe('the trip rule of consecutive failures', () => {
  it('trips at its limit and beyond, not below', () => {
    const three = rules({ consecutiveFailures: 3 });
    expect(findTripCause(three, 2, undefined)).toBeUndefined();
    expect(findTripCause(three, 3, undefined)).toBe('consecutive_failures');
    expect(findTripCause(three, 4, undefined)).toBe('consecutive_failures');
  });

  it('never trips when it is disabled', () => {
    expect(findTripCause(rules({ failureRate: 0.5 }), 1_000_000, seen(1, 1))).toBeUndefined();
  });

  it('comes first when several rules are met', () => {
    const both = rules({ consecutiveFailures: 3, failureRate: 0.5, minimumCalls: 3 });
    expect(findTripCause(both, 3, seen(3, 3))).toBe('consecutive_failures');
    expect(findTripCause(both, 2, seen(3, 2))).toBe('failure_rate');
  });
});

describe('the trip rule of the failure rate', () => {
  const half = rules({ failureRate: 0.5, minimumCalls: 4 });

  it('trips when the rate equals its limit, not below', () => {
    expect(findTripCause(half, 0, seen(10, 4))).toBeUndefined();
    expect(findTripCause(half, 0, seen(10, 5))).toBe('failure_rate');
    expect(findTripCause(half, 0, seen(10, 6))).toBe('failure_rate');
  });

  it('is not applied below the minimum of calls', () => {
    expect(findTripCause(half, 3, seen(3, 3))).toBeUndefined();
    expect(findTripCause(half, 4, seen(4, 4))).toBe('failure_rate');
  });

  it('trips at a rate of 1 when every call failed, not when one succeeded', () => {
    const all = rules({ failureRate: 1, minimumCalls: 20 });
    expect(findTripCause(all, 20, seen(20, 20))).toBe('failure_rate');
    expect(findTripCause(all, 19, seen(20, 19))).toBeUndefined();
  });

  it('does not trip by slow calls', () => {
    expect(findTripCause(half, 0, seen(10, 0, 10))).toBeUndefined();
  });

  // 0.55 * 100 is 55.00000000000001 in binary fractions, which 55 does not reach.
  it.each([
    { failureRate: 0.28, calls: 25, failures: 7 },
    { failureRate: 0.55, calls: 100, failures: 55 },
  ])('of $failureRate is met by $failures of $calls', ({ failureRate, calls, failures }) => {
    expect(findTripCause(rules({ failureRate, minimumCalls: 1 }), 0, seen(calls, failures))).toBe('failure_rate');
    expect(findTripCause(rules({ failureRate, minimumCalls: 1 }), 0, seen(calls, failures - 1))).toBeUndefined();
  });

  it('of any whole percent is met by as many calls in a hundred', () => {
    const missed: number[] = [];
    for (let percent = 1; percent <= 100; percent++) {
      const limit = rules({ failureRate: percent / 100, minimumCalls: 1 });
      if (findTripCause(limit, 0, seen(100, percent)) === undefined) missed.push(percent);
    }
    expect(missed).toEqual([]);
  });
});

describe('the trip rule of the slow-call rate', () => {
  const quarter = rules({ slowCallMs: 100, slowCallRate: 0.25, minimumCalls: 4 });

  it('trips when the rate equals its limit, not below', () => {
    expect(findTripCause(quarter, 0, seen(8, 0, 1))).toBeUndefined();
    expect(findTripCause(quarter, 0, seen(8, 0, 2))).toBe('slow_call_rate');
  });

  it('is not applied below the minimum of calls', () => {
    expect(findTripCause(quarter, 0, seen(3, 0, 3))).toBeUndefined();
  });

  it('does not trip by failures', () => {
    expect(findTripCause(quarter, 8, seen(8, 8))).toBeUndefined();
  });

  it('comes after the failure rate when both are met', () => {
    const both = rules({ failureRate: 0.5, slowCallMs: 100, slowCallRate: 0.5, minimumCalls: 2 });
    expect(findTripCause(both, 0, seen(2, 1, 1))).toBe('failure_rate');
  });

  it.each([
    { slowCallRate: 0.07, calls: 100, slow: 7 },
    { slowCallRate: 0.55, calls: 100, slow: 55 },
  ])('of $slowCallRate is met by $slow of $calls', ({ slowCallRate, calls, slow }) => {
    const limit = rules({ slowCallMs: 1, slowCallRate, minimumCalls: 1 });
    expect(findTripCause(limit, 0, seen(calls, 0, slow))).toBe('slow_call_rate');
  });
});

describe('a slow call', () => {
  it('is a call that took at least as long as the setting says', () => {
    const slow = rules({ slowCallMs: 100 });
    expect(isSlow(slow, 99.9)).toBe(false);
    expect(isSlow(slow, 100)).toBe(true);
    expect(isSlow(slow, 101)).toBe(true);
  });

  it('does not exist when no setting says what is slow', () => {
    expect(isSlow(rules({ failureRate: 0.5 }), 1e9)).toBe(false);
  });
});

describe('the window of a breaker', () => {
  it.each([
    { trip: { failureRate: 0.5 }, needed: true },
    { trip: { slowCallMs: 100 }, needed: true },
    { trip: { consecutiveFailures: 5, slowCallMs: 100, slowCallRate: 0.5 }, needed: true },
    { trip: { consecutiveFailures: 5 }, needed: false },
    { trip: { consecutiveFailures: 5, minimumCalls: 5, windowMs: 1000 }, needed: false },
  ])('is needed only by rates: $trip', ({ trip, needed }) => {
    expect(usesRates(rules(trip))).toBe(needed);
  });
});
