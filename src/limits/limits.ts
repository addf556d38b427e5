export {
  checkQuotaSettings,
  type QuotaRules,
  type QuotaSettings,
  quotaRules,
  readQuotaSettings,
} from './options.js';
export { type HoldCause, QuotaHold } from './quota-hold.js';
export { type QuotaListener, type QuotaParts, quotaStage } from './quota-stage.js';
