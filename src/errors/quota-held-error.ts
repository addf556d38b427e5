import { HoldfastError } from './holdfast-error.js';

/**
 * The quota of the call is on hold for longer than the call could wait; the function was not called. Carries no stack
 * trace, which would show only holdfast.
 */
export class QuotaHeldError extends HoldfastError {
  override readonly name = 'QuotaHeldError';
  override readonly code = 'HOLDFAST_QUOTA_HELD';
  /** The operation whose call was rejected. */
  readonly operation: string;
  /** The key of the call; `undefined` when it had none. */
  readonly key: string | undefined;
  /** Whether the quota is rate limited or exhausted. */
  readonly kind: 'rate_limited' | 'quota_exhausted';
  /** Whole milliseconds until the hold ends. */
  readonly retryAfterMs: number;

  constructor(
    operation: string,
    key: string | undefined,
    kind: 'rate_limited' | 'quota_exhausted',
    retryAfterMs: number,
  ) {
    const name = key === undefined ? operation : `${operation}/${key}`;
    const why = kind === 'rate_limited' ? 'rate limited' : 'exhausted';
    super(`the quota of '${name}' is ${why}; retry in ${Math.ceil(retryAfterMs)} ms`);
    this.operation = operation;
    this.key = key;
    this.kind = kind;
    this.retryAfterMs = Math.ceil(retryAfterMs);
  }

  static override is(error: unknown): error is QuotaHeldError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_QUOTA_HELD';
  }
}
