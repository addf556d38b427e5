export { type HoldCause, QuotaHold } from './quota-hold.js';
export { type QuotaListener, type QuotaParts, quotaStage } from './quota-stage.js';
export {
  type QuotaSettings,
  type ResolvedQuotaSettings,
  resolveQuotaSettings,
} from './settings.js';
