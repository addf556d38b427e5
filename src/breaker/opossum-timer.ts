import { EventEmitter } from 'node:events';
import Opossum from 'opossum';

/**
 * The opossum that carries one opening: it is opened, runs the reset timer, reports half-open, and is shut down
 * when the breaker closes or reopens. It runs no call and counts nothing (docs/decisions/0001).
 */
export class OpossumTimer {
  readonly #circuit: Opossum;

  /** Opens for `waitMs`, then calls `onHalfOpen`. */
  constructor(waitMs: number, onHalfOpen: () => void) {
    this.#circuit = new Opossum(nothing, idle(waitMs));
    this.#circuit.on('halfOpen', onHalfOpen);
    this.#circuit.open();
  }

  /** Stops the timer and releases everything. */
  discard(): void {
    this.#circuit.shutdown();
  }
}

/**
 * Options without which opossum keeps two intervals, ten buckets and a percentile list for statistics that are
 * never read.
 */
function idle(resetTimeout: number): Opossum.Options {
  return {
    resetTimeout,
    timeout: false,
    enableSnapshots: false,
    rollingPercentilesEnabled: false,
    rollingCountBuckets: 1,
    rotateBucketController: new EventEmitter(),
  };
}

async function nothing(): Promise<void> {}
