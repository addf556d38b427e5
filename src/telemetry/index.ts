export {
  type AttemptAbandoned,
  type AttemptFailed,
  type CallFailed,
  type CallStarted,
  type CallSucceeded,
  type CapacityRejected,
  EVENT_TYPES,
  type EventType,
  type HedgeEnded,
  type HedgeSent,
  type HoldfastEvent,
  type HookFailed,
  type QuotaHeld,
  type QuotaReleased,
  type RetryDoubled,
  type RetryRefused,
  type RetryScheduled,
  type TargetMoved,
} from './events.js';
export { EventReporter } from './reporter.js';
export { CallCounter, type Rejections, type Stats } from './stats.js';
