export {
  checkQuotaSettings,
  type QuotaSettings,
  type ResolvedQuotaSettings,
  readQuotaSettings,
  resolveQuotaSettings,
} from './options.js';
export { type HoldCause, QuotaHold } from './quota-hold.js';
export { type QuotaListener, type QuotaParts, quotaStage } from './quota-stage.js';
