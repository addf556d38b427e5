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
export { CallCounter, type Rejections, type Stats } from './stats.js';
