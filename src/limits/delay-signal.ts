/** A window is judged when it has this many samples, or as many as the limit allows calls, whichever is more. */
const MIN_SAMPLES = 20;
/** How long window medians count for the base, in milliseconds. */
const BASE_MS = 600_000;
/** Windows that end within this time of each other count as one for the base, the quickest of them. */
const BASE_STEP_MS = 1_000;
/** The share of window medians below the base: how quick the provider is when nothing slows it. */
const BASE_SHARE = 0.05;
/** How much slower than the base a window may be, as a ratio, where samples hardly differ. */
const TOLERANCE = 1.1;
/** How many standard errors of the median are added to the tolerance. */
const ERRORS_TOLERATED = 2;
/** How much slower is certainly overload, where samples hardly differ. */
const SEVERE = 1.5;
/** The standard error of a median is this times the deviation of the samples, over the root of their number. */
const MEDIAN_ERROR = 1.2533;
/** The standard deviation of normal samples is this times their median absolute deviation. */
const DEVIATION_OF_MAD = 1.4826;

/** How the latest window compares with the quickest ones. */
export type DelayVerdict = 'room' | 'slow' | 'severe';

/**
 * Judges by the time that a provider takes for the same work whether it has more than it can do at a time. Compares the
 * median of each window with the quickest windows of the last ten minutes. The more the samples of a window differ, the more
 * it tolerates: where all is noise, nothing is slow.
 */
export class DelaySignal {
  #samples: number[] = [];
  #medians: { readonly atMs: number; median: number }[] = [];

  /**
   * Records how long a call took for a unit of work, in any unit.
   *
   * @param limit how many calls may be under way.
   * @returns the verdict if this sample completes a window.
   */
  record(sample: number, limit: number, nowMs: number): DelayVerdict | undefined {
    this.#samples.push(Math.log(sample));
    if (this.#samples.length < Math.max(MIN_SAMPLES, limit)) return undefined;
    const sorted = this.#samples.sort((one, other) => one - other);
    this.#samples = [];
    const median = quantile(sorted, 0.5);
    const deviations = sorted.map((each) => Math.abs(each - median)).sort((one, other) => one - other);
    const deviation = DEVIATION_OF_MAD * quantile(deviations, 0.5);
    const error = (MEDIAN_ERROR * deviation) / Math.sqrt(sorted.length);
    const slowness = median - this.#updateBase(median, nowMs) - ERRORS_TOLERATED * error;
    if (slowness > Math.log(SEVERE)) return 'severe';
    return slowness > Math.log(TOLERANCE) ? 'slow' : 'room';
  }

  #updateBase(median: number, nowMs: number): number {
    this.#medians = this.#medians.filter(({ atMs }) => atMs > nowMs - BASE_MS);
    const last = this.#medians.at(-1);
    if (last !== undefined && nowMs - last.atMs < BASE_STEP_MS) last.median = Math.min(last.median, median);
    else this.#medians.push({ atMs: nowMs, median });
    const medians = this.#medians.map((each) => each.median).sort((one, other) => one - other);
    return quantile(medians, BASE_SHARE);
  }
}

/** @param sorted in ascending order, not empty. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position));
}
