import { breakerStage } from '../breaker/index.js';
import { readErrorRemaining, readRemaining } from '../classify/index.js';
import { computeStreamLeaseMs, type ResolvedSettings } from '../config/settings.js';
import { hedgeStage } from '../hedge/index.js';
import {
  type ConcurrencyParts,
  concurrencyStage,
  pacingStage,
  quotaStage,
  type ResolvedConcurrencySettings,
} from '../limits/index.js';
import { compose, type Run, type StageAttempt } from '../pipeline/index.js';
import { type RefusedRetry, retryStage, type TokenBucket } from '../retry/index.js';
import { monotonicMs, type Random } from '../runtime/index.js';
import { invokeWithin } from '../streams/index.js';
import type { EventReporter } from '../telemetry/index.js';
import { timeLimit } from '../timeout/index.js';
import { getKeyState } from './key-state.js';

/** What the stages of an operation share across settings. */
export interface StageDependencies {
  readonly reporter: EventReporter;
  readonly random: Random;
  /** The retry budget of the operation. */
  readonly budget: TokenBucket | undefined;
  /** How long a trial of these calls may take. Default: the breaker's own setting. */
  readonly leaseMs?: number;
  /** Whether attempts pass the breaker and the quota, which only observe them. Default `false`. */
  readonly isForced?: boolean;
}

/**
 * Composes the stages that the settings enable, the outermost first. The state of the upstream is in the key states and the
 * budget, so that chains compiled from different settings share it.
 */
export function compileStages(settings: ResolvedSettings, dependencies: StageDependencies): Run {
  const { deadlineMs, attemptTimeoutMs, retry, hedge, quota, pacing, concurrency, breaker, stream } = settings;
  const { reporter, random, budget, leaseMs, isForced = false } = dependencies;
  const openForMs = breaker === false || isForced ? () => 0 : remainingOpenMs;
  const heldForMs = quota === false || isForced ? () => 0 : remainingHoldMs;
  const maxWaitMs = quota === false ? 0 : quota.maxWaitMs;
  return compose(
    [
      retry !== false &&
        retryStage({
          settings: retry,
          budget,
          random,
          typicalMs,
          listener: {
            retryScheduled: (attempt, scheduled) => reporter.retryScheduled(attempt, scheduled),
            retryRefused: (attempt, refused) => {
              countBudgetRefusal(attempt, refused);
              reporter.retryRefused(attempt, refused);
            },
          },
          rejectionAfter: (attempt, delayMs) => {
            if (openForMs(attempt) > delayMs) return 'breaker_open';
            return heldForMs(attempt) - Math.min(maxWaitMs, attempt.patienceMs()) > delayMs ? 'quota_held' : undefined;
          },
        }),
      hedge !== false &&
        hedgeStage({
          settings: hedge,
          budget,
          hedgesOf,
          typicalMs,
          isStrained: (attempt) =>
            (quota !== false && remainingHoldMs(attempt) > 0) || (breaker !== false && !isClosed(attempt)),
          listener: reporter,
        }),
      quota !== false &&
        quotaStage({
          settings: quota,
          random,
          typicalMs,
          listener: {
            quotaHeld: (attempt, cause, forMs) => reporter.quotaHeld(attempt, cause, forMs),
            quotaReleased: (attempt) => reporter.quotaReleased(attempt, attempt),
          },
          holdOf,
          isForced,
          blockedForMs: openForMs,
        }),
      pacing !== false &&
        pacingStage({ settings: pacing, listener: reporter, pacerOf, typicalMs, readRemaining, readErrorRemaining }),
      concurrency !== false && concurrencyStage(buildConcurrencyParts(concurrency, reporter)),
      breaker !== false &&
        breakerStage(
          breakerOf,
          leaseMs,
          Math.max(breaker.trialLeaseMs, leaseMs ?? 0, computeStreamLeaseMs(stream)),
          isForced,
        ),
      timeLimit(attemptTimeoutMs, deadlineMs),
    ],
    invokeWithin(stream, reporter),
  );
}

/**
 * Returns the parts of the queue in which calls may wait before they are built; `undefined` unless a permit is the first thing
 * that they would wait for, but for a hold of their quota.
 */
export function findFirstQueue(
  { hedge, pacing, concurrency }: ResolvedSettings,
  reporter: EventReporter,
): ConcurrencyParts | undefined {
  if (concurrency === false || hedge !== false || pacing !== false) return undefined;
  return buildConcurrencyParts(concurrency, reporter);
}

function buildConcurrencyParts(settings: ResolvedConcurrencySettings, listener: EventReporter): ConcurrencyParts {
  return { settings, listener, permitsOf, typicalMs };
}

const typicalMs = (attempt: StageAttempt) => getKeyState(attempt).counter.typicalMs;
const holdOf = (attempt: StageAttempt) => getKeyState(attempt).quota;
const pacerOf = (attempt: StageAttempt) => getKeyState(attempt).pacer;
const permitsOf = (attempt: StageAttempt) => getKeyState(attempt).permits;
const breakerOf = (attempt: StageAttempt) => getKeyState(attempt).admittingBreaker;
const hedgesOf = (attempt: StageAttempt) => getKeyState(attempt).hedges;
const isClosed = (attempt: StageAttempt) => (breakerOf(attempt)?.state ?? 'closed') === 'closed';
const remainingOpenMs = (attempt: StageAttempt) => breakerOf(attempt)?.remainingOpenMs() ?? 0;
const remainingHoldMs = (attempt: StageAttempt) => holdOf(attempt).remainingMs(monotonicMs());

function countBudgetRefusal(attempt: StageAttempt, { stopRule }: RefusedRetry): void {
  if (stopRule === 'budget') getKeyState(attempt).counter.retryRefused();
}
