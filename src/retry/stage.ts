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
  /** How the attempt failed. */
  readonly error: unknown;
  /** What its error means. */
  readonly failure: Failure;
}

/** A retry that a rule did not allow. */
export interface RefusedRetry {
  readonly stopReason: StopReason;
  readonly stopRule: StopRule;
  readonly failure: Failure;
}

/** Receives what is decided about retries; its methods must not throw. */
export interface RetryListener {
  retryScheduled(attempt: StageAttempt, retry: ScheduledRetry): void;
  retryRefused(attempt: StageAttempt, retry: RefusedRetry): void;
}

/** What the retry stage is made of. */
export interface RetryParts {
  readonly settings: ResolvedRetrySettings;
  /** What all calls of the operation may spend on retries; `undefined`: there is no limit. */
  readonly budget: TokenBucket | undefined;
  readonly random: Random;
  readonly listener: RetryListener;
  /** How long an attempt usually takes, in milliseconds; `undefined` while that is not known. */
  readonly typicalMs: (attempt: StageAttempt) => number | undefined;
  /** Which stage would reject an attempt made after this wait, in milliseconds; `undefined`: none that is known. */
  readonly rejectionAfter: (attempt: StageAttempt, delayMs: number) => 'breaker_open' | 'quota_held' | undefined;
}

/**
 * Makes further attempts while the rules allow it. A call that succeeds at once costs next to nothing by it. What a success
 * pays into the budget is for the owner of the budget to pay: it follows the outcome of the whole call.
 */
export function retryStage(parts: RetryParts): Stage {
  return (next) => (attempt) => {
    const value = next(attempt);
    // Rejected at once, before anything was tried: the stage that did so says when to come again.
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

interface FailedTry {
  readonly error: unknown;
  readonly failure: Failure;
}

/** The attempts of one call from the first failure on. */
class RetryState {
  readonly #parts: RetryParts;
  readonly #next: Run;
  #attempt: StageAttempt;
  /** Attempts that this stage has made; attempts that run beside them, such as hedges, do not count. */
  #made = 1;
  #delayMs: number | undefined;
  /** How the function itself failed last. */
  #last: FailedTry | undefined;

  constructor(parts: RetryParts, next: Run, first: StageAttempt) {
    this.#parts = parts;
    this.#next = next;
    this.#attempt = first;
  }

  /** What follows the attempt that has failed with this error. */
  stepAfter(error: unknown): NextStep {
    const attempt = this.#attempt;
    const { call, rejectedBy, interruption } = attempt;
    // If a stage rejects a later attempt, the caller gets the error of the function itself.
    if (rejectedBy !== undefined) {
      return this.#last === undefined ? { error } : this.#stop(this.#last, rejectedBy, 'refused');
    }
    // The caller and the deadline have ended the whole call, which knows why.
    if (interruption !== undefined && interruption.by !== 'attempt_timeout') return { error };
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
        elapsedMs: nowMs - call.startedAtMs,
        remainingMs: call.remainingMs(),
        typicalMs: typicalMs(attempt),
        idempotent: call.idempotent,
        replayable: call.replayable,
        previousDelayMs: this.#delayMs,
      },
      random,
    );
    if (!decision.retry) return this.#stop(last, decision.stopReason, decision.stopRule);
    const rejection = rejectionAfter(attempt, decision.delayMs);
    if (rejection !== undefined) return this.#stop(last, rejection, rejection);
    // Asked last, so that a retry that is refused anyway costs nothing.
    if (budget?.take(nowMs) === false) return this.#stop(last, 'retry_budget', 'budget');
    const { delayMs, waitFor } = decision;
    this.#parts.listener.retryScheduled(attempt, { delayMs, waitFor, error, failure });
    return { run: this.#prepareNext(delayMs) };
  }

  #prepareNext(delayMs: number): () => Promise<unknown> {
    this.#delayMs = delayMs;
    this.#made += 1;
    const { call, lane } = this.#attempt;
    const { maxElapsedMs } = this.#parts.settings;
    const mustStartByMs = maxElapsedMs === false ? Number.POSITIVE_INFINITY : call.startedAtMs + maxElapsedMs;
    const attempt = call.nextAttempt({ mustStartByMs, lane });
    this.#attempt = attempt;
    return () => attempt.pause(delayMs).then(() => this.#next(attempt));
  }

  #stop({ error, failure }: FailedTry, stopReason: StopReason, stopRule: StopRule): NextStep {
    this.#attempt.call.giveUp(stopReason, stopRule, failure);
    // That a bad request is not sent again is not worth an event.
    if (stopRule !== 'never_retried') {
      this.#parts.listener.retryRefused(this.#attempt, { stopReason, stopRule, failure });
    }
    return { error };
  }
}
