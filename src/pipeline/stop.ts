/** What ended a call: its success, or the rule that left it without another attempt. */
export type StopReason =
  | 'success'
  | 'not_retryable'
  | 'attempts_exhausted'
  | 'deadline'
  | 'cancelled'
  | 'breaker_open'
  | 'quota_held'
  | 'retry_budget'
  | 'capacity'
  | 'closed';

/** The rule that left a failed attempt without another one, where a decision was made. */
export type StopRule =
  /** Failures of this kind, or this very failure, are not retried, or the function has called `noRetry()`. */
  | 'never_retried'
  /** The function cannot run again: what it sends can be read only once. */
  | 'not_replayable'
  /** The provider may have done it already, and must not do it twice. */
  | 'not_idempotent'
  /** `maxAttempts` have been made. */
  | 'max_attempts'
  /** The wait would go on beyond `maxElapsedMs`. */
  | 'max_elapsed'
  /** The provider asked for a wait beyond the deadline, or beyond what a timer can hold (24.8 days). */
  | 'hint_beyond_deadline'
  /** The wait would go on beyond the deadline. */
  | 'wait_beyond_deadline'
  /** After the wait there would be less time left than an attempt usually takes. */
  | 'attempt_beyond_deadline'
  /** The breaker would reject the next attempt. */
  | 'breaker_open'
  /** The quota will be held for longer than the next attempt may wait for it. */
  | 'quota_held'
  /** The operation's retry budget is spent. */
  | 'budget'
  /** A stage has rejected the next attempt. */
  | 'refused';
