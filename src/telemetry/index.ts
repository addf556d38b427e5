export {
  type AttemptAbandoned,
  type AttemptFailed,
  type CacheHit,
  type CallFailed,
  type CallStarted,
  type CallSucceeded,
  type CapacityRejected,
  EVENT_TYPES,
  type EventType,
  type FallbackFailed,
  type FallbackUsed,
  type HoldfastEvent,
  type HookFailed,
  type QuotaHeld,
  type QuotaReleased,
  type RetryDoubled,
  type RetryRefused,
  type RetryScheduled,
} from './events.js';
export { EventReporter } from './reporter.js';
export { CallCounter, type Rejections, type Stats } from './stats.js';
