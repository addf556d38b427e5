import { HoldfastError } from './holdfast-error.js';

/** A `Resilience` or breaker was used after it was closed; the function was not called. */
export class ResilienceClosedError extends HoldfastError {
  override readonly name = 'ResilienceClosedError';
  override readonly code = 'HOLDFAST_CLOSED';

  /** @param what the beginning of the message, such as "this Resilience is closed". */
  constructor(what: string) {
    super(`${what} and accepts no more calls`);
  }

  static override is(error: unknown): error is ResilienceClosedError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_CLOSED';
  }
}
