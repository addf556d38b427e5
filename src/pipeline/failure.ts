/** The kinds of failure. */
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

/** Where a hint was found, in order of precedence. */
export type HintSource =
  /** A classification rule of the application. */
  | 'rule'
  /** `retryAfterMs` of the error itself: an error of holdfast, or one that a library has annotated. */
  | 'error'
  | 'retry-after-ms'
  | 'x-ms-retry-after-ms'
  | 'retry-after'
  | 'x-amz-retry-after'
  /** A `google.rpc.RetryInfo` in the body. */
  | 'retry-info'
  /** `anthropic-ratelimit-unified-reset`, or the latest `anthropic-ratelimit-*-reset` of an exhausted limit. */
  | 'anthropic-ratelimit-reset'
  /** `x-ratelimit-reset`, `x-ratelimit-reset-requests` or `x-ratelimit-reset-tokens`. */
  | 'x-ratelimit-reset'
  /** The text of the error. */
  | 'message';

/**
 * What an error means: its kind, whether to retry, and whether the breaker counts it. Optional fields are present only if they
 * are known.
 *
 * @example
 * ```ts
 * const { kind, retryAfterMs, requestId } = classify(error);
 * if (kind === 'rate_limited') logger.warn({ retryAfterMs, requestId }, 'rate limited');
 * ```
 */
export interface Failure {
  readonly kind: FailureKind;
  /** Whether the same request may succeed when it is sent again. */
  readonly retry: 'never' | 'backoff' | 'after_hint';
  /** Whether a breaker counts it. It ignores cancelled calls and invalid requests, for example. */
  readonly breaker: 'failure' | 'ignored';
  /** Whether another target may succeed where this one failed. */
  readonly failover: boolean;
  /** How long the provider asked to wait, in milliseconds; above 0, at most a year. */
  readonly retryAfterMs?: number;
  /** Where `retryAfterMs` was found. */
  readonly hintSource?: HintSource;
  /** `retryAfterMs` is only the time until the limit is refilled completely: a shorter wait may be enough. */
  readonly hintIsUpperBound?: true;
  /** The HTTP status. */
  readonly status?: number;
  /** The provider's most specific code, such as `insufficient_quota` or `ECONNRESET`. */
  readonly code?: string;
  /** The provider that failed, if it can be detected: `openai`, `anthropic`, `google`, `bedrock` and so on. */
  readonly provider?: string;
  /** The provider's ID of the request, for its support team. */
  readonly requestId?: string;
  /** The provider certainly executed nothing, so even a request that must not run twice may be sent again. */
  readonly unexecuted?: true;
  /** A classification rule of the application says that it is never retried. No setting overrides that. */
  readonly retryForbidden?: true;
}
