import type { Failure, StopReason } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { CallCounter } from '../../../src/telemetry/index.js';
import { START, useFakeTime } from '../../support/time.js';

useFakeTime();

const UNKNOWN: Failure = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };
const CANCELLED: Failure = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };

function failed(stopReason: StopReason, failure: Failure | undefined, durationMs = 10) {
  return { stopReason, failure, durationMs, endedAtMs: 0 };
}

describe('a call counter', () => {
  it.each([
    { stopReason: 'breaker_open', rejections: { breaker: 1 } },
    { stopReason: 'quota_held', rejections: { quota: 1 } },
    { stopReason: 'capacity', rejections: { capacity: 1 } },
  ] as const)(
    'counts calls that were rejected by the stage that rejected them: $stopReason',
    ({ stopReason, rejections }) => {
      const counter = new CallCounter();
      counter.failed(failed(stopReason, undefined));
      const none = { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 0 };
      expect(counter.stats()).toMatchObject({
        calls: 1,
        failures: 1,
        failuresByKind: {},
        rejections: { ...none, ...rejections },
        latencyMs: { max: 0 },
      });
    },
  );

  it('counts calls that failed within the function by kind, whatever stopped them', () => {
    const counter = new CallCounter();
    counter.failed(failed('breaker_open', UNKNOWN));
    counter.failed(failed('attempts_exhausted', UNKNOWN));
    counter.failed(failed('retry_budget', UNKNOWN));
    counter.failed(failed('cancelled', CANCELLED, 500));
    expect(counter.stats()).toMatchObject({
      failuresByKind: { unknown: 3, cancelled: 1 },
      rejections: { breaker: 0, budget: 0 },
      latencyMs: { max: 10 },
    });
  });

  it('counts calls that failed for an unknown reason as unknown', () => {
    const counter = new CallCounter();
    counter.failed(failed('attempts_exhausted', undefined));
    expect(counter.stats().failuresByKind).toEqual({ unknown: 1 });
  });

  it('distinguishes attempts from retries', () => {
    const counter = new CallCounter();
    for (const attempt of [1, 2, 3, 1]) counter.attempted(attempt);
    expect(counter.stats()).toMatchObject({ attempts: 4, retries: 2 });
  });

  it('keeps retries that their budget refused apart from calls that were rejected', () => {
    const counter = new CallCounter();
    counter.retryRefused();
    counter.failed(failed('retry_budget', UNKNOWN));
    expect(counter.stats()).toMatchObject({
      calls: 1,
      failures: 1,
      failuresByKind: { unknown: 1 },
      rejections: { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 1 },
    });
  });

  it('records how long an attempt usually takes, without waits and other attempts of its call', () => {
    const counter = new CallCounter();
    for (let call = 0; call < 19; call++) counter.succeeded(5_000, 0, 40);
    expect(counter.typicalMs).toBeUndefined();
    counter.succeeded(5_000, 0, 40);
    expect(counter.typicalMs).toBeCloseTo(40, 9);
  });

  it.each([
    { successes: 0, failures: 0, successRate: 0, failureRate: 0 },
    { successes: 1, failures: 2, successRate: 33.33, failureRate: 66.67 },
    { successes: 1, failures: 7, successRate: 12.5, failureRate: 87.5 },
    { successes: 999, failures: 1, successRate: 99.9, failureRate: 0.1 },
    { successes: 3, failures: 0, successRate: 100, failureRate: 0 },
  ])('has rates in percent with two decimals: $successes successes, $failures failures', (expected) => {
    const counter = new CallCounter();
    for (let call = 0; call < expected.successes; call++) counter.succeeded(1, 0, 1);
    for (let call = 0; call < expected.failures; call++) counter.failed(failed('not_retryable', UNKNOWN));
    expect(counter.stats()).toMatchObject(expected);
  });

  it('returns the times of the last success and failure by the wall clock', () => {
    const counter = new CallCounter();
    counter.succeeded(1, -500, 1);
    counter.failed(failed('not_retryable', UNKNOWN));
    const { lastSuccessAt, lastFailureAt } = counter.stats();
    expect([lastSuccessAt, lastFailureAt]).toEqual([START - 500 - performance.now(), START - performance.now()]);
  });
});

describe('call counters', () => {
  function full(): CallCounter {
    const counter = new CallCounter();
    counter.attempted(1);
    counter.attempted(2);
    counter.succeeded(40, 0, 30);
    counter.failed(failed('not_retryable', UNKNOWN));
    counter.failed(failed('breaker_open', undefined));
    counter.retryRefused();
    counter.breakerMoved('opens');
    counter.breakerMoved('halfOpens');
    counter.breakerMoved('closes');
    return counter;
  }

  it('add up with others, and do not change those', () => {
    const [sum, other] = [full(), full()];
    const before = other.stats();
    sum.add(other);
    expect(sum.stats()).toMatchObject({
      calls: 6,
      successes: 2,
      failures: 4,
      attempts: 4,
      retries: 2,
      failuresByKind: { unknown: 2 },
      rejections: { breaker: 2, budget: 2 },
      breaker: { opens: 2, halfOpens: 2, closes: 2 },
    });
    expect(sum.stats().latencyMs).toEqual(before.latencyMs);
    expect(other.stats()).toEqual(before);
  });

  it('add up with empty ones either way', () => {
    const [sum, empty] = [new CallCounter(), new CallCounter()];
    sum.add(full());
    sum.add(empty);
    expect(sum.stats()).toEqual(full().stats());
  });

  it('keep the later of two times', () => {
    const [early, late] = [new CallCounter(), new CallCounter()];
    early.succeeded(1, 100, 1);
    late.succeeded(1, 300, 1);
    const [one, other] = [new CallCounter(), new CallCounter()];
    one.add(early);
    one.add(late);
    other.add(late);
    other.add(early);
    expect(one.stats().lastSuccessAt).toBe(late.stats().lastSuccessAt);
    expect(other.stats().lastSuccessAt).toBe(late.stats().lastSuccessAt);
  });

  it('forget everything when they are reset', () => {
    const counter = full();
    counter.reset();
    expect(counter.stats()).toEqual(new CallCounter().stats());
  });

  it('keep the usual length of an attempt when they are reset, which is not one of the numbers', () => {
    const counter = new CallCounter();
    for (let call = 0; call < 20; call++) counter.succeeded(7, 0, 7);
    counter.reset();
    expect(counter.typicalMs).toBeCloseTo(7, 9);
  });

  it('return numbers that do not change afterwards', () => {
    const counter = full();
    const stats = counter.stats();
    const copy = structuredClone(stats);
    counter.failed(failed('not_retryable', UNKNOWN));
    counter.breakerMoved('opens');
    counter.reset();
    expect(stats).toEqual(copy);
  });
});
