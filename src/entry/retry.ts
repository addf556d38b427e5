/**
 * Retries alone, without the rest of holdfast.
 *
 * @packageDocumentation
 */
export type { ClassifyRule, ErrorFacts, Matcher, RuleResult } from '../classify/index.js';
export {
  AttemptTimeoutError,
  ConfigurationError,
  type ConfigurationIssue,
  DeadlineExceededError,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/index.js';
export type { Call, Failure, FailureKind, HintSource } from '../pipeline/index.js';
export type { BackoffStrategy } from '../retry/backoff.js';
export type { BudgetSnapshot, RetryBudget } from '../retry/budget.js';
export type { Jitter } from '../retry/jitter.js';
export { retry, retryBudget } from '../retry/retry.js';
export type { RetryNotice, RetryOptions } from '../retry/retry-options.js';
export type { BudgetSettings, KindSettings, RetryableKind, RetrySettings } from '../retry/settings.js';
export type { Random } from '../runtime/index.js';
