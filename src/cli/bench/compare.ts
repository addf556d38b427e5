import { computeMean } from './bench.js';
import type { EarlierResult, EarlierSuite } from './suite.js';

/** How the times of one operation develop over several runs. */
export interface Trend {
  /** `steady` if the change is below one percent, `unknown` with fewer than two samples. */
  readonly verdict: 'improving' | 'degrading' | 'steady' | 'unknown';
  /** The mean of the later half against the mean of the earlier half, in percent; below 0 is faster. */
  readonly changePercent: number;
}

/** One operation, before and now. */
export interface OperationComparison {
  readonly operation: string;
  readonly beforeMs: number;
  readonly nowMs: number;
  /** The change of the mean, in percent; below 0 is faster. */
  readonly changePercent: number;
  readonly verdict: 'faster' | 'slower' | 'same';
  readonly trend: Trend;
}

/** A run against earlier ones. */
export interface Comparison {
  /** How much slower an operation may be before it is a regression, in percent. */
  readonly tolerancePercent: number;
  /** The timestamp of the run that this one is compared with: the latest one. */
  readonly comparedWith: string;
  readonly operations: readonly OperationComparison[];
  /** The operations that are slower than is tolerated, or that fail and did not before. */
  readonly regressions: readonly string[];
  /** The operations that were measured before and are not measured now. */
  readonly missing: readonly string[];
}

/**
 * Twice as long. On two cores under a fivefold load, one in eighty comparisons of the same code with itself exceeds this,
 * and one in six exceeds 50 %. A quiet machine needs less.
 */
export const DEFAULT_TOLERANCE_PERCENT = 100;

/** Smaller differences come from the clock and the garbage collector, however large they are in percent. */
const MIN_DIFFERENCE_MS = 0.05;

/** Smaller changes over several runs are no trend. */
const STEADY_PERCENT = 1;

/**
 * Compares a run with earlier ones.
 *
 * A difference counts if the mean and the fastest iteration have both changed by more than the tolerance: other work on
 * the machine makes the mean longer, but hardly ever every single iteration.
 *
 * @param earlier at least one.
 */
export function compare(earlier: readonly EarlierSuite[], now: EarlierSuite, tolerancePercent: number): Comparison {
  const inOrder = [...earlier].sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
  const last = inOrder.at(-1) ?? now;
  const operations = now.results.flatMap((result) => {
    const before = findResult(last, result.operation);
    return before === undefined
      ? []
      : [compareResult(before, result, collectSamples(inOrder, result), tolerancePercent)];
  });
  const slower = operations.filter(({ verdict }) => verdict === 'slower').map(({ operation }) => operation);
  const broken = now.results.filter((each) => !each.passed && findResult(last, each.operation)?.passed === true);
  return {
    tolerancePercent,
    comparedWith: last.timestamp,
    operations,
    regressions: [...new Set([...slower, ...broken.map(({ operation }) => operation)])],
    missing: last.results.map(({ operation }) => operation).filter((each) => findResult(now, each) === undefined),
  };
}

function compareResult(
  before: EarlierResult,
  now: EarlierResult,
  samples: readonly number[],
  tolerancePercent: number,
): OperationComparison {
  const isSlower = isFaster(before, now, tolerancePercent);
  return {
    operation: now.operation,
    beforeMs: before.avgMs,
    nowMs: now.avgMs,
    changePercent: computeChangePercent(before.avgMs, now.avgMs),
    verdict: isSlower ? 'slower' : isFaster(now, before, tolerancePercent) ? 'faster' : 'same',
    trend: computeTrend(samples),
  };
}

/** Whether `one` is so much faster than `other` that noise does not explain it. False without a successful iteration. */
function isFaster(one: EarlierResult, other: EarlierResult, tolerancePercent: number): boolean {
  return (
    one.avgMs > 0 &&
    other.avgMs - one.avgMs > MIN_DIFFERENCE_MS &&
    computeChangePercent(one.avgMs, other.avgMs) > tolerancePercent &&
    computeChangePercent(one.minMs, other.minMs) > tolerancePercent
  );
}

function collectSamples(earlier: readonly EarlierSuite[], now: EarlierResult): number[] {
  const before = earlier.flatMap((suite) => findResult(suite, now.operation)?.avgMs ?? []);
  return [...before, now.avgMs].filter((ms) => ms > 0);
}

function findResult({ results }: EarlierSuite, operation: string): EarlierResult | undefined {
  return results.find((each) => each.operation === operation);
}

/** @param samples times, the earliest first. */
export function computeTrend(samples: readonly number[]): Trend {
  if (samples.length < 2) return { verdict: 'unknown', changePercent: 0 };
  const middle = Math.floor(samples.length / 2);
  const changePercent = computeChangePercent(computeMean(samples.slice(0, middle)), computeMean(samples.slice(middle)));
  if (Math.abs(changePercent) < STEADY_PERCENT) return { verdict: 'steady', changePercent };
  return { verdict: changePercent < 0 ? 'improving' : 'degrading', changePercent };
}

/** How much more `to` is than `from`, in percent. From 0 to anything is 100 % more. */
function computeChangePercent(from: number, to: number): number {
  if (from === 0) return to === 0 ? 0 : 100;
  return (to / from - 1) * 100;
}
