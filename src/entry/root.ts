/**
 * Protects AI calls while providers fail.
 *
 * @packageDocumentation
 */
export type {
  BreakerMode,
  BreakerSettings,
  BreakerSnapshot,
  BreakerState,
  BreakerStats,
  ResolvedBreakerSettings,
  TripOptions,
} from '../breaker/index.js';
export type { CacheOptions } from '../cache/index.js';
export {
  type ClassifyContext,
  type ClassifyRule,
  classify,
  type ErrorFacts,
  type Matcher,
  type RuleResult,
} from '../classify/index.js';
export type { ConfigChange, SettingChange } from '../config/change.js';
export type { ConfigInput, OperationInput } from '../config/document.js';
export type { EffectiveConfig } from '../config/effective-config.js';
export type { ConfigChanged, ConfigOverruled, ConfigRefused } from '../config/events.js';
export type { DocumentLayer, Layer, Setting } from '../config/layers.js';
export type { OwnPresets } from '../config/presets/catalog.js';
export type {
  AnyText,
  BuiltInPreset,
  BuiltInStrategy,
  Listed,
  PresetName,
  StrategyName,
} from '../config/presets/names.js';
export type { Preset, PresetEnvironment } from '../config/presets/presets.js';
export type { Strategy } from '../config/presets/strategies.js';
export type { ResolvedSettings, Settings } from '../config/settings.js';
export type { LoadRecorder, LoadRecordOptions } from '../config/usage.js';
export {
  AttemptTimeoutError,
  BreakerOpenError,
  type BreakerRefusal,
  CapacityError,
  type CapacityRefusal,
  ConfigurationError,
  type ConfigurationIssue,
  DeadlineExceededError,
  HoldfastError,
  type HoldfastErrorCode,
  InvalidAnswerError,
  NoTargetError,
  type PartialToolCall,
  type PartialUsage,
  QuotaHeldError,
  ResilienceClosedError,
  type StallPhase,
  StreamFailedError,
  type StreamPartial,
  StreamStalledError,
  StreamTruncatedError,
  type TruncationCause,
  UnwantedResultError,
} from '../errors/index.js';
export type {
  Fallback,
  FallbackCause,
  FallbackChain,
  FallbackCondition,
  FallbackFunction,
  FallbackStep,
  FallbackUse,
  FunctionStep,
  LastGood,
  LastGoodStep,
  OperationStep,
  ValueStep,
} from '../fallback/index.js';
export type { GroupReport, ParentCall, TaskRecord, TaskReport } from '../groups/index.js';
export type { HedgeResult, HedgeSettings, HedgeSnapshot, ResolvedHedgeSettings, WastedUsage } from '../hedge/index.js';
export type {
  AdaptiveSettings,
  CapacityRejection,
  ConcurrencySettings,
  DelayMeasure,
  LimitReason,
  PacingSettings,
  PacingSnapshot,
  QuotaSettings,
  RateSnapshot,
  ResolvedConcurrencySettings,
  ResolvedPacingSettings,
  ResolvedQuotaSettings,
} from '../limits/index.js';
export {
  type BreakerHandle,
  type CallHedgeSettings,
  type CallRecord,
  type CallRetrySettings,
  type CallSettings,
  type ConcurrencySnapshot,
  type ConfigureOptions,
  type ContextHook,
  createResilience,
  currentCall,
  type ExecuteOptions,
  type Explanation,
  explain,
  type FallbacksByOperation,
  type GroupOptions,
  type Health,
  type Hold,
  type KeySnapshot,
  type OpenName,
  type Operation,
  type OperationSnapshot,
  type OperationStats,
  type Report,
  type Resilience,
  type ResilienceOptions,
  type ResultsFor,
  resilient,
  type Snapshot,
  type StickyHook,
  type StickySettings,
  type StreamOptions,
  type StreamWork,
  type StrictOptions,
  type Target,
  type TargetList,
  type TargetOptions,
  type TargetSettings,
  type Task,
  type TaskFunction,
  type TaskOptions,
  type TasksAfter,
  type TasksOf,
  type TaskValues,
  toHttpStatus,
  type Work,
  type Wrappable,
  type Wrapped,
} from '../orchestrator/index.js';
export type {
  AttemptRecord,
  Call,
  CallTarget,
  Failure,
  FailureKind,
  HintSource,
  Interruption,
  Priority,
  SkippedTarget,
  StopReason,
  StopRule,
  Usage,
  UsageEstimate,
} from '../pipeline/index.js';
export type {
  BackoffStrategy,
  BudgetSettings,
  Jitter,
  KindSettings,
  ResolvedRetrySettings,
  RetryableKind,
  RetrySettings,
} from '../retry/index.js';
export type { Random } from '../runtime/index.js';
export {
  type Dialect,
  findPartial,
  type ProtectedStream,
  type ProtectStreamOptions,
  protectStream,
  type ResolvedStreamSettings,
  type StreamReport,
  type StreamSettings,
  type StreamSign,
  type StreamSource,
  type ToolCallPiece,
} from '../streams/index.js';
export type { TargetOrder, WhenNoneAvailable } from '../targets/index.js';
export type {
  AttemptAbandoned,
  AttemptFailed,
  CacheHit,
  CallFailed,
  CallStarted,
  CallSucceeded,
  CapacityRejected,
  EventType,
  FallbackFailed,
  FallbackUsed,
  HedgeEnded,
  HedgeSent,
  HoldfastEvent,
  HookFailed,
  QuotaHeld,
  QuotaReleased,
  Rejections,
  RetryDoubled,
  RetryRefused,
  RetryScheduled,
  Stats,
  StreamStalled,
  StreamTruncated,
  TargetMoved,
} from '../telemetry/index.js';
