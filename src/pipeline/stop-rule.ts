/** The rule that left a failed attempt without another one, where somebody had to decide that. */
export type StopRule =
  /** Failures of this kind, or this very failure, are not retried. */
  | 'never_retried'
  /** The function cannot do it again: what it sends can be read once. */
  | 'not_replayable'
  /** The callee may have done it already, and must not do it twice. */
  | 'not_idempotent'
  /** `maxAttempts` have been made. */
  | 'max_attempts'
  /** The wait would go on beyond `maxElapsedMs`. */
  | 'max_elapsed'
  /** The callee asked for a wait beyond the deadline, or beyond what a timer can hold (24.8 days). */
  | 'hint_beyond_deadline'
  /** The wait would go on beyond the deadline. */
  | 'wait_beyond_deadline'
  /** After the wait there would be less time left than an attempt usually takes. */
  | 'attempt_beyond_deadline'
  /** The breaker would refuse the next attempt. */
  | 'breaker_open'
  /** The quota will be held for longer than the next attempt may wait for it. */
  | 'quota_held'
  /** The operation has no retry left to spend. */
  | 'budget'
  /** A stage has turned the next attempt away. */
  | 'refused';
