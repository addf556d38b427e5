import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { Histogram } from '../../src/telemetry/histogram.js';
import { CallCounter } from '../../src/telemetry/index.js';
import { runs } from '../support/seed.js';

const MICROSECOND = 0.001;
const HOUR = 3_600_000;

/** As many short durations as long ones, and the edges between doublings. */
const durationMs = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: Math.log(MICROSECOND), max: Math.log(HOUR), noNaN: true }).map(Math.exp) },
  fc.integer({ min: -9, max: 21 }).map((power) => 2 ** power),
  fc.integer({ min: -9, max: 21 }).map((power) => 2 ** power * (1 - Number.EPSILON)),
  fc.integer({ min: 1, max: HOUR }),
  fc.constantFrom(MICROSECOND, HOUR),
);

const durations = fc.oneof(
  fc.array(durationMs, { minLength: 1, maxLength: 20 }),
  fc.array(durationMs, { minLength: 1, maxLength: 400, size: 'max' }),
  // Many of a kind and a few stragglers.
  fc
    .tuple(fc.integer({ min: 1, max: 200 }), durationMs, fc.array(durationMs, { maxLength: 10 }))
    .map(([count, usual, others]) => [...new Array<number>(count).fill(usual), ...others]),
);

/** The smallest sample that at least `percent` of all do not exceed. */
function exactly(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0;
}

function histogramOf(samples: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const sample of samples) histogram.record(sample);
  return histogram;
}

test('p50, p95 and p99 are within 5 % of the truth from a microsecond to an hour, and the maximum is exact', () => {
  fc.assert(
    fc.property(durations, (samples) => {
      const histogram = histogramOf(samples);
      for (const percent of [50, 95, 99]) {
        const truth = exactly(samples, percent);
        const told = histogram.quantileMs(percent / 100);
        assert(Math.abs(told - truth) <= truth * 0.05, `p${percent}: ${told} ms instead of ${truth} ms`);
      }
      assert.equal(histogram.maxMs, Math.max(...samples));
    }),
    runs(3_000),
  );
});

test('quantiles never fall as they go up, and never exceed the maximum', () => {
  fc.assert(
    fc.property(
      durations,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (samples, one, other) => {
        const histogram = histogramOf(samples);
        const lower = histogram.quantileMs(Math.min(one, other));
        const upper = histogram.quantileMs(Math.max(one, other));
        assert(lower <= upper && upper <= histogram.maxMs);
      },
    ),
    runs(2_000),
  );
});

test('the sum of two histograms equals one histogram that has counted all', () => {
  fc.assert(
    fc.property(durations, durations, fc.double({ min: 0, max: 1, noNaN: true }), (some, others, quantile) => {
      const added = histogramOf(some);
      added.add(histogramOf(others));
      const all = histogramOf([...some, ...others]);
      assert.equal(added.quantileMs(quantile), all.quantileMs(quantile));
      assert.equal(added.maxMs, all.maxMs);
    }),
    runs(2_000),
  );
});

test('a histogram counts on after it was added to another one, and leaves that one alone', () => {
  fc.assert(
    fc.property(durations, durations, (some, others) => {
      const sum = new Histogram();
      const part = histogramOf(some);
      sum.add(part);
      for (const sample of others) part.record(sample);
      assert.equal(sum.quantileMs(0.95), histogramOf(some).quantileMs(0.95));
      assert.equal(part.quantileMs(0.95), histogramOf([...some, ...others]).quantileMs(0.95));
    }),
    runs(2_000),
  );
});

test('rates are percentages of two decimals, within half a hundredth of the truth, and 0 when nothing was called', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (successes, failures) => {
      const counter = new CallCounter();
      for (let call = 0; call < successes; call++) counter.succeeded(1, 1, 1);
      for (let call = 0; call < failures; call++) {
        counter.failed({ failure: undefined, stopReason: 'breaker_open', durationMs: 1, endedAtMs: 1 });
      }
      const { calls, successRate, failureRate } = counter.stats();
      assert.equal(calls, successes + failures);
      for (const [rate, part] of [
        [successRate, successes],
        [failureRate, failures],
      ] as const) {
        const truth = calls === 0 ? 0 : (part / calls) * 100;
        assert.equal(rate, Number(rate.toFixed(2)));
        assert(Math.abs(rate - truth) <= 0.005 + 1e-9, `${rate} % instead of ${truth} %`);
      }
    }),
    runs(1_000),
  );
});
