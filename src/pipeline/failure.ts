/** The kinds of failure that are told apart. */
export type FailureKind =
  | 'cancelled'
  | 'timeout'
  | 'quota_exhausted'
  | 'context_length'
  | 'content_policy'
  | 'overloaded'
  | 'rate_limited'
  | 'auth'
  | 'not_found'
  | 'invalid_request'
  | 'network'
  | 'server_error'
  | 'unknown';

/** What an error means for the stages: whether to try again, and whether it speaks against the callee. */
export interface Failure {
  readonly kind: FailureKind;
  /** Whether the same request may succeed when it is sent again. */
  readonly retry: 'never' | 'backoff' | 'after_hint';
  /**
   * Whether a breaker counts it. A cancelled call or the caller's own bad request says nothing of the callee's health.
   */
  readonly breaker: 'failure' | 'ignored';
  /** Whether another target may succeed where this one failed. */
  readonly failover: boolean;
  /** How long the callee asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
}
