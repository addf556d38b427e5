export type { AttemptRecord } from './attempt-record.js';
export type { Call, CallTarget, Interruption, PrepareInput, SkippedTarget, Usage, UsageEstimate } from './call.js';
export type { Failure, FailureKind, HintSource } from './failure.js';
export type { LiveAttempt } from './live-attempt.js';
export { type CallEnding, type CallInit, isStream, LiveCall } from './live-call.js';
export {
  type AttemptOutcome,
  type CallHooks,
  type CallScope,
  compose,
  type DeferredOutcome,
  type HeaderSource,
  type Lane,
  type Observation,
  type OptionalStage,
  type Priority,
  type QueuedStart,
  type Run,
  type Stage,
  type StageAttempt,
  type StageCall,
  type StreamLimits,
  type StreamOpening,
  type StreamWatch,
} from './stage.js';
export type { StopReason, StopRule } from './stop.js';
