/**
 * Retries alone, for those who need nothing else of holdfast.
 *
 * @packageDocumentation
 */
export type { ErrorFacts, Judgement, Matcher, Rule } from '../classify/classify.js';
export {
  AttemptTimeoutError,
  ConfigurationError,
  type ConfigurationIssue,
  DeadlineExceededError,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/errors.js';
export type { Call, Failure, FailureKind, HintSource } from '../pipeline/pipeline.js';
export type { Random } from '../runtime/runtime.js';
export { retry, retryBudget } from './alone.js';
export type { RetryNotice, RetryOptions } from './alone-options.js';
export type { BackoffStrategy } from './backoff.js';
export type { BudgetSnapshot, RetryBudget } from './budget.js';
export type { Jitter } from './jitter.js';
export type { BudgetSettings, KindSettings, RetryableKind, RetrySettings } from './options.js';
