import type { StagedCall } from './call.js';
import type { Failure } from './failure.js';

/** An attempt that may be over. */
export interface TimedAttempt extends StagedCall {
  /** When it failed, by the monotonic clock; `undefined` as long as it did not. */
  readonly endedAtMs: number | undefined;
}

/** Who has a call made: what it is called there, how its errors are read, and who counts and tells its attempts. */
export interface CallHost {
  readonly operation: string;
  readonly key: string | undefined;
  /** The id that belongs to a serial number; only asked for those who read it. */
  callId(serial: number): string;
  /** What an error of this attempt means. Never throws. */
  failureOf(error: unknown, attempt: TimedAttempt): Failure;
  /** The function is about to be called. */
  attempted(attempt: TimedAttempt): void;
  /** The function threw, or was interrupted. */
  attemptFailed(attempt: TimedAttempt, error: unknown): void;
  /** A function that had been interrupted has settled after all. */
  attemptAbandoned(attempt: TimedAttempt, outcome: 'success' | 'failure'): void;
}
