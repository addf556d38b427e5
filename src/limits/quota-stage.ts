import { QuotaHeldError, withoutStack } from '../errors/index.js';
import type { Failure, Run, Stage, StageAttempt } from '../pipeline/index.js';
import { monotonicMs, type Random } from '../runtime/index.js';
import type { HoldCause, QuotaHold } from './quota-hold.js';
import type { ResolvedQuotaSettings } from './settings.js';

/** Receives what happens to holds; its methods must not throw. */
export interface QuotaListener {
  /** A quota was put on hold, or its hold was extended. */
  quotaHeld(attempt: StageAttempt, cause: HoldCause, forMs: number): void;
  /** The first attempt after a hold passes. */
  quotaReleased(attempt: StageAttempt): void;
}

/** The parts of a quota stage. */
export interface QuotaParts {
  readonly settings: ResolvedQuotaSettings;
  readonly random: Random;
  readonly listener: QuotaListener;
  /** The hold of the quota that an attempt uses. */
  readonly holdOf: (attempt: StageAttempt) => QuotaHold;
  /** How long an attempt usually takes, in milliseconds; `undefined` while unknown. */
  readonly typicalMs: (attempt: StageAttempt) => number | undefined;
  /** Whether attempts pass although the quota is on hold: then the hold ends if one succeeds. Default `false`. */
  readonly isForced?: boolean;
  /** How long the inner stages would reject the attempt, in milliseconds. */
  readonly blockedForMs: (attempt: StageAttempt) => number;
}

/**
 * Delays attempts while their quota is on hold, and holds it when the provider says that it is used up. An attempt that
 * cannot wait long enough fails at once with `QuotaHeldError`.
 */
export function quotaStage(parts: QuotaParts): Stage {
  return (next) => {
    const watched = holdOnFailure(parts, next);
    if (parts.isForced === true) return releaseOnSuccess(parts, watched);
    return (attempt) => {
      const hold = parts.holdOf(attempt);
      // A call that has waited for its permit had passed before.
      const hasPassed = attempt.call.queued !== undefined && attempt.attempt === 1;
      return hold.cause === undefined || hasPassed ? watched(attempt) : waitForQuota(parts, hold, watched, attempt);
    };
  };
}

function holdOnFailure({ settings, holdOf, listener }: QuotaParts, next: Run): Run {
  return (attempt) => {
    attempt.onOutcome((outcome) => {
      if (outcome.status !== 'failure' || !attempt.invoked) return;
      const failure = attempt.failureOf(outcome.error);
      const { kind } = failure;
      if (kind !== 'rate_limited' && kind !== 'quota_exhausted') return;
      const forMs = computeHoldMs(failure, settings);
      if (forMs > 0 && holdOf(attempt).hold(kind, forMs, monotonicMs())) listener.quotaHeld(attempt, kind, forMs);
    });
    return next(attempt);
  };
}

/** A hold that has become longer meanwhile is that of a later answer, and stays. */
function releaseOnSuccess({ holdOf, listener }: QuotaParts, next: Run): Run {
  return (attempt) => {
    const { untilMs } = holdOf(attempt);
    attempt.onOutcome(({ status }) => {
      const hold = holdOf(attempt);
      const nowMs = monotonicMs();
      if (status !== 'success' || hold.untilMs !== untilMs || hold.remainingMs(nowMs) === 0) return;
      hold.release(nowMs);
      listener.quotaReleased(attempt);
    });
    return next(attempt);
  };
}

/**
 * How long a failure holds the quota; 0: not at all. The time until a limit is refilled completely is not a reason to hold
 * it. An exhausted quota may come with the short hint of a rate limit, too short for it to recover.
 */
function computeHoldMs(failure: Failure, { exhaustedMs, maxHoldMs }: ResolvedQuotaSettings): number {
  const { kind, status, code, retryAfterMs = 0, hintSource, hintIsUpperBound } = failure;
  // The message alone, without a status or code of a response, is not enough evidence to hold a quota for all calls.
  if (status === undefined && (code === undefined || hintSource === 'message')) return 0;
  const askedMs = hintIsUpperBound === true ? 0 : Math.ceil(retryAfterMs);
  return Math.min(kind === 'quota_exhausted' ? Math.max(askedMs, exhaustedMs) : askedMs, maxHoldMs);
}

async function waitForQuota(parts: QuotaParts, hold: QuotaHold, next: Run, attempt: StageAttempt): Promise<unknown> {
  const { settings, random, listener } = parts;
  const maxWaitMs = Math.min(settings.maxWaitMs, attempt.patienceMs());
  const waitUntilMs = Math.min(monotonicMs() + maxWaitMs, attempt.mustStartByMs);
  for (;;) {
    const nowMs = monotonicMs();
    const leftMs = hold.remainingMs(nowMs);
    const { cause } = hold;
    // Waiting is pointless if another stage would reject the attempt afterwards.
    if (cause === undefined || parts.blockedForMs(attempt) > leftMs) break;
    if (leftMs === 0) {
      hold.release(nowMs);
      listener.quotaReleased(attempt);
      break;
    }
    const extraMs = maxExtraWaitMs(
      leftMs,
      attempt.remainingMs() - (parts.typicalMs(attempt) ?? 0),
      waitUntilMs - nowMs,
    );
    if (extraMs < 0) {
      const error = withoutStack(() => new QuotaHeldError(attempt.operation, attempt.key, cause, leftMs));
      return attempt.reject('quota_held', error);
    }
    // Released one by one: releasing all at once would cause the next burst.
    const spreadMs = Math.min(settings.spreadMs, extraMs) * random();
    if (await isReleasedWithin(leftMs + spreadMs, hold, attempt)) await attempt.pause(spreadMs);
  }
  return next(attempt);
}

/** Waits, until the hold is ended before its time at the latest. Returns whether it was. */
async function isReleasedWithin(waitMs: number, hold: QuotaHold, attempt: StageAttempt): Promise<boolean> {
  let isReleased = false;
  let leave: (() => void) | undefined;
  try {
    await attempt.wait(waitMs, (wake) => {
      leave = hold.onEarlyRelease(() => {
        isReleased = true;
        wake();
      });
    });
  } finally {
    leave?.();
  }
  return isReleased;
}

/**
 * How much longer than the hold an attempt may wait, in milliseconds; negative if it cannot wait for the hold. Half of the
 * time between the hold and the deadline is reserved for the attempt itself.
 */
function maxExtraWaitMs(heldMs: number, remainingMs: number, allowedMs: number): number {
  const untilDeadlineMs = remainingMs - heldMs;
  return untilDeadlineMs <= 0 ? -1 : Math.min(untilDeadlineMs / 2, allowedMs - heldMs);
}
