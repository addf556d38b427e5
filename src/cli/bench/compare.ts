import type { EarlierResult, EarlierSuite } from './result.js';
import { changeInPercent, type Trend, trendOf } from './trend.js';

/** One operation, now and before. */
export interface OperationComparison {
  readonly operation: string;
  readonly beforeMs: number;
  readonly nowMs: number;
  /** Of the mean, in percent; below 0 is faster. */
  readonly changePercent: number;
  readonly verdict: 'faster' | 'slower' | 'same';
  readonly trend: Trend;
}

/** A run against earlier ones. */
export interface Comparison {
  /** By how many percent an operation may be slower before it is a regression. */
  readonly tolerancePercent: number;
  /** When the run was that this one is compared with: the latest of those given. */
  readonly comparedWith: string;
  readonly operations: readonly OperationComparison[];
  /** The operations that have become slower than is tolerated, or have failed and did not before. */
  readonly regressions: readonly string[];
  /** Operations that were measured before and were not now. */
  readonly missing: readonly string[];
}

/**
 * Twice as long. Among runs of the same code on two cores with five times as much to do as they can, one in eighty is
 * beyond this, and one in six is beyond 50 %. On a quiet machine less will do.
 */
export const DEFAULT_TOLERANCE_PERCENT = 100;

/** Differences below this are of the clock and the collector, whatever they are in percent. */
const LEAST_DIFFERENCE_MS = 0.05;

/**
 * Compares a run with earlier ones.
 *
 * A difference counts when the mean has changed by more than the tolerance, and so has the quickest iteration. Whatever
 * else a machine is doing makes means longer, but hardly ever every single iteration.
 *
 * @param earlier at least one.
 */
export function compare(earlier: readonly EarlierSuite[], now: EarlierSuite, tolerancePercent: number): Comparison {
  const inOrder = [...earlier].sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
  const last = inOrder.at(-1) ?? now;
  const operations = now.results.flatMap((result) => {
    const before = resultOf(last, result.operation);
    return before === undefined ? [] : [comparisonOf(before, result, samplesOf(inOrder, result), tolerancePercent)];
  });
  const slower = operations.filter(({ verdict }) => verdict === 'slower').map(({ operation }) => operation);
  const broken = now.results.filter((each) => !each.passed && resultOf(last, each.operation)?.passed === true);
  return {
    tolerancePercent,
    comparedWith: last.timestamp,
    operations,
    regressions: [...new Set([...slower, ...broken.map(({ operation }) => operation)])],
    missing: last.results.map(({ operation }) => operation).filter((each) => resultOf(now, each) === undefined),
  };
}

function comparisonOf(
  before: EarlierResult,
  now: EarlierResult,
  samples: readonly number[],
  tolerancePercent: number,
): OperationComparison {
  const isSlower = isBeyond(before, now, tolerancePercent);
  return {
    operation: now.operation,
    beforeMs: before.avgMs,
    nowMs: now.avgMs,
    changePercent: changeInPercent(before.avgMs, now.avgMs),
    verdict: isSlower ? 'slower' : isBeyond(now, before, tolerancePercent) ? 'faster' : 'same',
    trend: trendOf(samples),
  };
}

/** Whether `one` is so much quicker than `other` that it cannot be put down to noise. Without an iteration it is neither. */
function isBeyond(one: EarlierResult, other: EarlierResult, tolerancePercent: number): boolean {
  return (
    one.avgMs > 0 &&
    other.avgMs - one.avgMs > LEAST_DIFFERENCE_MS &&
    changeInPercent(one.avgMs, other.avgMs) > tolerancePercent &&
    changeInPercent(one.minMs, other.minMs) > tolerancePercent
  );
}

function samplesOf(earlier: readonly EarlierSuite[], now: EarlierResult): number[] {
  const before = earlier.flatMap((suite) => resultOf(suite, now.operation)?.avgMs ?? []);
  return [...before, now.avgMs].filter((ms) => ms > 0);
}

function resultOf({ results }: EarlierSuite, operation: string): EarlierResult | undefined {
  return results.find((each) => each.operation === operation);
}
