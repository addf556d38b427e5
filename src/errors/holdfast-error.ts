/** Every stable error code, so that a `switch` over `error.code` can be exhaustive. */
export type HoldfastErrorCode =
  | 'HOLDFAST_BREAKER_OPEN'
  | 'HOLDFAST_DEADLINE_EXCEEDED'
  | 'HOLDFAST_ATTEMPT_TIMEOUT'
  | 'HOLDFAST_QUOTA_HELD'
  | 'HOLDFAST_CAPACITY'
  | 'HOLDFAST_NO_TARGET'
  | 'HOLDFAST_STREAM_FAILED'
  | 'HOLDFAST_INVALID_ANSWER'
  | 'HOLDFAST_STREAM_STALLED'
  | 'HOLDFAST_STREAM_TRUNCATED'
  | 'HOLDFAST_UNWANTED_RESULT'
  | 'HOLDFAST_CLOSED'
  | 'HOLDFAST_CONFIGURATION';

// A registered symbol, so that a second copy of the package (ESM beside CJS, two versions) recognises our errors too.
const BRAND: unique symbol = Symbol.for('holdfast.error');

/**
 * The base of every error that holdfast creates. Errors of the caller's own code are passed on unchanged and never
 * wrapped.
 */
export abstract class HoldfastError extends Error {
  /** Stable across versions; branch on this rather than on the message. */
  abstract readonly code: HoldfastErrorCode;

  /** What `explain` returns for it. */
  #known: unknown;

  /** @internal */
  get [BRAND](): true {
    return true;
  }

  /** @internal Stores what is known of the call that ended with an error of ours; returns false for any other error. */
  static keep(error: object, known: unknown): boolean {
    if (!(#known in error)) return false;
    error.#known = known;
    return true;
  }

  /** @internal Returns what {@link keep} stored. */
  static kept(error: object): unknown {
    return #known in error ? error.#known : undefined;
  }

  /** True for an error of holdfast, including another copy of it in this process, for which `instanceof` fails. */
  static is(error: unknown): error is HoldfastError {
    try {
      return typeof error === 'object' && error !== null && BRAND in error;
    } catch {
      // A Proxy whose `has` trap throws is not an error of ours.
      return false;
    }
  }
}
