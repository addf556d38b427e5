import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { computeJitteredMs, type Jitter, type JitterRules } from '../../src/retry/jitter.js';
import { randomFrom, runs, SEED } from '../support/seed.js';

const LONGEST_MS = 2 ** 31 - 1;

const delayMs = fc.oneof(
  fc.constantFrom(0, 1, 2000, 10_000, LONGEST_MS),
  fc.double({ min: 0, max: 60_000, noNaN: true }),
  fc.double({ min: 0, max: LONGEST_MS, noNaN: true }),
);
const jitter = fc.constantFrom<Jitter>('none', 'full', 'equal', 'decorrelated', 'additive');
const chance = fc.oneof(
  fc.constantFrom(0, 0.5, 1 - Number.EPSILON / 2),
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
);

/** Rules, and a wait within them. */
const given = fc
  .record({
    jitter,
    jitterMaxMs: delayMs,
    one: delayMs,
    other: delayMs,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ jitter, jitterMaxMs, one, other, share }) => {
    const minDelayMs = Math.min(one, other);
    const maxDelayMs = Math.max(one, other);
    const rules: JitterRules = { jitter, jitterMaxMs, minDelayMs, maxDelayMs };
    return { rules, baseMs: Math.min(minDelayMs + (maxDelayMs - minDelayMs) * share, maxDelayMs) };
  });
const previousMs = fc.option(delayMs, { nil: undefined });

/** Where each jitter may lead, in the words of its description. */
const BOUNDS: Readonly<Record<Jitter, (rules: JitterRules, baseMs: number, lastMs?: number) => [number, number]>> = {
  none: (_, baseMs) => [baseMs, baseMs],
  full: (_, baseMs) => [0, baseMs],
  equal: (_, baseMs) => [baseMs / 2, baseMs],
  decorrelated: ({ minDelayMs, maxDelayMs }, _, lastMs = minDelayMs) => [
    minDelayMs,
    Math.min(maxDelayMs, 3 * Math.max(lastMs, minDelayMs)),
  ],
  additive: ({ maxDelayMs, jitterMaxMs }, baseMs) => [
    Math.max(0, Math.min(baseMs, maxDelayMs - jitterMaxMs)),
    Math.min(maxDelayMs, baseMs + jitterMaxMs),
  ],
};

test('a jittered wait lies within 0 and the longest wait', () => {
  fc.assert(
    fc.property(given, previousMs, chance, ({ rules, baseMs }, lastMs, drawn) => {
      const waitMs = computeJitteredMs(rules, baseMs, lastMs, () => drawn);
      assert(waitMs >= 0 && waitMs <= rules.maxDelayMs, `${waitMs} ms`);
    }),
    runs(20_000),
  );
});

test('a jittered wait lies within the bounds of its jitter', () => {
  fc.assert(
    fc.property(given, previousMs, chance, ({ rules, baseMs }, lastMs, drawn) => {
      const waitMs = computeJitteredMs(rules, baseMs, lastMs, () => drawn);
      const [lowMs, highMs] = BOUNDS[rules.jitter](rules, baseMs, lastMs);
      assert(waitMs >= lowMs && waitMs <= highMs, `${waitMs} ms, not within ${lowMs} and ${highMs} ms`);
    }),
    runs(20_000),
  );
});

test('a series of decorrelated waits never leaves its bounds', () => {
  fc.assert(
    fc.property(given, fc.integer(), ({ rules }, seed) => {
      const random = randomFrom(seed);
      let lastMs: number | undefined;
      for (let retry = 0; retry < 50; retry++) {
        const waitMs = computeJitteredMs({ ...rules, jitter: 'decorrelated' }, 0, lastMs, random);
        assert(waitMs >= rules.minDelayMs && waitMs <= rules.maxDelayMs);
        assert(waitMs <= 3 * (lastMs ?? rules.minDelayMs));
        lastMs = waitMs;
      }
    }),
    runs(1_000),
  );
});

test('with the same random numbers, a higher cap or a longer wait of the strategy shortens no wait', () => {
  fc.assert(
    fc.property(given, previousMs, chance, delayMs, ({ rules, baseMs }, lastMs, drawn, moreMs) => {
      const waitMs = computeJitteredMs(rules, baseMs, lastMs, () => drawn);
      const higher = { ...rules, maxDelayMs: rules.maxDelayMs + moreMs };
      const atLeastMs = waitMs * (1 - 1e-12);
      assert(computeJitteredMs(higher, baseMs, lastMs, () => drawn) >= atLeastMs);
      assert(computeJitteredMs(higher, baseMs + moreMs, lastMs, () => drawn) >= atLeastMs);
    }),
    runs(10_000),
  );
});

describe('an even distribution', () => {
  const BINS = 100;
  const DRAWS = 200_000;
  /** With 99 degrees of freedom, one even distribution in a million is above it. */
  const LIMIT = 181;
  const RULES = { jitterMaxMs: 2000, minDelayMs: 2000, maxDelayMs: 10_000 };

  /** How far the waits are from falling evenly between two bounds. */
  function chiSquare(jitter: Jitter, baseMs: number, lowMs: number, highMs: number): number {
    const random = randomFrom(SEED);
    const counts = new Array<number>(BINS).fill(0);
    for (let draw = 0; draw < DRAWS; draw++) {
      const waitMs = computeJitteredMs({ ...RULES, jitter }, baseMs, 3000, random);
      const bin = Math.floor(((waitMs - lowMs) / (highMs - lowMs)) * BINS);
      assert(bin >= 0 && bin < BINS, `${waitMs} ms`);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const expected = DRAWS / BINS;
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  }

  test.each([
    { jitter: 'full' as const, baseMs: 8000, lowMs: 0, highMs: 8000 },
    { jitter: 'full' as const, baseMs: 10_000, lowMs: 0, highMs: 10_000 },
    { jitter: 'equal' as const, baseMs: 8000, lowMs: 4000, highMs: 8000 },
    { jitter: 'additive' as const, baseMs: 4000, lowMs: 4000, highMs: 6000 },
    { jitter: 'additive' as const, baseMs: 10_000, lowMs: 8000, highMs: 10_000 },
    { jitter: 'decorrelated' as const, baseMs: 0, lowMs: 2000, highMs: 9000 },
  ])('between $lowMs and $highMs ms is that of the waits of $jitter jitter', ({ jitter, baseMs, lowMs, highMs }) => {
    const distance = chiSquare(jitter, baseMs, lowMs, highMs);
    assert(distance < LIMIT, `chi-square ${distance}`);
  });

  test('is not that of waits in one half only', () => {
    const distance = chiSquare('equal', 8000, 0, 8000.1);
    assert(distance > LIMIT * 100, `chi-square ${distance}`);
  });
});
