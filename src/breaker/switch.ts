import { EventEmitter } from 'node:events';
import Opossum from 'opossum';
import { LONGEST_TIMER_MS } from '../runtime/runtime.js';

/**
 * The opossum that carries one opening, from the moment a breaker opens until it closes or opens anew: it holds the state,
 * runs the reset timer and announces the half-open. It never runs a call and counts nothing (docs/decisions/0001).
 */
export class Switch {
  readonly #circuit: Opossum;

  private constructor(circuit: Opossum) {
    this.#circuit = circuit;
  }

  /** Opens for `waitMs`, then tells that it is half-open. */
  static open(waitMs: number, onHalfOpen: () => void): Switch {
    const circuit = new Opossum(nothing, idle(waitMs));
    circuit.on('halfOpen', onHalfOpen);
    circuit.open();
    return new Switch(circuit);
  }

  /** Opens until it is discarded. */
  static held(): Switch {
    const circuit = new Opossum(nothing, idle(LONGEST_TIMER_MS));
    circuit.on('halfOpen', () => circuit.open());
    circuit.open();
    return new Switch(circuit);
  }

  /** Half-open from the start, for a breaker restored after its wait was over. */
  static halfOpen(): Switch {
    const options = { ...idle(LONGEST_TIMER_MS), state: { closed: false, halfOpen: true } };
    return new Switch(new Opossum(nothing, options));
  }

  get state(): 'open' | 'half_open' {
    return this.#circuit.opened ? 'open' : 'half_open';
  }

  /** Stops the timer and lets go of everything. */
  discard(): void {
    this.#circuit.shutdown();
  }
}

/** Options without which opossum keeps two intervals, ten buckets and a percentile list for statistics that nobody reads. */
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
