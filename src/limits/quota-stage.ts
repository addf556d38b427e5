import { QuotaHeldError, withoutStack } from '../errors/index.js';
import type { Failure, Run, Stage, StagedCall } from '../pipeline/index.js';
import { monotonicMs, type Random } from '../runtime/index.js';
import type { HoldCause, QuotaHold } from './quota-hold.js';
import type { ResolvedQuotaSettings } from './settings.js';

/** Who hears of holds; it must not throw. */
export interface QuotaListener {
  /** A quota is held, or for longer than before. */
  held(attempt: StagedCall, cause: HoldCause, forMs: number): void;
  /** The first attempt after a hold passes. */
  released(attempt: StagedCall): void;
}

/** What quota holds go by. */
export interface QuotaParts {
  readonly rules: ResolvedQuotaSettings;
  readonly random: Random;
  readonly listener: QuotaListener;
  /** The hold of the quota that an attempt uses. */
  readonly holdOf: (attempt: StagedCall) => QuotaHold;
  /** How long an attempt usually takes, in milliseconds; `undefined` when nobody knows. */
  readonly typicalMs: (attempt: StagedCall) => number | undefined;
  /** For how long the stages further in would refuse the attempt, in milliseconds. */
  readonly blockedForMs: (attempt: StagedCall) => number;
}

/**
 * Pauses all attempts while their quota is held, and holds it when the callee says that it is used up. Who cannot wait that
 * long is turned away at once.
 */
export function quotaStage(parts: QuotaParts): Stage {
  return (next) => {
    const watched = holdOnFailure(parts, next);
    return (attempt) => {
      const hold = parts.holdOf(attempt);
      return hold.cause === undefined ? watched(attempt) : waitFor(parts, hold, watched, attempt);
    };
  };
}

/** Looks at what an attempt ends with. */
function holdOnFailure({ rules, holdOf, listener }: QuotaParts, next: Run): Run {
  return (attempt) => {
    const settled = next(attempt);
    if (attempt.refusedBy !== undefined) return settled;
    settled.then(undefined, (error: unknown) => {
      if (!attempt.invoked) return;
      const failure = attempt.failureOf(error);
      const { kind } = failure;
      if (kind !== 'rate_limited' && kind !== 'quota_exhausted') return;
      const forMs = holdMs(failure, rules);
      if (forMs > 0 && holdOf(attempt).hold(kind, forMs, monotonicMs())) listener.held(attempt, kind, forMs);
    });
    return settled;
  };
}

/**
 * How long a failure closes the quota; 0: not at all. The time until everything is free again is no time to stay away. An
 * exhausted quota may come with the short hint of every rate limit, which heals nothing.
 */
function holdMs(failure: Failure, { exhaustedMs, maxHoldMs }: ResolvedQuotaSettings): number {
  const { kind, status, code, retryAfterMs = 0, hintSource, hintIsUpperBound } = failure;
  // Words alone, in an error that shows nothing of an answer, are too little to close a quota for everybody.
  if (status === undefined && (code === undefined || hintSource === 'message')) return 0;
  const askedMs = hintIsUpperBound === true ? 0 : Math.ceil(retryAfterMs);
  return Math.min(kind === 'quota_exhausted' ? Math.max(askedMs, exhaustedMs) : askedMs, maxHoldMs);
}

async function waitFor(parts: QuotaParts, hold: QuotaHold, next: Run, attempt: StagedCall): Promise<unknown> {
  const { rules, random, listener } = parts;
  const waitUntilMs = Math.min(monotonicMs() + rules.maxWaitMs, attempt.beginByMs);
  for (;;) {
    const nowMs = monotonicMs();
    const leftMs = hold.remainingMs(nowMs);
    const { cause } = hold;
    // No sense in waiting for a quota to be refused for something else.
    if (cause === undefined || parts.blockedForMs(attempt) > leftMs) break;
    if (leftMs === 0) {
      hold.release();
      listener.released(attempt);
      break;
    }
    const roomMs = maxExtraWaitMs(leftMs, attempt.remainingMs() - (parts.typicalMs(attempt) ?? 0), waitUntilMs - nowMs);
    if (roomMs < 0) {
      attempt.refusedBy = 'quota_held';
      throw withoutStack(() => new QuotaHeldError(attempt.operation, attempt.key, cause, leftMs));
    }
    // Released one by one: all at once would be the next burst.
    await attempt.pause(leftMs + Math.min(rules.spreadMs, roomMs) * random());
  }
  return next(attempt);
}

/**
 * How much longer than the hold an attempt may wait, in milliseconds; below 0: not even that long. Half of what the deadline
 * leaves is kept for the attempt itself.
 */
function maxExtraWaitMs(heldMs: number, remainingMs: number, allowedMs: number): number {
  const untilDeadlineMs = remainingMs - heldMs;
  return untilDeadlineMs <= 0 ? -1 : Math.min(untilDeadlineMs / 2, allowedMs - heldMs);
}
