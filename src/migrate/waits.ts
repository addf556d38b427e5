import { type BackoffStrategy, computeBackoffMs } from '../retry/backoff.js';

/** In the order in which they are preferred: two waits alone can fit several strategies. */
const STRATEGIES: readonly BackoffStrategy[] = ['fixed', 'exponential', 'linear', 'fibonacci'];
/** Later retries are rare, and most waits have reached their maximum by then. */
const COMPARED = 6;
/** Keeps the ratio of two waits finite if one of them is 0. */
const LEAST_MS = 1e-9;

/**
 * The strategy whose waits come nearest to `waitsMs`, measured by their ratios.
 *
 * @param waitsMs the waits before the first few retries.
 * @param maxDelayMs limits the waits of the strategy.
 */
export function findNearestStrategy(waitsMs: readonly number[], maxDelayMs: number): BackoffStrategy {
  const compared = waitsMs.slice(0, COMPARED);
  const [minDelayMs = 0] = compared;
  const distances = STRATEGIES.map((strategy) =>
    compared.reduce((sum, waitMs, index) => {
      const ownMs = computeBackoffMs({ strategy, minDelayMs, maxDelayMs, multiplier: 1 }, index + 1);
      return sum + Math.abs(Math.log(Math.max(ownMs, LEAST_MS) / Math.max(waitMs, LEAST_MS)));
    }, 0),
  );
  return STRATEGIES[distances.indexOf(Math.min(...distances))] ?? 'fixed';
}

/** The first few waits that grow by a factor. A wait of 0 stays 0, however large the factor. */
export function growWaitsMs(firstMs: number, factor: number, maxDelayMs: number): number[] {
  return Array.from({ length: COMPARED }, (_, index) => growMs(firstMs, factor, index, maxDelayMs));
}

/** A wait after it has grown by a factor a number of times. */
export function growMs(firstMs: number, factor: number, times: number, maxDelayMs: number): number {
  return firstMs === 0 ? 0 : Math.min(firstMs * factor ** times, maxDelayMs);
}

/** The first few waits of a list that goes on with its last one. */
export function repeatLast(waitsMs: readonly number[]): number[] {
  return Array.from({ length: COMPARED }, (_, index) => waitsMs[index] ?? waitsMs.at(-1) ?? 0);
}
