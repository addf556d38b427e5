import type {
  AttemptRecord,
  CallEnding,
  CallHost,
  Failure,
  LiveAttempt,
  LiveCall,
  StopReason,
  StopRule,
} from '../pipeline/index.js';
import { wallAt } from '../runtime/index.js';
import type { CallRecord } from './report.js';

/** What is kept of an attempt: times by the monotonic clock. */
interface FinishedAttempt extends Omit<AttemptRecord, 'startedAt' | 'key'> {
  readonly beganAtMs: number;
}

/**
 * A call that is over. What it can tell is worked out when somebody asks; it holds nothing of the live call, whose
 * function may close over a whole request.
 */
export class FinishedCall {
  readonly stopReason: StopReason;
  readonly #stopRule: StopRule | undefined;
  /** What its error means; `undefined` on success, and when a stage refused it. */
  readonly failure: Failure | undefined;
  readonly durationMs: number;
  readonly endedAtMs: number;
  readonly #host: CallHost;
  readonly #serial: number;
  readonly #waitedMs: number;
  readonly #attempts: readonly FinishedAttempt[];

  constructor(call: LiveCall, { stopReason, stopRule, failure }: CallEnding, endedAtMs: number) {
    this.stopReason = stopReason;
    this.#stopRule = stopRule;
    this.failure = failure;
    this.endedAtMs = endedAtMs;
    this.durationMs = endedAtMs - call.startedAtMs;
    this.#host = call.host;
    this.#serial = call.serial;
    let waitedMs = 0;
    const attempts: FinishedAttempt[] = [];
    for (const attempt of call.attempts) {
      waitedMs += attempt.waitedMs;
      const ended = endedAttempt(attempt, endedAtMs);
      if (ended !== undefined) attempts.push(ended);
    }
    this.#waitedMs = waitedMs;
    this.#attempts = attempts;
  }

  /** How often the function was called. */
  get invocations(): number {
    return this.#attempts.filter(({ outcome }) => outcome !== 'rejected').length;
  }

  /** How it went. */
  record(): CallRecord {
    const { operation, key } = this.#host;
    const { stopReason, failure, durationMs } = this;
    const attempts = this.#attempts.map(({ beganAtMs, ...rest }) => ({ ...rest, key, startedAt: wallAt(beganAtMs) }));
    const callId = this.#host.callId(this.#serial);
    const times = { totalMs: durationMs, waitedMs: this.#waitedMs };
    return {
      operation,
      key,
      callId,
      stopReason,
      stopRule: this.#stopRule,
      failure,
      attempts,
      ...times,
      fallbackUsed: false,
    };
  }
}

/** Nothing of an attempt that was cancelled before it tried anything. */
function endedAttempt(attempt: LiveAttempt, callEndedAtMs: number): FinishedAttempt | undefined {
  const { attempt: number, beganAtMs, waitedMs, refusedBy, invoked, failure, endedAtMs } = attempt;
  if (refusedBy !== undefined) return { number, beganAtMs, waitedMs, durationMs: 0, outcome: 'rejected' };
  if (!invoked) return undefined;
  const durationMs = (endedAtMs ?? callEndedAtMs) - beganAtMs;
  if (endedAtMs === undefined) return { number, beganAtMs, waitedMs, durationMs, outcome: 'success' };
  if (failure === undefined) return { number, beganAtMs, waitedMs, durationMs, outcome: 'failure' };
  const outcome = failure.kind === 'cancelled' ? 'cancelled' : 'failure';
  return { number, beganAtMs, waitedMs, durationMs, outcome, failure };
}
