import { HoldfastError } from './holdfast-error.js';
import { askForSeconds } from './short-limit.js';

/** The whole call, all attempts and waits together, or the whole group of tasks took longer than `deadlineMs`. */
export class DeadlineExceededError extends HoldfastError {
  override readonly name = 'DeadlineExceededError';
  override readonly code = 'HOLDFAST_DEADLINE_EXCEEDED';
  /** The operation whose call ran out of time. */
  readonly operation: string;
  /** The limit that was reached, in milliseconds. */
  readonly deadlineMs: number;

  /** @param what what took longer, as the beginning of the message. Default: the call of the operation. */
  constructor(operation: string, deadlineMs: number, what = `the call of '${operation}'`) {
    super(`${what} took longer than its deadline of ${deadlineMs} ms${askForSeconds(deadlineMs)}`);
    this.operation = operation;
    this.deadlineMs = deadlineMs;
  }

  static override is(error: unknown): error is DeadlineExceededError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_DEADLINE_EXCEEDED';
  }
}
