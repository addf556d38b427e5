import type { Random } from '../runtime/index.js';

/** How a wait is randomised, so that calls that failed together do not retry together. */
export type Jitter =
  /** Not at all. */
  | 'none'
  /** Anywhere from 0 to the whole wait. */
  | 'full'
  /** Anywhere in the upper half of the wait. */
  | 'equal'
  /** Anywhere from `minDelayMs` to three times the previous wait; the strategy is not used. */
  | 'decorrelated'
  /** Adds up to `jitterMaxMs` to the wait, which is shortened if the sum could exceed `maxDelayMs`. */
  | 'additive';

/** What jitter depends on. */
export interface JitterRules {
  readonly jitter: Jitter;
  readonly jitterMaxMs: number;
  readonly minDelayMs: number;
  /** The longest wait, jitter included. */
  readonly maxDelayMs: number;
}

/** How many times the last wait a decorrelated wait may be. */
const DECORRELATED_FACTOR = 3;

/**
 * Randomises a wait, in milliseconds; always within 0 and `maxDelayMs`.
 *
 * A wait is capped before it is spread, so that waits that have grown to the cap are as far apart as any others. Cutting
 * the spread off at the cap would let all long waits end at the same moment.
 *
 * @param baseMs the wait of the strategy, within `maxDelayMs`.
 * @param previousMs the wait before this one, `undefined` for the first. Only `decorrelated` uses it.
 */
export function computeJitteredMs(
  { jitter, jitterMaxMs, minDelayMs, maxDelayMs }: JitterRules,
  baseMs: number,
  previousMs: number | undefined,
  random: Random,
): number {
  switch (jitter) {
    case 'none':
      return baseMs;
    case 'full':
      return between(0, baseMs, random);
    case 'equal':
      return between(baseMs / 2, baseMs, random);
    case 'decorrelated': {
      const lowMs = Math.min(minDelayMs, maxDelayMs);
      const lastMs = Math.max(previousMs ?? lowMs, lowMs);
      return between(lowMs, Math.min(lastMs * DECORRELATED_FACTOR, maxDelayMs), random);
    }
    case 'additive': {
      const spreadMs = Math.min(jitterMaxMs, maxDelayMs);
      const lowMs = Math.min(baseMs, maxDelayMs - spreadMs);
      // Rounding may lift the sum above the longest wait.
      return between(lowMs, Math.min(lowMs + spreadMs, maxDelayMs), random);
    }
  }
}

/** Uniformly distributed. */
function between(lowMs: number, highMs: number, random: Random): number {
  return lowMs + (highMs - lowMs) * random();
}
