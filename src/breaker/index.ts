export { CircuitBreaker } from './breaker.js';
export { BreakerCore, type BreakerState } from './breaker-core.js';
export type {
  BreakerClosed,
  BreakerHalfOpened,
  BreakerListener,
  BreakerOpened,
  BreakerRejected,
} from './events.js';
export type { Refusal } from './open-state.js';
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
