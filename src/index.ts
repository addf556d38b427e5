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
  AttemptTimeoutError,
  BreakerOpenError,
  type BreakerRefusal,
  ConfigurationError,
  type ConfigurationIssue,
  DeadlineExceededError,
  HoldfastError,
  type HoldfastErrorCode,
  ResilienceClosedError,
} from './errors/errors.js';
export {
  type BreakerHandle,
  type CallRecord,
  type ConfigInput,
  type ContextHook,
  createResilience,
  type EffectiveSettings,
  type ExecuteOptions,
  type Explanation,
  explain,
  type Health,
  type Operation,
  type Report,
  type Resilience,
  type ResilienceOptions,
  resilient,
  type Settings,
  type Work,
  type Wrappable,
  type Wrapped,
} from './orchestrator/orchestrator.js';
export type { Attempt, Call, Failure, FailureKind, StopReason } from './pipeline/pipeline.js';
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
  Rejections,
  Stats,
} from './telemetry/telemetry.js';
