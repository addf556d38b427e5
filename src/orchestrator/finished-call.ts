import type {
  AttemptRecord,
  CallEnding,
  CallHooks,
  Failure,
  LiveAttempt,
  LiveCall,
  StopReason,
  StopRule,
} from '../pipeline/index.js';
import { roundMs, wallAt } from '../runtime/index.js';
import type { CallRecord } from './report.js';

/** The kept data of an attempt, with times by the monotonic clock. */
interface FinishedAttempt {
  readonly number: number;
  readonly key: string | undefined;
  readonly target: string | undefined;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly waitedMs: number;
  readonly outcome: AttemptRecord['outcome'];
  readonly failure: Failure | undefined;
}

/**
 * A finished call. Computes its record when it is read. Does not retain the live call, whose function may close over a
 * whole request.
 */
export class FinishedCall implements CallEnding {
  readonly stopReason: StopReason;
  readonly stopRule: StopRule | undefined;
  /** What its error means; `undefined` on success, and if a stage rejected the call. */
  readonly failure: Failure | undefined;
  readonly durationMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly #operation: string;
  readonly #key: string | undefined;
  readonly #hooks: CallHooks;
  readonly #serial: number;
  readonly #waitedMs: number;
  readonly #attempts: readonly FinishedAttempt[];

  /** @param call the call, or the end of its attempts, for a call that ended later. */
  constructor(call: LiveCall | FinishedCall, { stopReason, stopRule, failure }: CallEnding, endedAtMs: number) {
    this.stopReason = stopReason;
    this.stopRule = stopRule;
    this.failure = failure;
    this.endedAtMs = endedAtMs;
    this.durationMs = endedAtMs - call.startedAtMs;
    this.startedAtMs = call.startedAtMs;
    if (call instanceof FinishedCall) {
      this.#operation = call.#operation;
      this.#key = call.#key;
      this.#hooks = call.#hooks;
      this.#serial = call.#serial;
      this.#waitedMs = call.#waitedMs;
      this.#attempts = call.#attempts;
      return;
    }
    this.#operation = call.operation;
    this.#key = call.lane.key;
    this.#hooks = call.hooks;
    this.#serial = call.serial;
    let waitedMs = 0;
    const attempts: FinishedAttempt[] = [];
    for (const attempt of call.attempts) {
      waitedMs += attempt.waitedMs;
      const finished = finishAttempt(attempt, endedAtMs);
      if (finished !== undefined) attempts.push(finished);
    }
    this.#waitedMs = waitedMs;
    this.#attempts = attempts;
  }

  /** How often the function was called. */
  get invocations(): number {
    return this.#attempts.filter(({ outcome }) => outcome !== 'rejected').length;
  }

  /** Returns the record of the call. */
  record(): CallRecord {
    const { stopReason, stopRule, failure, durationMs } = this;
    return {
      operation: this.#operation,
      key: this.#key,
      callId: this.#hooks.callId(this.#serial),
      stopReason,
      stopRule,
      failure,
      attempts: this.#attempts.map(toRecord),
      totalMs: roundMs(durationMs),
      waitedMs: roundMs(this.#waitedMs),
      fallbackUsed: false,
      cached: false,
    };
  }
}

/** `undefined` for an attempt that ended before it started. Part of every rejection, hence no spread and one shape. */
function finishAttempt(attempt: LiveAttempt, callEndedAtMs: number): FinishedAttempt | undefined {
  const { rejectedBy, invoked, startedAtMs, endedAtMs } = attempt;
  if (rejectedBy === undefined && !invoked) return undefined;
  const outcome = toOutcome(attempt);
  return {
    number: attempt.attempt,
    key: attempt.key,
    target: attempt.target?.name,
    startedAtMs,
    durationMs: outcome === 'rejected' ? 0 : (endedAtMs ?? callEndedAtMs) - startedAtMs,
    waitedMs: attempt.waitedMs,
    outcome,
    failure: outcome === 'success' || outcome === 'rejected' ? undefined : attempt.failure,
  };
}

function toOutcome({ rejectedBy, outcome, failure, gaveValueEarly }: LiveAttempt): AttemptRecord['outcome'] {
  if (rejectedBy !== undefined) return 'rejected';
  // A report may be read before a stream has ended.
  if (outcome?.status === 'success' || (gaveValueEarly && outcome === undefined)) return 'success';
  return outcome?.status === 'failure' && failure?.kind !== 'cancelled' ? 'failure' : 'cancelled';
}

function toRecord({ startedAtMs, durationMs, waitedMs, target, failure, ...rest }: FinishedAttempt): AttemptRecord {
  return {
    ...rest,
    durationMs: roundMs(durationMs),
    waitedMs: roundMs(waitedMs),
    ...(target !== undefined && { target }),
    startedAt: wallAt(startedAtMs),
    ...(failure !== undefined && { failure }),
  };
}
