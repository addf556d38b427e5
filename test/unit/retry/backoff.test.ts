import { describe, expect, it } from 'vitest';
import { type BackoffRules, type BackoffStrategy, computeBackoffMs } from '../../../src/retry/backoff.js';

const LONGEST_MS = 2 ** 31 - 1;
const STRATEGIES: readonly BackoffStrategy[] = ['fixed', 'linear', 'exponential', 'fibonacci'];

const rulesOf = (given: Partial<BackoffRules>): BackoffRules => ({
  strategy: 'exponential',
  minDelayMs: 100,
  maxDelayMs: 1000,
  multiplier: 1,
  ...given,
});

/** The waits before the first retries. */
const first = (count: number, given: Partial<BackoffRules>): number[] =>
  Array.from({ length: count }, (_, index) => computeBackoffMs(rulesOf(given), index + 1));

describe('the backoff before a retry', () => {
  it.each([
    { strategy: 'fixed' as const, waits: [100, 100, 100, 100, 100, 100, 100, 100, 100] },
    { strategy: 'linear' as const, waits: [100, 200, 300, 400, 500, 600, 700, 800, 900] },
    { strategy: 'exponential' as const, waits: [100, 200, 400, 800, 1000, 1000, 1000, 1000, 1000] },
    { strategy: 'fibonacci' as const, waits: [100, 100, 200, 300, 500, 800, 1000, 1000, 1000] },
  ])('is $waits when the strategy is $strategy', ({ strategy, waits }) => {
    expect(first(9, { strategy })).toEqual(waits);
  });

  it.each([
    { strategy: 'fixed' as const, waits: [300, 300, 300, 300] },
    { strategy: 'linear' as const, waits: [300, 600, 900, 1000] },
    { strategy: 'exponential' as const, waits: [300, 600, 1000, 1000] },
    { strategy: 'fibonacci' as const, waits: [300, 300, 600, 900] },
  ])('is scaled by the multiplier when the strategy is $strategy', ({ strategy, waits }) => {
    expect(first(4, { strategy, multiplier: 3 })).toEqual(waits);
  });

  it('is minDelayMs until a small multiplier has outgrown it', () => {
    expect(first(6, { multiplier: 0.25 })).toEqual([100, 100, 100, 200, 400, 800]);
  });

  it('is maxDelayMs at once when the multiplier lifts the first wait above it', () => {
    expect(first(2, { multiplier: 50 })).toEqual([1000, 1000]);
  });

  it('can be the same for all retries when minDelayMs equals maxDelayMs', () => {
    expect(first(3, { minDelayMs: 1000 })).toEqual([1000, 1000, 1000]);
  });

  it('is maxDelayMs when that has been lowered below minDelayMs', () => {
    expect(first(3, { maxDelayMs: 40 })).toEqual([40, 40, 40]);
  });

  it('follows the Fibonacci numbers exactly as long as it can grow', () => {
    let [last, next] = [0, 1];
    for (let nth = 1; next <= LONGEST_MS; nth++) {
      expect(computeBackoffMs(rulesOf({ strategy: 'fibonacci', minDelayMs: 1, maxDelayMs: LONGEST_MS }), nth)).toBe(
        next,
      );
      [last, next] = [next, last + next];
    }
    expect(last).toBe(1_836_311_903);
  });
});

describe.each(STRATEGIES)('the backoff by the strategy %s', (strategy) => {
  const huge = [1000, 1024, 1475, 1476, 5000, 2 ** 31, Number.MAX_SAFE_INTEGER];

  it.each(huge)('before retry %d is within its bounds', (nth) => {
    expect(computeBackoffMs(rulesOf({ strategy }), nth)).toBe(strategy === 'fixed' ? 100 : 1000);
  });

  it.each(huge)('before retry %d is 0 when all waits are 0', (nth) => {
    expect(computeBackoffMs(rulesOf({ strategy, minDelayMs: 0, multiplier: 1000 }), nth)).toBe(0);
  });

  it('can be as long as a timer can be', () => {
    const rules = rulesOf({ strategy, minDelayMs: LONGEST_MS, maxDelayMs: LONGEST_MS, multiplier: 1000 });
    expect(computeBackoffMs(rules, 5000)).toBe(LONGEST_MS);
  });
});
