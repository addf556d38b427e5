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
