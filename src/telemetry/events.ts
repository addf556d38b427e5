import type { BreakerClosed, BreakerHalfOpened, BreakerOpened, BreakerRejected } from '../breaker/index.js';
import type { ConfigChanged, ConfigOverruled, ConfigRefused } from '../config/events.js';
import type { StallPhase, TruncationCause } from '../errors/index.js';
import type { FallbackUse } from '../fallback/index.js';
import type { HedgeResult } from '../hedge/index.js';
import type { CapacityRejection } from '../limits/index.js';
import type { Failure, FailureKind, StopReason } from '../pipeline/index.js';
import type { RefusedRetry, ScheduledRetry } from '../retry/index.js';

/** The operation that an event belongs to. */
interface OfOperation {
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
  readonly operation: string;
  readonly key: string | undefined;
  /** The call that it happened in; `undefined` if a timer or the application caused it. */
  readonly callId: string | undefined;
  /** The values of that call, as its function sees them in `call.context`. */
  readonly context: Readonly<Record<string, unknown>> | undefined;
}

/** The call that an event belongs to. */
interface OfCall extends OfOperation {
  readonly callId: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Emitted before the stages of a call run. */
export interface CallStarted extends OfCall {
  readonly type: 'call.started';
}

/** Emitted when a call has succeeded. */
export interface CallSucceeded extends OfCall {
  readonly type: 'call.succeeded';
  readonly durationMs: number;
  /** How often the function was called. */
  readonly attempts: number;
}

/** Emitted when a call has ended with an error. */
export interface CallFailed extends OfCall {
  readonly type: 'call.failed';
  readonly durationMs: number;
  /** How often the function was called. */
  readonly attempts: number;
  readonly stopReason: StopReason;
  /** What the error means; `undefined` if a stage rejected the call and the error is not from the function. */
  readonly failure: Failure | undefined;
  readonly error: unknown;
}

/** Emitted when the function threw, or was interrupted. Not emitted for an attempt that another one superseded. */
export interface AttemptFailed extends OfCall {
  readonly type: 'attempt.failed';
  readonly attempt: number;
  readonly durationMs: number;
  readonly failure: Failure;
  readonly error: unknown;
}

/**
 * Emitted when a function settles more than 100 ms after it was interrupted, so it ignored the signal. Its result is
 * dropped and not counted.
 */
export interface AttemptAbandoned extends OfCall {
  readonly type: 'attempt.abandoned';
  readonly attempt: number;
  /** The outcome that was dropped. */
  readonly outcome: 'success' | 'failure';
  /** The time since the interruption, in milliseconds. */
  readonly lateMs: number;
}

/** Emitted when an attempt has failed and another one will be made. */
export interface RetryScheduled extends OfCall, ScheduledRetry {
  readonly type: 'retry.scheduled';
  /** The attempt that has failed. */
  readonly attempt: number;
}

/** Emitted when an attempt has failed and a rule forbids another one. Not emitted for failures that are never retried. */
export interface RetryRefused extends OfCall, RefusedRetry {
  readonly type: 'retry.refused';
  /** The last attempt. */
  readonly attempt: number;
}

/**
 * Emitted when a function's SDK retried on its own, so that attempts multiply: switch its retries off (`maxRetries: 0`).
 * Emitted once for each operation.
 */
export interface RetryDoubled extends OfCall {
  readonly type: 'retry.doubled';
  readonly attempt: number;
  /** How many attempts the SDK made within this one. */
  readonly sdkAttempts: number;
  readonly error: unknown;
}

/** Emitted when another attempt was started beside one that takes long. */
export interface HedgeSent extends OfCall {
  readonly type: 'hedge.sent';
  /** The attempt that was started. */
  readonly attempt: number;
  /** How long the first one had run, in milliseconds. */
  readonly delayMs: number;
}

/**
 * Emitted when one of the attempts beside each other had a value and the others were ended, or none of them succeeded. What
 * superseded attempts report later is in snapshots only.
 */
export interface HedgeEnded extends OfCall, HedgeResult {
  readonly type: 'hedge.ended';
  /** The attempt that hedges were started beside. */
  readonly attempt: number;
}

/** Emitted when a guarded stream was silent for too long, or took too long. */
export interface StreamStalled extends OfCall {
  readonly type: 'stream.stalled';
  readonly attempt: number;
  /** The limit that was reached. */
  readonly phase: StallPhase;
  /** That limit, in milliseconds. */
  readonly limitMs: number;
  /** How many events preceded it. */
  readonly events: number;
}

/** Emitted when a guarded stream ended before its answer was complete. */
export interface StreamTruncated extends OfCall {
  readonly type: 'stream.truncated';
  readonly attempt: number;
  readonly reason: TruncationCause;
  /** How many events preceded it. */
  readonly events: number;
}

/** Emitted when a quota is put on hold, or its hold is extended. */
export interface QuotaHeld extends OfOperation {
  readonly type: 'quota.held';
  /** Rate limited, or exhausted. */
  readonly kind: 'rate_limited' | 'quota_exhausted';
  readonly forMs: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Emitted when the first attempt after a hold passes. Not emitted if no attempt is made after the hold. */
export interface QuotaReleased extends OfOperation {
  readonly type: 'quota.released';
}

/** Emitted when an attempt got no permit to run, by `concurrency`, or no turn, by `pacing`. */
export interface CapacityRejected extends OfCall, CapacityRejection {
  readonly type: 'capacity.rejected';
  readonly attempt: number;
}

/** Emitted when a call moves to another target, or to another key of the same one. */
export interface TargetMoved extends OfCall {
  readonly type: 'target.moved';
  /** The first attempt there. */
  readonly attempt: number;
  readonly from: string;
  readonly to: string;
  /** What the failure means that it moved for, or the stage that rejected the attempt. */
  readonly reason: FailureKind | StopReason;
}

/** Emitted when a fallback has answered a call, after its `call.failed`. */
export interface FallbackUsed extends OfCall {
  readonly type: 'fallback.used';
  /** The step that gave the value. */
  readonly fallback: FallbackUse;
  /** Of the whole call. */
  readonly durationMs: number;
}

/** Emitted when a step of a fallback gave no value. The next one is tried. */
export interface FallbackFailed extends OfCall {
  readonly type: 'fallback.failed';
  readonly fallback: FallbackUse;
  /** `undefined` if there is no last good value. */
  readonly error: unknown;
}

/** Emitted when a call got the value of another one, instead of `call.started` and `call.succeeded`. */
export interface CacheHit extends OfCall {
  readonly type: 'cache.hit';
  /** `hit`: a value that was kept; `shared`: that of an execution in progress. */
  readonly kind: 'hit' | 'shared';
}

/** Emitted when a hook threw or rejected. No call is affected. */
export interface HookFailed {
  readonly type: 'hook.failed';
  readonly at: number;
  readonly hook: 'listener' | 'context' | 'classify' | 'random' | 'accepts' | 'sticky' | 'fallback' | 'dialect';
  readonly operation: string | undefined;
  readonly key: string | undefined;
  /** The call that it happened in, if that is known. */
  readonly callId: string | undefined;
  /** The values of that call; of a `context` hook that failed, those of the call's own options. */
  readonly context: Readonly<Record<string, unknown>> | undefined;
  readonly error: unknown;
}

/** Every event. */
export type HoldfastEvent =
  | CallStarted
  | CallSucceeded
  | CallFailed
  | AttemptFailed
  | AttemptAbandoned
  | RetryScheduled
  | RetryRefused
  | RetryDoubled
  | HedgeSent
  | HedgeEnded
  | StreamStalled
  | StreamTruncated
  | QuotaHeld
  | QuotaReleased
  | CapacityRejected
  | TargetMoved
  | FallbackUsed
  | FallbackFailed
  | CacheHit
  | (BreakerOpened & OfOperation)
  | (BreakerHalfOpened & OfOperation)
  | (BreakerClosed & OfOperation)
  | (BreakerRejected & OfOperation)
  | ConfigChanged
  | ConfigRefused
  | ConfigOverruled
  | HookFailed;

/** The types of events. */
export type EventType = HoldfastEvent['type'];

/** Every type of event. */
export const EVENT_TYPES: readonly EventType[] = [
  'call.started',
  'call.succeeded',
  'call.failed',
  'attempt.failed',
  'attempt.abandoned',
  'retry.scheduled',
  'retry.refused',
  'retry.doubled',
  'hedge.sent',
  'hedge.ended',
  'stream.stalled',
  'stream.truncated',
  'quota.held',
  'quota.released',
  'capacity.rejected',
  'target.moved',
  'fallback.used',
  'fallback.failed',
  'cache.hit',
  'breaker.opened',
  'breaker.half_opened',
  'breaker.closed',
  'breaker.rejected',
  'config.changed',
  'config.refused',
  'config.overruled',
  'hook.failed',
];
