import type { Attempt, Failure, StopReason } from '../pipeline/pipeline.js';
import { monotonicMs, wallAt } from '../runtime/runtime.js';
import type { LiveAttempt } from './attempt.js';
import type { LiveCall } from './call.js';
import type { Lane } from './lane.js';
import type { CallRecord } from './report.js';

/**
 * A call that is over. What it can tell is worked out when somebody asks; it holds nothing of the live call, whose
 * function may close over a whole request.
 */
export class EndedCall {
  readonly stopReason: StopReason;
  /** What its error means; `undefined` on success, and when a stage refused it. */
  readonly failure: Failure | undefined;
  readonly durationMs: number;
  readonly endedAtMs: number;
  readonly #lane: Lane;
  readonly #serial: number;
  readonly #outcome: Attempt['outcome'] | undefined;

  constructor(call: LiveCall, stopReason: StopReason, failure: Failure | undefined) {
    this.stopReason = stopReason;
    this.failure = failure;
    this.endedAtMs = monotonicMs();
    this.durationMs = this.endedAtMs - call.startedAtMs;
    this.#lane = call.lane;
    this.#serial = call.serial;
    this.#outcome = outcomeOf(call.attempt, stopReason, failure);
  }

  /** How it went. */
  record(): CallRecord {
    const { operation, key, shared } = this.#lane;
    const { stopReason, failure, durationMs } = this;
    const callId = shared.callId(this.#serial);
    const attempts = this.#attempts();
    const base = { operation, key, callId, stopReason, failure, attempts, totalMs: durationMs };
    return { ...base, waitedMs: 0, fallbackUsed: false };
  }

  #attempts(): Attempt[] {
    const outcome = this.#outcome;
    if (outcome === undefined) return [];
    const { durationMs, failure } = this;
    const startedAt = wallAt(this.endedAtMs - durationMs);
    const base = { number: 1, key: this.#lane.key, startedAt, durationMs, waitedMs: 0, outcome };
    return [failure === undefined ? base : { ...base, failure }];
  }
}

/** How the attempt ended; `undefined` for a call that was cancelled before it tried anything. */
function outcomeOf(
  { refusedBy, invoked }: LiveAttempt,
  stopReason: StopReason,
  failure: Failure | undefined,
): Attempt['outcome'] | undefined {
  if (stopReason === 'success') return 'success';
  if (refusedBy !== undefined) return 'rejected';
  if (!invoked) return undefined;
  return failure?.kind === 'cancelled' ? 'cancelled' : 'failure';
}
