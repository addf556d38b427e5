import type { Attempt, Failure, StopReason } from '../pipeline/pipeline.js';
import { monotonicMs, wallMs } from '../runtime/runtime.js';
import type { LiveCall } from './call.js';
import type { CallRecord } from './report.js';

/** A call that is over. What it can tell is worked out when somebody asks. */
export class EndedCall {
  readonly stopReason: StopReason;
  /** What its error means; `undefined` on success, and when a stage refused it. */
  readonly failure: Failure | undefined;
  readonly durationMs: number;
  readonly endedAtMs: number;
  readonly #call: LiveCall;

  constructor(call: LiveCall, stopReason: StopReason, failure: Failure | undefined) {
    this.#call = call;
    this.stopReason = stopReason;
    this.failure = failure;
    this.endedAtMs = monotonicMs();
    this.durationMs = this.endedAtMs - call.startedAtMs;
  }

  /** How it went. */
  record(): CallRecord {
    const { operation, key, id } = this.#call;
    const { stopReason, failure, durationMs } = this;
    const attempts = this.#attempts();
    return { operation, key, callId: id, stopReason, failure, attempts, totalMs: durationMs, waitedMs: 0 };
  }

  #attempts(): Attempt[] {
    const outcome = this.#outcome();
    // A call that was cancelled on entry has not tried anything.
    if (outcome === undefined) return [];
    const { attempt, key, startedAtMs } = this.#call;
    const startedAt = Math.round(wallMs() - (monotonicMs() - startedAtMs));
    const base = { number: attempt, key, startedAt, durationMs: this.durationMs, waitedMs: 0, outcome };
    return [this.failure === undefined ? base : { ...base, failure: this.failure }];
  }

  #outcome(): Attempt['outcome'] | undefined {
    if (this.stopReason === 'success') return 'success';
    if (this.#call.isRefused) return 'rejected';
    if (!this.#call.invoked) return undefined;
    return this.failure?.kind === 'cancelled' ? 'cancelled' : 'failure';
  }
}
