import { HoldfastError } from './holdfast-error.js';

/**
 * A model has answered with what `failOn` names, such as a filtered answer, so that the attempt counts as failed. Carries no
 * stack trace, which would show only holdfast.
 */
export class UnwantedResultError extends HoldfastError {
  override readonly name = 'UnwantedResultError';
  override readonly code = 'HOLDFAST_UNWANTED_RESULT';
  /** The operation whose call it was. */
  readonly operation: string;
  /** Which of the reasons it was, or what the function in `failOn` returned. */
  readonly reason: string;

  constructor(operation: string, reason: string) {
    super(`the answer to '${operation}' is not wanted: ${reason}`);
    this.operation = operation;
    this.reason = reason;
  }

  static override is(error: unknown): error is UnwantedResultError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_UNWANTED_RESULT';
  }
}
