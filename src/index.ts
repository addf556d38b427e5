/**
 * Keeps AI calls standing while providers fail.
 *
 * @packageDocumentation
 */
export type {
  BreakerMode,
  BreakerSettings,
  BreakerSnapshot,
  BreakerState,
  BreakerStats,
  TripOptions,
} from './breaker/breaker.js';
export {
  type ClassifyContext,
  classify,
  type ErrorFacts,
  type Judgement,
  type Matcher,
  type Rule,
} from './classify/classify.js';
export type { ConfigChange, SettingChange } from './config/change.js';
export type { ConfigInput, OperationInput } from './config/document.js';
export type { EffectiveConfig } from './config/effective-config.js';
export type { ConfigChanged, ConfigRefused } from './config/events.js';
export type { DocumentLayer, Layer, Setting } from './config/layers.js';
export type { EffectiveSettings, Settings } from './config/settings.js';
export {
  AttemptTimeoutError,
  BreakerOpenError,
  type BreakerRefusal,
  ConfigurationError,
  type ConfigurationIssue,
  DeadlineExceededError,
  HoldfastError,
  type HoldfastErrorCode,
  QuotaHeldError,
  ResilienceClosedError,
} from './errors/errors.js';
export type { QuotaRules, QuotaSettings } from './limits/limits.js';
export {
  type BreakerHandle,
  type CallRecord,
  type ConfigureOptions,
  type ContextHook,
  createResilience,
  type ExecuteOptions,
  type Explanation,
  explain,
  type Health,
  type Hold,
  type Operation,
  type Report,
  type Resilience,
  type ResilienceOptions,
  resilient,
  toHttpStatus,
  type Work,
  type Wrappable,
  type Wrapped,
} from './orchestrator/orchestrator.js';
export type {
  Attempt,
  Call,
  Failure,
  FailureKind,
  HintSource,
  Interruption,
  StopReason,
  StopRule,
} from './pipeline/pipeline.js';
export type {
  BackoffStrategy,
  BudgetSettings,
  Jitter,
  KindSettings,
  RetryableKind,
  RetryRules,
  RetrySettings,
} from './retry/retry.js';
export type { Random } from './runtime/runtime.js';
export type {
  AttemptAbandoned,
  AttemptFailed,
  CallFailed,
  CallStarted,
  CallSucceeded,
  EventType,
  HoldfastEvent,
  HookFailed,
  QuotaHeld,
  QuotaReleased,
  Rejections,
  RetryRefused,
  RetryScheduled,
  Stats,
} from './telemetry/telemetry.js';
