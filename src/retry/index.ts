export type { BackoffStrategy } from './backoff.js';
export { type BudgetSnapshot, TokenBucket } from './budget.js';
export type { Jitter } from './jitter.js';
export { type ResolvedRetrySettings, resolveBudgetSettings } from './resolve-settings.js';
export type { BudgetSettings, KindSettings, RetryableKind, RetrySettings } from './settings.js';
export { type RefusedRetry, retryStage, type ScheduledRetry } from './stage.js';
