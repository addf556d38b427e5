import { HoldfastError } from './holdfast-error.js';
import { withoutStack } from './without-stack.js';

/** Why a breaker rejects: it is open, all its trials are taken, or it is held open by hand. */
export type BreakerRefusal = 'open' | 'trials_taken' | 'held_open';

/**
 * A circuit breaker rejected the call; the function was not called. Carries no stack trace, which would show only holdfast.
 */
export class BreakerOpenError extends HoldfastError {
  override readonly name = 'BreakerOpenError';
  override readonly code = 'HOLDFAST_BREAKER_OPEN';
  /** The name of the breaker. */
  readonly breaker: string;
  /** Why it rejected the call. */
  readonly refusal: BreakerRefusal;
  /**
   * Whole milliseconds until the breaker may admit a call again. `undefined` if unknown: while trials are in progress, and
   * while it is held open by hand.
   */
  readonly retryAfterMs: number | undefined;

  constructor(breaker: string, refusal: BreakerRefusal, retryAfterMs: number | undefined) {
    super(message(breaker, refusal, retryAfterMs));
    this.breaker = breaker;
    this.refusal = refusal;
    this.retryAfterMs = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs);
  }

  static override is(error: unknown): error is BreakerOpenError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_BREAKER_OPEN';
  }
}

/** The error that a breaker rejects with: without a stack trace. */
export function breakerOpen(
  breaker: string,
  refusal: BreakerRefusal,
  retryAfterMs: number | undefined,
): BreakerOpenError {
  return withoutStack(() => new BreakerOpenError(breaker, refusal, retryAfterMs));
}

function message(breaker: string, refusal: BreakerRefusal, retryAfterMs: number | undefined): string {
  switch (refusal) {
    case 'open':
      return `circuit breaker '${breaker}' is open; retry in ${Math.ceil(retryAfterMs ?? 0)} ms`;
    case 'trials_taken':
      return `circuit breaker '${breaker}' is half-open and all its trial calls are in progress`;
    case 'held_open':
      return `circuit breaker '${breaker}' is held open`;
  }
}
