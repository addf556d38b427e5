import type { Failure, StopReason, StopRule } from '../pipeline/index.js';
import { LONGEST_TIMER_MS, type Random } from '../runtime/index.js';
import { computeBackoffMs } from './backoff.js';
import { computeJitteredMs } from './jitter.js';
import type { ResolvedKindSettings, ResolvedRetrySettings } from './resolve-settings.js';

/** A failed attempt, and everything that decides whether another one follows. */
export interface FailedAttempt {
  /** The number of the attempt that has just failed, from 1. */
  readonly attempt: number;
  /** What its error means. */
  readonly failure: Failure;
  /** How long the call has taken so far, attempts and waits together, in milliseconds. */
  readonly elapsedMs: number;
  /** The time left until the deadline, in milliseconds; `Infinity` without one. */
  readonly remainingMs: number;
  /** How long an attempt that succeeds usually takes, in milliseconds; `undefined` while unknown. */
  readonly typicalMs: number | undefined;
  /** Whether the provider may execute the request twice. */
  readonly idempotent: boolean;
  /** Whether the same request can be sent again: a stream that has been read cannot. */
  readonly replayable: boolean;
  /** The wait before the attempt that has just failed, in milliseconds; `undefined` for the first. */
  readonly previousDelayMs: number | undefined;
}

/** The rules that `decide` checks; the others depend on state. */
export type DecidedRule = Exclude<StopRule, 'breaker_open' | 'quota_held' | 'other_target' | 'budget' | 'refused'>;

/** Whether another attempt follows. */
export type RetryDecision =
  | {
      readonly retry: true;
      /** How long to wait first, in milliseconds; never longer than a timer can. */
      readonly delayMs: number;
      /** Whether the provider asked for this wait, or holdfast chose it. */
      readonly waitFor: 'hint' | 'backoff';
    }
  | { readonly retry: false; readonly stopReason: StopReason; readonly stopRule: DecidedRule };

/** By how much a hint may be lengthened, so that calls with the same hint do not retry at the same moment. */
const HINT_SPREAD = 0.1;
/** A tenth of a short wait spreads nothing. */
const LEAST_HINT_SPREAD_MS = 100;

const NEVER = refuse('not_retryable', 'never_retried');
const NOT_REPLAYABLE = refuse('not_retryable', 'not_replayable');
const NOT_IDEMPOTENT = refuse('not_retryable', 'not_idempotent');
const MAX_ATTEMPTS = refuse('attempts_exhausted', 'max_attempts');
// It is a limit of the retries, as `maxAttempts` is; `deadline` would point to the wrong setting.
const MAX_ELAPSED = refuse('attempts_exhausted', 'max_elapsed');
const HINT_TOO_LONG = refuse('deadline', 'hint_beyond_deadline');
const WAIT_TOO_LONG = refuse('deadline', 'wait_beyond_deadline');
const ATTEMPT_TOO_LONG = refuse('deadline', 'attempt_beyond_deadline');

/**
 * Decides whether another attempt follows a failed one, and after what wait. Pure: it reads no clock and changes nothing.
 * The caller checks the budget afterwards: a retry that another rule refuses must not cost a token.
 */
export function decide(rules: ResolvedRetrySettings, failed: FailedAttempt, random: Random): RetryDecision {
  const { failure } = failed;
  const kind = rules.kinds[failure.kind];
  if (kind === false || failure.retryForbidden === true || (failure.retry === 'never' && !kind.always)) return NEVER;
  if (!failed.replayable) return NOT_REPLAYABLE;
  if (!failed.idempotent && failure.unexecuted !== true) return NOT_IDEMPOTENT;
  if (failed.attempt >= kind.maxAttempts) return MAX_ATTEMPTS;
  const limits = computeLimits(rules, failed);
  const askedMs = readHintMs(failure);
  if (askedMs === undefined || failure.hintIsUpperBound === true) {
    const delayMs = computeDelayMs(kind, failed, askedMs, random);
    return checkWait(delayMs, limits, WAIT_TOO_LONG) ?? { retry: true, delayMs, waitFor: 'backoff' };
  }
  const refusedHint = checkWait(askedMs, limits, HINT_TOO_LONG);
  return refusedHint ?? { retry: true, delayMs: spreadHint(kind, askedMs, limits, random), waitFor: 'hint' };
}

/** The longest wait that each rule allows, in milliseconds. */
interface Limits {
  readonly remainingMs: number;
  /** The longest wait that leaves enough time for an attempt. */
  readonly latestMs: number;
  readonly allowedMs: number;
}

function computeLimits(rules: ResolvedRetrySettings, { elapsedMs, remainingMs, typicalMs }: FailedAttempt): Limits {
  const allowedMs = rules.maxElapsedMs === false ? Infinity : rules.maxElapsedMs - elapsedMs;
  return { remainingMs, latestMs: remainingMs - (typicalMs ?? 0), allowedMs };
}

function checkWait(
  waitMs: number,
  { remainingMs, latestMs, allowedMs }: Limits,
  tooLong: RetryDecision,
): RetryDecision | undefined {
  if (waitMs >= remainingMs || waitMs > LONGEST_TIMER_MS) return tooLong;
  if (waitMs > latestMs) return ATTEMPT_TOO_LONG;
  return waitMs > allowedMs ? MAX_ELAPSED : undefined;
}

/** The hint in whole milliseconds, since timers drop fractions and would fire too early. */
function readHintMs({ retryAfterMs = 0 }: Failure): number | undefined {
  return retryAfterMs > 0 && Number.isFinite(retryAfterMs) ? Math.ceil(retryAfterMs) : undefined;
}

/** The wait that holdfast chooses: no longer than the time until the limit is refilled completely, if known. */
function computeDelayMs(
  kind: ResolvedKindSettings,
  failed: FailedAttempt,
  freeMs: number | undefined,
  random: Random,
): number {
  const rules = freeMs === undefined ? kind : { ...kind, maxDelayMs: Math.min(kind.maxDelayMs, freeMs) };
  return computeJitteredMs(rules, computeBackoffMs(rules, failed.attempt), failed.previousDelayMs, random);
}

/** Jitter never decides whether there is a retry: if there is little room, the spread is smaller. */
function spreadHint(
  { jitter, jitterMaxMs }: ResolvedKindSettings,
  askedMs: number,
  { latestMs, allowedMs }: Limits,
  random: Random,
): number {
  if (jitter === 'none') return askedMs;
  const longestMs = Math.min(latestMs, allowedMs, LONGEST_TIMER_MS);
  const spreadMs = Math.min(Math.max(askedMs * HINT_SPREAD, LEAST_HINT_SPREAD_MS), jitterMaxMs, longestMs - askedMs);
  return askedMs + spreadMs * random();
}

function refuse(stopReason: StopReason, stopRule: DecidedRule): RetryDecision {
  return { retry: false, stopReason, stopRule };
}
