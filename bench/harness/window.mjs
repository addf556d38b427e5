// @ts-check
import assert from 'node:assert/strict';

/** @typedef {ReturnType<typeof import('./peers.mjs').opossumDefault>} Opossum */

const BUCKETS = 10;

/**
 * An opossum whose window holds `size` successes, spread over its ten buckets as steady traffic would leave them. Filled by
 * the events that its statistics listen to, since 100,000 real calls before each round would take the whole bench.
 *
 * @param {() => Opossum} create
 * @param {number} size
 * @param {(index: number) => number} [latencyMs] 0 by default, the best case: equal values sort at once
 */
export function filledOpossum(create, size, latencyMs = () => 0) {
  let breaker = filled();
  function filled() {
    const made = create();
    const { status } = made;
    for (let index = 0; index < size; index += 1) {
      if (index > 0 && index % Math.ceil(size / BUCKETS) === 0) rotate(status);
      made.emit('fire', []);
      made.emit('success', undefined, latencyMs(index));
    }
    assert.equal(made.stats.successes, size);
    return made;
  }
  return {
    current: () => breaker,
    /** Puts a new one in its place, as full as the first. */
    refill: () => {
      breaker.shutdown();
      breaker = filled();
    },
    close: () => breaker.shutdown(),
  };
}

/** @param {object} status */
function rotate(status) {
  if ('rotateBucket' in status && typeof status.rotateBucket === 'function') status.rotateBucket();
  else throw new Error('opossum no longer allows its window to be rotated by hand.');
}
