export type { BackoffStrategy } from './backoff.js';
export { type BudgetSnapshot, RetryBudget } from './budget.js';
export type { Jitter } from './jitter.js';
export type { BudgetSettings, KindSettings, RetryableKind, RetrySettings } from './options.js';
export type { ResolvedRetrySettings } from './options-rules.js';
export { type RefusedRetry, retryStage, type ScheduledRetry } from './stage.js';
