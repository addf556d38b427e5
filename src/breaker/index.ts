export { type BreakerState, CircuitBreaker } from './breaker.js';
export type {
  BreakerClosed,
  BreakerEvent,
  BreakerHalfOpened,
  BreakerOpened,
  BreakerRejected,
} from './events.js';
export { BreakerParts } from './parts.js';
export {
  type BreakerMode,
  type BreakerSettings,
  type ResolvedBreakerSettings,
  resolveBreakerSettings,
  type TripOptions,
} from './settings.js';
export type { BreakerSnapshot } from './snapshot.js';
export { breakerStage } from './stage.js';
export type { BreakerStats } from './stats.js';
