import type { ClosedState } from './closed-state.js';
import type { OpenState } from './open-state.js';
import type { BreakerCounts } from './stats.js';
import type { Lease } from './trials.js';

/** How an admitted call ended. `ignored`: neither a success nor a failure of the provider. */
export type BreakerOutcome = 'success' | 'failure' | 'ignored';

/** The permission to make one call: returned by `admit()`, and passed to `settle()` of the same breaker. */
export interface Admission {
  /** Whether the call is one of the trials of a half-open breaker. */
  readonly trial: boolean;
}

/** The breaker's own record of an admission. */
export class AdmissionTicket implements Admission {
  readonly breaker: object;
  /** The generation that admitted the call; an outcome of an earlier generation changes only the statistics. */
  readonly generation: ClosedState | OpenState;
  /** The counts that its outcome is added to; a reset creates new ones. */
  readonly counts: BreakerCounts;
  /** By the monotonic clock; `UNTIMED` if no setting needs durations. */
  readonly startedAtMs: number;
  readonly lease: Lease | undefined;
  /** Whether it was admitted although the breaker would have rejected it. */
  readonly isForced: boolean;
  settled = false;

  constructor(
    breaker: object,
    generation: ClosedState | OpenState,
    counts: BreakerCounts,
    startedAtMs: number,
    lease: Lease | undefined,
    isForced: boolean,
  ) {
    this.breaker = breaker;
    this.generation = generation;
    this.counts = counts;
    this.startedAtMs = startedAtMs;
    this.lease = lease;
    this.isForced = isForced;
  }

  get trial(): boolean {
    return this.lease !== undefined;
  }
}
