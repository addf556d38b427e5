export type { BackoffStrategy } from './backoff.js';
export { type BudgetSnapshot, RetryBudget } from './budget.js';
export type { Jitter } from './jitter.js';
export {
  type BudgetSettings,
  type KindSettings,
  type RetryableKind,
  type RetrySettings,
  readRetrySettings,
} from './options.js';
export { checkRetrySettings, checkRetryTogether } from './options-check.js';
export { overlayRetry } from './options-overlay.js';
export { type RetryRules, retryRules } from './options-rules.js';
export { type RefusedRetry, type RetryListener, type RetryParts, retryStage, type ScheduledRetry } from './stage.js';
