import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { type BackoffRules, type BackoffStrategy, computeBackoffMs } from '../../src/retry/backoff.js';
import { runs } from '../support/seed.js';

const LONGEST_MS = 2 ** 31 - 1;

const delayMs = fc.oneof(
  fc.constantFrom(0, 1, 2000, 10_000, LONGEST_MS),
  fc.double({ min: 0, max: 60_000, noNaN: true }),
  fc.double({ min: 0, max: LONGEST_MS, noNaN: true }),
);
const strategy = fc.constantFrom<BackoffStrategy>('fixed', 'linear', 'exponential', 'fibonacci');
const multiplier = fc.oneof(fc.constant(1), fc.double({ min: Number.MIN_VALUE, max: 1000, noNaN: true }));

const rules: fc.Arbitrary<BackoffRules> = fc
  .record({ strategy, multiplier, one: delayMs, other: delayMs })
  .map(({ one, other, ...rest }) => ({ ...rest, minDelayMs: Math.min(one, other), maxDelayMs: Math.max(one, other) }));

const nth = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 3000 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);

/** The growth of each strategy, step by step. */
const GROWN: Readonly<Record<BackoffStrategy, (steps: number) => number>> = {
  fixed: () => 1,
  linear: (steps) => {
    let grown = 0;
    for (let step = 0; step < steps; step++) grown += 1;
    return grown;
  },
  exponential: (steps) => {
    let grown = 1;
    for (let step = 1; step < steps; step++) grown += grown;
    return grown;
  },
  fibonacci: (steps) => {
    let [last, grown] = [0, 1];
    for (let step = 1; step < steps; step++) [last, grown] = [grown, last + grown];
    return grown;
  },
};

test('a wait lies between the shortest and the longest, before whatever retry', () => {
  fc.assert(
    fc.property(rules, nth, (given, n) => {
      const waitMs = computeBackoffMs(given, n);
      assert(waitMs >= given.minDelayMs && waitMs <= given.maxDelayMs, `${waitMs} ms`);
    }),
    runs(10_000),
  );
});

test('a wait is what the strategy gives when it is worked out step by step', () => {
  fc.assert(
    fc.property(rules, fc.integer({ min: 1, max: 70 }), (given, n) => {
      const { strategy, minDelayMs, maxDelayMs, multiplier } = given;
      const grownMs = minDelayMs * multiplier * GROWN[strategy](n);
      assert.equal(computeBackoffMs(given, n), Math.min(maxDelayMs, Math.max(minDelayMs, grownMs)));
    }),
    runs(5_000),
  );
});

test('no wait is shorter than the one before it', () => {
  fc.assert(
    fc.property(rules, nth, fc.nat({ max: 1000 }), (given, n, more) => {
      assert(computeBackoffMs(given, n + more) >= computeBackoffMs(given, n));
    }),
    runs(5_000),
  );
});

test('a higher cap shortens no wait', () => {
  fc.assert(
    fc.property(rules, nth, delayMs, (given, n, moreMs) => {
      const higher = { ...given, maxDelayMs: given.maxDelayMs + moreMs };
      assert(computeBackoffMs(higher, n) >= computeBackoffMs(given, n));
    }),
    runs(5_000),
  );
});

test('every strategy but the fixed one reaches the cap', () => {
  fc.assert(
    fc.property(rules, (given) => {
      fc.pre(given.strategy !== 'fixed' && given.minDelayMs >= 0.001 && given.multiplier >= 0.001);
      assert.equal(computeBackoffMs(given, Number.MAX_SAFE_INTEGER), given.maxDelayMs);
    }),
    runs(5_000),
  );
});
