import type {
  AttemptRecord,
  CallEnding,
  CallHooks,
  Failure,
  LiveAttempt,
  LiveCall,
  SkippedTarget,
  StageAttempt,
  StopReason,
  StopRule,
} from '../pipeline/index.js';
import { roundMs, wallAt } from '../runtime/index.js';
import type { CallRecord } from './report.js';

/** The kept data of an attempt, with times by the monotonic clock. */
interface FinishedAttempt {
  readonly number: number;
  readonly isHedge: boolean;
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
  readonly #target: string | undefined;
  readonly #skippedTargets: readonly SkippedTarget[];

  /**
   * @param call the call, or the end of its attempts, for a call that ended later.
   * @param last the attempt that it ended with.
   */
  constructor(
    call: LiveCall | FinishedCall,
    { stopReason, stopRule, failure }: CallEnding,
    endedAtMs: number,
    last?: StageAttempt,
  ) {
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
      this.#target = call.#target;
      this.#skippedTargets = call.#skippedTargets;
      return;
    }
    this.#operation = call.operation;
    this.#key = call.lane.key;
    this.#hooks = call.hooks;
    this.#serial = call.serial;
    const winner = stopReason === 'success' ? call.decisive : undefined;
    let waitedMs = 0;
    const attempts: FinishedAttempt[] = [];
    for (const attempt of call.attempts) {
      waitedMs += attempt.waitedMs;
      const finished = finishAttempt(attempt, winner, endedAtMs);
      if (finished !== undefined) attempts.push(finished);
    }
    this.#waitedMs = waitedMs;
    this.#attempts = attempts;
    this.#target = (last ?? call.decisive).target?.name;
    this.#skippedTargets = call.skippedTargets;
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
      target: this.#target,
      skippedTargets: this.#skippedTargets,
      fallbackUsed: false,
      cached: false,
    };
  }
}

/** `undefined` for an attempt that ended before it started. Part of every rejection, hence no spread and one shape. */
function finishAttempt(
  attempt: LiveAttempt,
  winner: LiveAttempt | undefined,
  callEndedAtMs: number,
): FinishedAttempt | undefined {
  const { rejectedBy, invoked, startedAtMs, endedAtMs } = attempt;
  if (rejectedBy === undefined && !invoked) return undefined;
  const outcome = isSuperseded(attempt, winner) ? 'cancelled' : toOutcome(attempt);
  return {
    number: attempt.attempt,
    isHedge: attempt.isHedge,
    key: attempt.key,
    target: attempt.target?.name,
    startedAtMs,
    durationMs: outcome === 'rejected' ? 0 : (endedAtMs ?? callEndedAtMs) - startedAtMs,
    waitedMs: attempt.waitedMs,
    outcome,
    failure: outcome === 'success' || outcome === 'rejected' ? undefined : findFailure(attempt),
  };
}

/** Whether another attempt of the call was faster. */
function isSuperseded(attempt: LiveAttempt, winner: LiveAttempt | undefined): boolean {
  if (attempt.call.attempts.length === 1) return false;
  // Two attempts may end in the same moment.
  return attempt.interruption?.by === 'superseded' || (attempt.outcome?.status === 'success' && attempt !== winner);
}

/** What its error means: nothing else has asked for that of an attempt that was superseded. */
function findFailure(attempt: LiveAttempt): Failure | undefined {
  const { interruption, failure } = attempt;
  return interruption?.by === 'superseded' ? attempt.failureOf(interruption.error) : failure;
}

function toOutcome({ rejectedBy, outcome, failure, gaveValueEarly }: LiveAttempt): AttemptRecord['outcome'] {
  if (rejectedBy !== undefined) return 'rejected';
  // A report may be read before a stream has ended.
  if (outcome?.status === 'success' || (gaveValueEarly && outcome === undefined)) return 'success';
  return outcome?.status === 'failure' && failure?.kind !== 'cancelled' ? 'failure' : 'cancelled';
}

function toRecord(finished: FinishedAttempt): AttemptRecord {
  const { startedAtMs, durationMs, waitedMs, target, isHedge, failure, ...rest } = finished;
  return {
    ...rest,
    ...(isHedge && { hedge: true }),
    durationMs: roundMs(durationMs),
    waitedMs: roundMs(waitedMs),
    ...(target !== undefined && { target }),
    startedAt: wallAt(startedAtMs),
    ...(failure !== undefined && { failure }),
  };
}
