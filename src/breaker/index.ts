export { type BreakerState, CircuitBreaker } from './breaker.js';
export type {
  BreakerClosed,
  BreakerEvent,
  BreakerHalfOpened,
  BreakerOpened,
  BreakerRejected,
} from './events.js';
export {
  type BreakerMode,
  type BreakerSettings,
  DURATION,
  type ResolvedBreakerSettings,
  resolveBreakerSettings,
  type TripOptions,
} from './options.js';
export { BreakerParts } from './parts.js';
export type { BreakerSnapshot } from './snapshot.js';
export { breakerStage } from './stage.js';
export type { BreakerStats } from './stats.js';
