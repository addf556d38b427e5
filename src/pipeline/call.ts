import type { Failure } from './failure.js';
import type { StopReason } from './stop-reason.js';

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

/** The same call as the stages see it: what they read of it, and the few things they may do to it. */
export interface StagedCall extends Call {
  /** When this call began, by the monotonic clock. */
  readonly startedAtMs: number;
  /** How long the call may take in all; `undefined`: as long as it likes. */
  readonly deadlineMs: number | undefined;
  /** Set by a stage that turns this attempt away, before it rejects. */
  refusedBy: StopReason | undefined;
  /** Whether this attempt has come as far as the function. */
  readonly invoked: boolean;
  /** Calls the function, and settles with it or with the interruption, whichever comes first. */
  invoke(): Promise<unknown>;
  /**
   * Ends the running attempt now: {@link invoke} rejects with the interruption's error, then the signal aborts. The
   * first interruption counts, later ones do nothing.
   */
  interrupt(interruption: Interruption): void;
  /** What an error thrown within this call means. */
  failureOf(error: unknown): Failure;
}
