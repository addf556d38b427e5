/** What ended a call: its success, or the reason for no further attempt. */
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
  | 'no_target'
  | 'closed';

/** The rule that forbade another attempt, if there was a decision. */
export type StopRule =
  /** This kind of failure, or this one, is never retried, or the function called `noRetry()`. */
  | 'never_retried'
  /** The function cannot run again: what it sends can be read only once. */
  | 'not_replayable'
  /** The provider may already have executed the request, and must not execute it twice. */
  | 'not_idempotent'
  /** `maxAttempts` have been made. */
  | 'max_attempts'
  /** The wait would end after `maxElapsedMs`. */
  | 'max_elapsed'
  /** The provider asked for a wait beyond the deadline, or beyond what a timer can hold (24.8 days). */
  | 'hint_beyond_deadline'
  /** The wait would end after the deadline. */
  | 'wait_beyond_deadline'
  /** After the wait there would be less time left than an attempt usually takes. */
  | 'attempt_beyond_deadline'
  /** The breaker would reject the next attempt. */
  | 'breaker_open'
  /** The quota will be held for longer than the next attempt may wait for it. */
  | 'quota_held'
  /** Another target is available before the wait would end. */
  | 'other_target'
  /** The operation's retry budget is spent. */
  | 'budget'
  /** A stage has rejected the next attempt. */
  | 'refused';
