/** How the wait grows from one retry to the next. */
export type BackoffStrategy =
  /** Constant: 1, 1, 1, 1. */
  | 'fixed'
  /** Grows by a constant step: 1, 2, 3, 4. */
  | 'linear'
  /** Doubles each time: 1, 2, 4, 8. */
  | 'exponential'
  /** The sum of the last two: 1, 1, 2, 3, 5. */
  | 'fibonacci';

/** What a wait depends on before jitter. */
export interface BackoffRules {
  readonly strategy: BackoffStrategy;
  readonly minDelayMs: number;
  /** Takes precedence over `minDelayMs`. */
  readonly maxDelayMs: number;
  readonly multiplier: number;
}

/** The largest power of two that is a number; the golden ratio is smaller. */
const HIGHEST_POWER = 1023;

const SQRT_5 = Math.sqrt(5);
const GOLDEN = (1 + SQRT_5) / 2;

/** The factor that the first wait is multiplied by. Finite for every `nth`. */
const GROWTH: Readonly<Record<BackoffStrategy, (nth: number) => number>> = {
  fixed: () => 1,
  linear: (nth) => nth,
  exponential: (nth) => 2 ** Math.min(nth - 1, HIGHEST_POWER),
  // In closed form: exact up to the 70th, by which every wait has reached `maxDelayMs`.
  fibonacci: (nth) => Math.round(GOLDEN ** Math.min(nth, HIGHEST_POWER) / SQRT_5),
};

/**
 * How long to wait before the `nth` retry, in milliseconds and before jitter: `minDelayMs` times `multiplier`, grown by
 * the strategy, and limited to `minDelayMs` to `maxDelayMs`.
 *
 * @param nth from 1, however large.
 */
export function computeBackoffMs({ strategy, minDelayMs, maxDelayMs, multiplier }: BackoffRules, nth: number): number {
  const grownMs = minDelayMs * multiplier * GROWTH[strategy](nth);
  return Math.min(Math.max(grownMs, minDelayMs), maxDelayMs);
}
