import type { BackoffStrategy } from '../retry/backoff.js';

/** What the first wait is multiplied by for the first few retries. */
const GROWTHS: readonly (readonly [BackoffStrategy, readonly number[]])[] = [
  ['fixed', [1, 1, 1, 1, 1, 1]],
  ['exponential', [1, 2, 4, 8, 16, 32]],
  ['linear', [1, 2, 3, 4, 5, 6]],
  ['fibonacci', [1, 1, 2, 3, 5, 8]],
];

/** How many retries are compared at most. */
const COMPARED = 6;
const NEVER_ZERO = 1e-9;

/**
 * The strategy whose waits come nearest to some waits, by how many times too long or too short they are.
 *
 * @param waits of the first retry on, as many as there are.
 * @param longestMs no wait of the strategy is longer.
 */
export function nearestGrowth(waits: readonly number[], longestMs: number): BackoffStrategy {
  const compared = waits.slice(0, COMPARED);
  const [firstMs = 0] = compared;
  let best: BackoffStrategy = 'fixed';
  let least = Infinity;
  for (const [strategy, factors] of GROWTHS) {
    const off = compared.reduce((sum, waitMs, index) => {
      const ofStrategyMs = Math.min(firstMs * (factors[index] ?? 1), longestMs);
      return sum + Math.abs(Math.log(Math.max(ofStrategyMs, NEVER_ZERO) / Math.max(waitMs, NEVER_ZERO)));
    }, 0);
    if (off < least) [best, least] = [strategy, off];
  }
  return best;
}

/** The first few of waits that go on with the last of them, in milliseconds. */
export function listed(waits: readonly number[]): number[] {
  const last = waits.at(-1) ?? 0;
  return Array.from({ length: COMPARED }, (_, index) => waits[index] ?? last);
}

/** The first few of so many waits that grow by a factor, in milliseconds. */
export function grown(firstMs: number, factor: number, longestMs: number, count: number): number[] {
  const length = Math.min(Math.max(count, 1), COMPARED);
  return Array.from({ length }, (_, index) => grownMs(firstMs, factor, index, longestMs));
}

/** The wait that has grown by a factor so many times, in milliseconds. No wait at all does not grow. */
export function grownMs(firstMs: number, factor: number, times: number, longestMs: number): number {
  return firstMs === 0 ? 0 : Math.min(firstMs * factor ** times, longestMs);
}
