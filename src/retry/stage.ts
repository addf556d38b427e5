import type { Failure, Run, Stage, StagedCall, StopReason, StopRule } from '../pipeline/index.js';
import { monotonicMs, type Random } from '../runtime/index.js';
import type { RetryBudget } from './budget.js';
import { decide } from './decide.js';
import { type NextStep, runRetryLoop } from './p-retry-loop.js';
import type { ResolvedRetrySettings } from './resolve-settings.js';

/** A retry that will be made, once its wait is over. */
export interface ScheduledRetry {
  readonly delayMs: number;
  /** Whether the callee asked for this wait, or we chose it. */
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

/** Who hears of retries; it must not throw. */
export interface RetryListener {
  scheduled(attempt: StagedCall, retry: ScheduledRetry): void;
  refused(attempt: StagedCall, retry: RefusedRetry): void;
}

/** What retries go by, and what they share with the rest of their operation. */
export interface RetryParts {
  readonly rules: ResolvedRetrySettings;
  /** What all calls of the operation may spend on retries; `undefined`: as much as they like. */
  readonly budget: RetryBudget | undefined;
  readonly random: Random;
  readonly listener: RetryListener;
  /** How long a call usually takes, in milliseconds; `undefined` when nobody knows. */
  readonly typicalMs: (attempt: StagedCall) => number | undefined;
  /** Which stage would turn away an attempt that is made after this wait, in milliseconds; `undefined`: none that is known. */
  readonly refusalAfter: (attempt: StagedCall, delayMs: number) => 'breaker_open' | 'quota_held' | undefined;
}

/** Tries again what failed, as long as the rules allow it. A call that succeeds at once costs next to nothing by it. */
export function retryStage(parts: RetryParts): Stage {
  return (next) => (call) => {
    const settled = next(call);
    // Turned away at once, before anything was tried: other stages say when to come again.
    if (call.refusedBy !== undefined) return settled;
    return new Promise((resolve, reject) => {
      const succeed = (value: unknown) => {
        parts.budget?.refill();
        resolve(value);
      };
      settled.then(succeed, (error: unknown) => {
        try {
          const course = new RetryState(parts, next, call);
          const step = course.after(error);
          if ('error' in step) return reject(step.error);
          runRetryLoop(step.again, (later) => course.after(later)).then(succeed, reject);
        } catch (trouble) {
          // Nothing in there throws. Should it, a call must not be left pending.
          reject(trouble);
        }
      });
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
  #attempt: StagedCall;
  #delayMs: number | undefined;
  /** How the function itself failed last. */
  #last: FailedTry | undefined;

  constructor(parts: RetryParts, next: Run, first: StagedCall) {
    this.#parts = parts;
    this.#next = next;
    this.#attempt = first;
  }

  /** What follows the attempt that has failed with this error. */
  after(error: unknown): NextStep {
    const attempt = this.#attempt;
    const { refusedBy, interruption } = attempt;
    // If a stage turns a later attempt away, the caller hears how the function itself has failed.
    if (refusedBy !== undefined)
      return this.#last === undefined ? { error } : this.#stop(this.#last, refusedBy, 'refused');
    // The caller and the deadline have ended the whole call, which knows why.
    if (interruption !== undefined && interruption.by !== 'attempt_timeout') return { error };
    const failure = attempt.failureOf(error);
    const last = { error, failure };
    this.#last = last;
    const { rules, random, typicalMs, refusalAfter, budget } = this.#parts;
    const nowMs = monotonicMs();
    const decision = decide(
      rules,
      {
        attempt: attempt.attempt,
        failure,
        elapsedMs: nowMs - attempt.startedAtMs,
        remainingMs: attempt.remainingMs(),
        typicalMs: typicalMs(attempt),
        idempotent: attempt.idempotent,
        replayable: attempt.replayable,
        previousDelayMs: this.#delayMs,
      },
      random,
    );
    if (!decision.retry) return this.#stop(last, decision.stopReason, decision.stopRule);
    const refusal = refusalAfter(attempt, decision.delayMs);
    if (refusal !== undefined) return this.#stop(last, refusal, refusal);
    // Asked last, so that a retry that is refused anyway costs nothing.
    if (budget?.take(nowMs) === false) return this.#stop(last, 'retry_budget', 'budget');
    this.#parts.listener.scheduled(attempt, { delayMs: decision.delayMs, waitFor: decision.waitFor, error, failure });
    return this.#again(decision.delayMs);
  }

  #again(delayMs: number): NextStep {
    this.#delayMs = delayMs;
    const { maxElapsedMs } = this.#parts.rules;
    const { startedAtMs } = this.#attempt;
    const beginByMs = maxElapsedMs === false ? Number.POSITIVE_INFINITY : startedAtMs + maxElapsedMs;
    const attempt = this.#attempt.again(beginByMs);
    this.#attempt = attempt;
    return { again: () => attempt.pause(delayMs).then(() => this.#next(attempt)) };
  }

  #stop({ error, failure }: FailedTry, stopReason: StopReason, stopRule: StopRule): NextStep {
    this.#attempt.stop(stopReason, stopRule, failure);
    // That a bad request is not sent again is nothing to tell.
    if (stopRule !== 'never_retried') this.#parts.listener.refused(this.#attempt, { stopReason, stopRule, failure });
    return { error };
  }
}
