export type { BreakerHandle } from './breaker-handle.js';
export type { ConfigureOptions } from './configure-options.js';
export { currentCall } from './current-call.js';
export { type Door, findDoor } from './door.js';
export { type Explanation, explain } from './explain.js';
export type {
  GroupOptions,
  ResultsFor,
  Task,
  TaskFunction,
  TaskOptions,
  TasksAfter,
  TasksOf,
  TaskValues,
} from './group-options.js';
export type { Health, Hold } from './health.js';
export { toHttpStatus } from './http-status.js';
export type { Operation, StreamWork, Work } from './operation.js';
export type { FallbacksByOperation } from './operation-fallbacks.js';
export type { CallHedgeSettings, CallRetrySettings, CallSettings, ExecuteOptions, StreamOptions } from './options.js';
export { STREAM_OPTIONS } from './options.js';
export type { CallRecord, Report } from './report.js';
export {
  createResilience,
  type OpenName,
  type Resilience,
  type ResilienceOptions,
  type StrictOptions,
} from './resilience.js';
export type { ContextHook } from './resilience-context.js';
export { resilient } from './resilient.js';
export type { ConcurrencySnapshot, KeySnapshot, OperationSnapshot, OperationStats, Snapshot } from './snapshot.js';
export type {
  StickyHook,
  StickySettings,
  Target,
  TargetList,
  TargetOptions,
  TargetSettings,
} from './target-options.js';
export type { Wrappable, Wrapped } from './wrap.js';
