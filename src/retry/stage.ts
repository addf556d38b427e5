import type { Failure, Run, Stage, StageAttempt, StopReason, StopRule } from '../pipeline/index.js';
import { monotonicMs, type Random } from '../runtime/index.js';
import type { TokenBucket } from './budget.js';
import { decide } from './decide.js';
import { type NextStep, runRetryLoop } from './p-retry-loop.js';
import type { ResolvedRetrySettings } from './resolve-settings.js';

/** A retry that will be made once its wait is over. */
export interface ScheduledRetry {
  readonly delayMs: number;
  /** Whether the provider asked for this wait, or holdfast chose it. */
  readonly waitFor: 'hint' | 'backoff';
  /** The error of the attempt. */
  readonly error: unknown;
  /** What its error means. */
  readonly failure: Failure;
}

/** A retry that a rule refused. */
export interface RefusedRetry {
  readonly stopReason: StopReason;
  readonly stopRule: StopRule;
  readonly failure: Failure;
}

/** Receives the decisions about retries; its methods must not throw. */
export interface RetryListener {
  retryScheduled(attempt: StageAttempt, retry: ScheduledRetry): void;
  retryRefused(attempt: StageAttempt, retry: RefusedRetry): void;
}

/** The parts of a retry stage. */
export interface RetryParts {
  readonly settings: ResolvedRetrySettings;
  /** The retry budget of the operation; `undefined`: no limit. */
  readonly budget: TokenBucket | undefined;
  readonly random: Random;
  readonly listener: RetryListener;
  /** How long an attempt usually takes, in milliseconds; `undefined` while unknown. */
  readonly typicalMs: (attempt: StageAttempt) => number | undefined;
  /** The stage that would reject an attempt after this wait, in milliseconds; `undefined` if none is known. */
  readonly rejectionAfter: (attempt: StageAttempt, delayMs: number) => 'breaker_open' | 'quota_held' | undefined;
}

/**
 * Makes further attempts while the rules allow it. Adds almost no cost to a call that succeeds at once. The owner of the
 * budget adds the tokens of a success, since they depend on the outcome of the whole call.
 */
export function retryStage(parts: RetryParts): Stage {
  return (next) => (attempt) => {
    const value = next(attempt);
    // Rejected before the function ran: the error of the stage says when to retry.
    if (attempt.rejectedBy !== undefined) return value;
    return value.then(undefined, (error: unknown) => {
      const state = new RetryState(parts, next, attempt);
      const step = state.stepAfter(error);
      // Returning the rejected promise is a third of the cost of throwing its error again.
      if ('error' in step) return value;
      return runRetryLoop(step.run, (later) => state.stepAfter(later));
    });
  };
}

/**
 * Whether nothing follows this error: the caller or the deadline has ended the whole call, which records why. The attempt may
 * have failed before, while another one was still running beside it.
 */
function wasEnded({ interruption }: StageAttempt, error: unknown): boolean {
  return interruption !== undefined && interruption.by !== 'attempt_timeout' && Object.is(interruption.error, error);
}

interface FailedTry {
  readonly error: unknown;
  readonly failure: Failure;
}

/** The attempts of one call from the first failure on. */
class RetryState {
  readonly #parts: RetryParts;
  readonly #next: Run;
  #attempt: StageAttempt;
  /** When the first attempt of this stage started: with several targets it is not the first of the call. */
  readonly #startedAtMs: number;
  /** Attempts that this stage has made; attempts that run beside them, such as hedges, do not count. */
  #made = 1;
  #delayMs: number | undefined;
  /** The last failure of the function itself. */
  #last: FailedTry | undefined;

  constructor(parts: RetryParts, next: Run, first: StageAttempt) {
    this.#parts = parts;
    this.#next = next;
    this.#attempt = first;
    this.#startedAtMs = first.attempt === 1 ? first.call.startedAtMs : first.startedAtMs;
  }

  /** Returns the step after an attempt that failed with this error. */
  stepAfter(error: unknown): NextStep {
    const attempt = this.#attempt;
    const { call, rejectedBy } = attempt;
    // If a stage rejects a later attempt, the caller gets the error of the function itself.
    if (rejectedBy !== undefined) {
      return this.#last === undefined ? { error } : this.#stop(this.#last, rejectedBy, 'refused');
    }
    if (call.attempts.some((each) => wasEnded(each, error))) return { error };
    const failure = attempt.failureOf(error);
    const last = { error, failure };
    this.#last = last;
    if (call.retryForbidden) return this.#stop(last, 'not_retryable', 'never_retried');
    const { settings, random, typicalMs, rejectionAfter, budget } = this.#parts;
    const nowMs = monotonicMs();
    const decision = decide(
      settings,
      {
        attempt: this.#made,
        failure,
        elapsedMs: nowMs - this.#startedAtMs,
        remainingMs: call.remainingMs(),
        typicalMs: typicalMs(attempt),
        idempotent: call.idempotent,
        replayable: call.replayable,
        previousDelayMs: this.#delayMs,
      },
      random,
    );
    if (!decision.retry) return this.#stop(last, decision.stopReason, decision.stopRule);
    if (failure.failover && decision.delayMs > attempt.patienceMs()) {
      return this.#stop(last, 'attempts_exhausted', 'other_target');
    }
    const rejection = rejectionAfter(attempt, decision.delayMs);
    if (rejection !== undefined) return this.#stop(last, rejection, rejection);
    // Aborted since the function failed: the attempt ends at once, and nothing is scheduled.
    if (call.interruption !== undefined) return { run: this.#prepareNext(0) };
    // Checked last: a retry that another rule refuses must not cost a token.
    if (budget?.take(nowMs) === false) return this.#stop(last, 'retry_budget', 'budget');
    const { delayMs, waitFor } = decision;
    this.#parts.listener.retryScheduled(attempt, { delayMs, waitFor, error, failure });
    return { run: this.#prepareNext(delayMs) };
  }

  #prepareNext(delayMs: number): () => Promise<unknown> {
    this.#delayMs = delayMs;
    this.#made += 1;
    const before = this.#attempt;
    const { call, lane, target } = before;
    const { maxElapsedMs } = this.#parts.settings;
    const mustStartByMs = maxElapsedMs === false ? Number.POSITIVE_INFINITY : this.#startedAtMs + maxElapsedMs;
    const attempt = call.nextAttempt({ mustStartByMs, lane, target, patienceMs: () => before.patienceMs() });
    this.#attempt = attempt;
    return () => attempt.pause(delayMs).then(() => this.#next(attempt));
  }

  #stop({ error, failure }: FailedTry, stopReason: StopReason, stopRule: StopRule): NextStep {
    this.#attempt.call.giveUp(error, stopReason, stopRule, failure);
    // No event for a failure that is never retried, such as a bad request.
    if (stopRule !== 'never_retried') {
      this.#parts.listener.retryRefused(this.#attempt, { stopReason, stopRule, failure });
    }
    return { error };
  }
}
