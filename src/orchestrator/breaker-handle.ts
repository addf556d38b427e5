import type { BreakerSnapshot, BreakerState, BreakerStats, CircuitBreaker } from '../breaker/index.js';
import { ConfigurationError } from '../errors/errors.js';
import { monotonicMs } from '../runtime/runtime.js';
import type { Lanes } from './lanes.js';

/** A grip on one breaker of an operation, for dashboards, runbooks and tests. */
export interface BreakerHandle {
  readonly state: BreakerState;
  /** What it has counted. */
  stats(): BreakerStats;
  /** Its state as plain JSON. */
  snapshot(): BreakerSnapshot;
  /** Opens it for the time an opening lasts. */
  open(): void;
  /** Closes it, with a fresh window. */
  close(): void;
  /** Opens it until somebody closes it. */
  isolate(): void;
  /** Closes it and forgets everything. */
  reset(): void;
}

/** Looks the breaker up at each use, since that of an idle key is forgotten and made anew. */
export class LaneBreaker implements BreakerHandle {
  readonly #lanes: Lanes;
  readonly #operation: string;
  readonly #key: string | undefined;

  /** @throws {ConfigurationError} when the operation has no breaker. */
  constructor(lanes: Lanes, operation: string, key: string | undefined) {
    this.#lanes = lanes;
    this.#operation = operation;
    this.#key = key;
    this.#breaker();
  }

  get state(): BreakerState {
    return this.#breaker().state;
  }

  stats(): BreakerStats {
    return this.#breaker().stats();
  }

  snapshot(): BreakerSnapshot {
    return this.#breaker().snapshot();
  }

  open(): void {
    this.#breaker().open();
  }

  close(): void {
    this.#breaker().close();
  }

  isolate(): void {
    this.#breaker().isolate();
  }

  reset(): void {
    this.#breaker().reset();
  }

  #breaker(): CircuitBreaker {
    const { breaker } = this.#lanes.of(this.#key, monotonicMs());
    if (breaker !== undefined) return breaker;
    const message = 'must be an operation whose settings do not switch the breaker off';
    throw new ConfigurationError([{ path: 'operation', message, received: `'${this.#operation}'` }]);
  }
}
