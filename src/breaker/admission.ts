import type { ClosedState } from './closed-state.js';
import type { OpenState } from './open-state.js';
import type { BreakerCounts } from './stats.js';
import type { Lease } from './trials.js';

/** How an admitted call ended. `ignored`: it says nothing about the provider's health. */
export type BreakerOutcome = 'success' | 'failure' | 'ignored';

/** The permission to make one call: returned by `admit()`, and passed to `settle()` of the same breaker. */
export interface Admission {
  /** Whether the call is one of the trials of a half-open breaker. */
  readonly trial: boolean;
}

/** An admission as the breaker that gave it knows it. */
export class AdmissionTicket implements Admission {
  readonly breaker: object;
  /** The generation that gave it; an outcome from an earlier one changes nothing but the statistics. */
  readonly generation: ClosedState | OpenState;
  /** Where it is counted: a reset starts new counts. */
  readonly counts: BreakerCounts;
  /** By the monotonic clock; 0 where no setting asks how long calls take. */
  readonly startedAtMs: number;
  readonly lease: Lease | undefined;
  settled = false;

  constructor(
    breaker: object,
    generation: ClosedState | OpenState,
    counts: BreakerCounts,
    startedAtMs: number,
    lease: Lease | undefined,
  ) {
    this.breaker = breaker;
    this.generation = generation;
    this.counts = counts;
    this.startedAtMs = startedAtMs;
    this.lease = lease;
  }

  get trial(): boolean {
    return this.lease !== undefined;
  }
}
