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

/** Where a hint was found, from the most to the least exact. */
export type HintSource =
  /** A classifier rule of the user's. */
  | 'rule'
  /** `retryAfterMs` on the error itself: an error of holdfast's, or one that a library has annotated. */
  | 'error'
  | 'retry-after-ms'
  | 'x-ms-retry-after-ms'
  | 'retry-after'
  | 'x-amz-retry-after'
  /** A `google.rpc.RetryInfo` in the body. */
  | 'retry-info'
  /** `anthropic-ratelimit-unified-reset`, or the latest `anthropic-ratelimit-*-reset` of a limit that is used up. */
  | 'anthropic-ratelimit-reset'
  /** `x-ratelimit-reset`, `x-ratelimit-reset-requests` or `x-ratelimit-reset-tokens`. */
  | 'x-ratelimit-reset'
  /** The text of the error. */
  | 'message';

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
  /** How long the callee asked to be left alone, in milliseconds; above 0, at most a year. */
  readonly retryAfterMs?: number;
  /** Where `retryAfterMs` was found. */
  readonly hintSource?: HintSource;
  /** `retryAfterMs` is only the time until everything is free again: a shorter wait may do. */
  readonly hintIsUpperBound?: true;
  /** The HTTP status. */
  readonly status?: number;
  /** The most telling code of the callee, such as `insufficient_quota` or `ECONNRESET`. */
  readonly code?: string;
  /** Who failed, where that can be told: `openai`, `anthropic`, `google`, `bedrock` and so on. */
  readonly provider?: string;
  /** The callee's own number of the request, for its support. */
  readonly requestId?: string;
  /** It is certain that the callee did nothing, so that even a request that must not run twice may be sent again. */
  readonly unexecuted?: true;
}
