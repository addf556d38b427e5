import type { BreakerSnapshot, BreakerState, BreakerStats, CircuitBreaker } from '../breaker/index.js';
import { configurationError } from '../input/index.js';
import { monotonicMs } from '../runtime/index.js';
import type { KeyState } from './lane.js';
import type { KeyStates } from './lanes.js';
import type { ResilienceContext } from './shared.js';

/**
 * A grip on one breaker of an operation, for dashboards, runbooks and tests. Moving a breaker throws a
 * `ResilienceClosedError` after `close()`; looking at it does not.
 */
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

/** Looks the breaker up at each use, since that of an idle key is forgotten and made anew. Reading makes none. */
export class KeyedBreakerHandle implements BreakerHandle {
  readonly #shared: ResilienceContext;
  readonly #lanes: KeyStates;
  readonly #operation: string;
  readonly #key: string | undefined;

  /** @throws {ConfigurationError} when the operation has no breaker. */
  constructor(shared: ResilienceContext, lanes: KeyStates, operation: string, key: string | undefined) {
    this.#shared = shared;
    this.#lanes = lanes;
    this.#operation = operation;
    this.#key = key;
    this.#seen();
  }

  get state(): BreakerState {
    return this.#seen().state;
  }

  stats(): BreakerStats {
    return this.#seen().stats();
  }

  snapshot(): BreakerSnapshot {
    return this.#seen().snapshot();
  }

  open(): void {
    this.#own().open();
  }

  close(): void {
    this.#own().close();
  }

  isolate(): void {
    this.#own().isolate();
  }

  reset(): void {
    this.#own().reset();
  }

  /** The breaker to look at: the lane's, or one as it would be at first. */
  #seen(): CircuitBreaker {
    return this.#of(this.#lanes.find(this.#key) ?? this.#lanes.make(this.#key));
  }

  /** The breaker to move. */
  #own(): CircuitBreaker {
    this.#shared.assertOpen();
    return this.#of(this.#lanes.of(this.#key, monotonicMs()));
  }

  #of({ breaker }: KeyState): CircuitBreaker {
    if (breaker !== undefined) return breaker;
    throw configurationError('operation', 'must be one whose settings do not switch the breaker off', this.#operation);
  }
}
