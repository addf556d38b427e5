// @ts-check

/**
 * A hardware thread may share its core with another one, whose work makes ours take up to twice as long. Neither a clock
 * nor the load average shows it, but a search that keeps all of a core busy slows down at once. The search is compiled
 * separately, so its time does not depend on the code around it.
 */
const TEXT = 'a'.repeat(16_384);
const NOWHERE_IN_IT = /[^a]/;

/** A search that took longer than this, in times of the quickest one, had to share its core. */
const SHARED = 1.15;
/** A smaller share of undisturbed calls gives no figure. */
const LEAST_SHARE = 0.01;

/**
 * Work between two searches.
 *
 * @typedef {object} Stretch
 * @property {number} calls
 * @property {number} ms
 * @property {number} probeMs how long the slower of the two searches took
 */

let quickestMs = Number.POSITIVE_INFINITY;

/** Runs the search, about ten microseconds, and returns the milliseconds that it took. */
export function probe() {
  const startedAt = performance.now();
  NOWHERE_IN_IT.test(TEXT);
  const ms = performance.now() - startedAt;
  quickestMs = Math.min(quickestMs, ms);
  return ms;
}

/**
 * What a call costs on an unshared core, in microseconds; `undefined` if the core was almost always shared.
 * @param {readonly Stretch[]} stretches
 * @returns {number | undefined}
 */
export function undisturbedUs(stretches) {
  let [all, calls, ms] = [0, 0, 0];
  for (const stretch of stretches) {
    all += stretch.calls;
    if (stretch.probeMs > quickestMs * SHARED) continue;
    calls += stretch.calls;
    ms += stretch.ms;
  }
  return calls === 0 || calls < all * LEAST_SHARE ? undefined : (ms * 1_000) / calls;
}
