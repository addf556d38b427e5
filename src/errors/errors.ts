export { AttemptTimeoutError } from './attempt-timeout-error.js';
export { BreakerOpenError, type BreakerRefusal, breakerOpen } from './breaker-open-error.js';
export { Check, type Fields, isName, type NumberRule, readOnce } from './check.js';
export { ConfigurationError, type ConfigurationIssue, wrong } from './configuration-error.js';
export { DeadlineExceededError } from './deadline-exceeded-error.js';
export { describe } from './describe.js';
export { HoldfastError, type HoldfastErrorCode } from './holdfast-error.js';
export { nearest } from './nearest.js';
export { ResilienceClosedError } from './resilience-closed-error.js';
