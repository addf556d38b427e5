export type { LimitReason } from './adaptive-limit.js';
export {
  type AdaptiveSettings,
  type CapacityRejection,
  type ConcurrencyParts,
  type ConcurrencySettings,
  concurrencyStage,
  type DelayMeasure,
  type ResolvedConcurrencySettings,
  resolveConcurrencySettings,
} from './concurrency.js';
export { Pacer, type PacingSnapshot, type RateSnapshot } from './pacer.js';
export {
  type PacingSettings,
  pacingStage,
  type ResolvedPacingSettings,
  resolvePacingSettings,
} from './pacing.js';
export { Permits, type PermitsSnapshot, PRIORITIES } from './permits.js';
export { QueuedCall } from './queued-call.js';
export { type HoldCause, QuotaHold } from './quota-hold.js';
export { type QuotaListener, type QuotaParts, quotaStage } from './quota-stage.js';
export {
  type QuotaSettings,
  type ResolvedQuotaSettings,
  resolveQuotaSettings,
} from './settings.js';
