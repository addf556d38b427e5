// @ts-check

/**
 * A hardware thread may share its core with another one, whose work makes ours take up to twice as long, although neither a
 * clock nor the load of this machine tells of it. A search that keeps all of a core busy feels it at once; and being compiled
 * by itself, it takes the same time whatever is compiled around it.
 */
const TEXT = 'a'.repeat(16_384);
const NOWHERE_IN_IT = /[^a]/;

/** A search that took longer than this, in times of the quickest one, had to share its core. */
const SHARED = 1.15;
/** Of fewer calls than this share of all nothing is said. */
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

/** Runs the search, about ten microseconds, and gives the milliseconds that it took. */
export function probe() {
  const startedAt = performance.now();
  NOWHERE_IN_IT.test(TEXT);
  const ms = performance.now() - startedAt;
  quickestMs = Math.min(quickestMs, ms);
  return ms;
}

/**
 * What a call costs while nobody shares the core, in microseconds; `undefined` when that was hardly ever so.
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
