export { AttemptTimeoutError } from './attempt-timeout-error.js';
export { BreakerOpenError, type BreakerRefusal, breakerOpen } from './breaker-open-error.js';
export { buildIssue, ConfigurationError, type ConfigurationIssue } from './configuration-error.js';
export { DeadlineExceededError } from './deadline-exceeded-error.js';
export { HoldfastError, type HoldfastErrorCode } from './holdfast-error.js';
export { escapeControlCharacters } from './printable.js';
export { QuotaHeldError } from './quota-held-error.js';
export { ResilienceClosedError } from './resilience-closed-error.js';
export { withoutStack } from './without-stack.js';
