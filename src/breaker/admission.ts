import type { Closed } from './closed.js';
import type { Opening } from './opening.js';
import type { Lease } from './trials.js';

/** How an admitted call ended, as far as the callee's health goes. `ignored`: it says nothing of it. */
export type BreakerOutcome = 'success' | 'failure' | 'ignored';

/** The permission to make one call. It belongs to the breaker that gave it, and is settled once. */
export class Admission {
  /** @internal */
  readonly breaker: object;
  /** @internal The era of the breaker that gave it; an outcome from an earlier one changes nothing but the statistics. */
  readonly era: Closed | Opening;
  /** @internal By the monotonic clock; 0 where nobody asks how long calls take. */
  readonly startedAtMs: number;
  /** @internal */
  readonly lease: Lease | undefined;
  /** @internal */
  settled = false;

  /** @internal */
  constructor(breaker: object, era: Closed | Opening, startedAtMs: number, lease: Lease | undefined) {
    this.breaker = breaker;
    this.era = era;
    this.startedAtMs = startedAtMs;
    this.lease = lease;
  }

  /** Whether the call is one of the trials of a half-open breaker. */
  get trial(): boolean {
    return this.lease !== undefined;
  }
}
