export type {
  AttemptAbandoned,
  AttemptFailed,
  CallFailed,
  CallStarted,
  CallSucceeded,
  EventType,
  HoldfastEvent,
  HookFailed,
} from './events.js';
export { CallCounter, type FailedCall, type Rejections, type Stats } from './stats.js';
