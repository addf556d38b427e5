import type { Failure } from './failure.js';
import type { StopReason } from './stop-reason.js';
import type { StopRule } from './stop-rule.js';

/** What a protected function is given. */
export interface Call {
  /** The same in every event of the call and in `explain(error)`. */
  readonly id: string;
  /** The operation's name. */
  readonly operation: string;
  /** What tells apart callees of one operation, such as a model, a tenant or a region. */
  readonly key: string | undefined;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's signal does, at the deadline, and when this attempt times out. In the latter two cases its
   * reason is a `TimeoutError` DOMException with our error as its `cause`, since SDKs know that one. Created when first
   * read: a call that never reads it pays nothing for it.
   */
  readonly signal: AbortSignal;
  /** Values that travel with the call: those of the `context` hook, overlaid with the call's own. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Milliseconds left until the deadline, never negative; `Infinity` without a deadline. */
  remainingMs(): number;
}

/** Why a call was told to end before its function had settled. */
export type Interruption =
  | { readonly by: 'caller'; readonly error: unknown }
  | { readonly by: 'deadline' | 'attempt_timeout'; readonly error: Error };

/** An attempt as the stages see it: what they read of it and of its call, and the few things they may do to them. */
export interface StagedCall extends Call {
  /** When the call began, by the monotonic clock. */
  readonly startedAtMs: number;
  /** When this attempt began, its waiting done, by the monotonic clock. */
  readonly beganAtMs: number;
  /** When this attempt must have begun at the latest, by the monotonic clock; `Infinity`: whenever it can. */
  readonly beginByMs: number;
  /** How long the call may take in all; `undefined`: as long as it likes. */
  readonly deadlineMs: number | undefined;
  /** Whether the callee may be asked to do the same twice. */
  readonly idempotent: boolean;
  /** Whether the function can do it again at all: a stream that has been read cannot be sent once more. */
  readonly replayable: boolean;
  /** Set by a stage that turns this attempt away, before it rejects. */
  refusedBy: StopReason | undefined;
  /** Whether this attempt has come as far as the function. */
  readonly invoked: boolean;
  /** What ended this attempt before its time. */
  readonly interruption: Interruption | undefined;
  /** Calls the function, and settles with it or with the interruption, whichever comes first. */
  invoke(): Promise<unknown>;
  /**
   * Ends the running attempt now: {@link invoke} rejects with the interruption's error, then the signal aborts. The caller
   * and the deadline end the whole call by that. The first interruption counts, later ones do nothing.
   */
  interrupt(interruption: Interruption): void;
  /** What an error thrown within this attempt means. */
  failureOf(error: unknown): Failure;
  /**
   * Waits before the function is called. Rejects with the interruption's error when the call is interrupted meanwhile, and
   * that is at its deadline at the latest.
   */
  pause(waitMs: number): Promise<void>;
  /**
   * The next attempt of the same call, for when this one has failed.
   *
   * @param beginByMs see {@link beginByMs}.
   */
  again(beginByMs: number): StagedCall;
  /** Says why there is no other attempt, and what the error means that the call ends with. */
  stop(reason: StopReason, stopRule: StopRule, failure: Failure): void;
}
