/** What `retry(policy, options)` takes. */
export interface CockatielRetry {
  readonly maxAttempts?: number | undefined;
  /**
   * A backoff of cockatiel or its arguments: milliseconds, a list of them, or the options of `ExponentialBackoff` (its
   * generator may be given by its name).
   */
  readonly backoff?: object | number | undefined;
}

/** What `circuitBreaker(policy, options)` takes. */
export interface CockatielBreaker {
  /**
   * A breaker of cockatiel or its arguments: the number of a `ConsecutiveBreaker`, the options of a `SamplingBreaker` or
   * of a `CountBreaker`.
   */
  readonly breaker: object | number;
  /** Milliseconds, or a backoff. */
  readonly halfOpenAfter: object | number;
  readonly initialState?: unknown;
}

/** What `timeout(duration, strategy)` takes, in one. */
export interface CockatielTimeout {
  readonly duration: number;
  /** `aggressive`, or `optimistic` for the cooperative one. */
  readonly strategy?: string | undefined;
  readonly abortOnReturn?: unknown;
}

/** What the policies of cockatiel were made with, by the functions that made them. */
export interface CockatielOptions {
  readonly retry?: CockatielRetry | undefined;
  readonly breaker?: CockatielBreaker | undefined;
  /** Milliseconds, or both arguments in one. */
  readonly timeout?: CockatielTimeout | number | undefined;
  /** A limit, or `{ limit, queue }`. */
  readonly bulkhead?: unknown;
  readonly fallback?: unknown;
}
