import { HoldfastError } from './holdfast-error.js';
import { askForSeconds } from './short-limit.js';

/** One attempt took longer than `attemptTimeoutMs`. The attempt's signal was aborted; a late result is dropped. */
export class AttemptTimeoutError extends HoldfastError {
  override readonly name = 'AttemptTimeoutError';
  override readonly code = 'HOLDFAST_ATTEMPT_TIMEOUT';
  /** The operation whose attempt timed out. */
  readonly operation: string;
  /** The limit that was reached, in milliseconds. */
  readonly timeoutMs: number;

  constructor(operation: string, timeoutMs: number) {
    super(`an attempt of '${operation}' took longer than its ${timeoutMs} ms${askForSeconds(timeoutMs)}`);
    this.operation = operation;
    this.timeoutMs = timeoutMs;
  }

  static override is(error: unknown): error is AttemptTimeoutError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_ATTEMPT_TIMEOUT';
  }
}
