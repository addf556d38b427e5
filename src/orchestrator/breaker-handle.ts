import type {
  BreakerCore,
  BreakerSnapshot,
  BreakerState,
  BreakerStats,
  ResolvedBreakerSettings,
} from '../breaker/index.js';
import { configurationError } from '../input/index.js';
import { deepFreeze, monotonicMs } from '../runtime/index.js';
import type { KeyState } from './key-state.js';
import type { KeyStates } from './key-states.js';
import type { ResilienceContext } from './resilience-context.js';

/**
 * One breaker of an operation, for dashboards, runbooks and tests. Moving it throws a `ResilienceClosedError` after
 * `close()`; reading it does not.
 */
export interface BreakerHandle {
  readonly state: BreakerState;
  /** Its settings, such as the thresholds in `trip`, with all defaults filled in. */
  readonly settings: ResolvedBreakerSettings;
  /** When an outcome last counted as a failure, in milliseconds since 1970; `undefined` if none has. */
  readonly lastFailureAt: number | undefined;
  /** The time since the last change of state, or since creation if there was none, in milliseconds. */
  readonly sinceChangeMs: number;
  /** Its counts. */
  stats(): BreakerStats;
  /** Its state as plain JSON. */
  snapshot(): BreakerSnapshot;
  /** Opens it, for as long as any opening lasts. */
  open(): void;
  /** Closes it, with a fresh window. */
  close(): void;
  /** Opens it until {@link close} or {@link reset}. */
  isolate(): void;
  /** Closes it and clears everything, including the statistics. */
  reset(): void;
}

/** Finds the breaker at each use, since that of an idle key is removed and created again. Reading creates none. */
export class KeyedBreakerHandle implements BreakerHandle {
  readonly #context: ResilienceContext;
  readonly #keys: KeyStates;
  readonly #operation: string;
  readonly #key: string | undefined;

  /** @throws {ConfigurationError} when the operation has no breaker. */
  constructor(context: ResilienceContext, keys: KeyStates, operation: string, key: string | undefined) {
    this.#context = context;
    this.#keys = keys;
    this.#operation = operation;
    this.#key = key;
    this.#find();
  }

  get state(): BreakerState {
    return this.#find().state;
  }

  get settings(): ResolvedBreakerSettings {
    return deepFreeze(this.#find().settings);
  }

  get lastFailureAt(): number | undefined {
    return this.#find().lastFailureAt;
  }

  get sinceChangeMs(): number {
    return this.#find().sinceChangeMs;
  }

  stats(): BreakerStats {
    return this.#find().stats();
  }

  snapshot(): BreakerSnapshot {
    return this.#find().snapshot();
  }

  open(): void {
    this.#make().open();
  }

  close(): void {
    this.#make().close();
  }

  isolate(): void {
    this.#make().isolate();
  }

  reset(): void {
    this.#make().reset();
  }

  /** The breaker to read: that of the key, or a new one if there is none. */
  #find(): BreakerCore {
    return this.#of(this.#keys.find(this.#key) ?? this.#keys.make(this.#key));
  }

  /** The breaker to move. */
  #make(): BreakerCore {
    this.#context.assertOpen();
    return this.#of(this.#keys.ofHandle(this.#key, monotonicMs()));
  }

  #of({ breaker }: KeyState): BreakerCore {
    if (breaker !== undefined) return breaker;
    throw configurationError('operation', 'must be one whose settings do not switch the breaker off', this.#operation);
  }
}
