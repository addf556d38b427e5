import type { ClosedState } from './closed-state.js';
import type { OpenState } from './open-state.js';
import type { BreakerCounts } from './stats.js';
import type { Lease } from './trials.js';

/** How an admitted call ended, as far as the callee's health goes. `ignored`: it says nothing of it. */
export type BreakerOutcome = 'success' | 'failure' | 'ignored';

/** The permission to make one call, got from `admit()` and given back to `settle()` of the same breaker. */
export interface Admission {
  /** Whether the call is one of the trials of a half-open breaker. */
  readonly trial: boolean;
}

/** An admission as the breaker that gave it knows it. */
export class AdmissionTicket implements Admission {
  readonly breaker: object;
  /** The era that gave it; an outcome from an earlier one changes nothing but the statistics. */
  readonly generation: ClosedState | OpenState;
  /** Where it is counted: a reset begins new counts. */
  readonly counts: BreakerCounts;
  /** By the monotonic clock; 0 where nobody asks how long calls take. */
  readonly startedAtMs: number;
  readonly lease: Lease | undefined;
  settled = false;

  constructor(
    breaker: object,
    era: ClosedState | OpenState,
    counts: BreakerCounts,
    startedAtMs: number,
    lease: Lease | undefined,
  ) {
    this.breaker = breaker;
    this.generation = era;
    this.counts = counts;
    this.startedAtMs = startedAtMs;
    this.lease = lease;
  }

  get trial(): boolean {
    return this.lease !== undefined;
  }
}
