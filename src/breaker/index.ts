/**
 * The circuit breaker alone, for those who need nothing else of holdfast.
 *
 * @packageDocumentation
 */
export {
  BreakerOpenError,
  type BreakerRefusal,
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
  ResilienceClosedError,
} from '../errors/errors.js';
export type { Admission, BreakerOutcome } from './admission.js';
export { type BreakerState, CircuitBreaker } from './circuit-breaker.js';
export type {
  BreakerClosed,
  BreakerEvent,
  BreakerHalfOpened,
  BreakerHookFailed,
  BreakerOpened,
  BreakerRejected,
} from './events.js';
export type { BreakerMode, BreakerOptions, BreakerSettings, TripOptions } from './options.js';
export type { BreakerSnapshot } from './snapshot.js';
export type { BreakerStats } from './stats.js';
export type { TripCause } from './trip.js';
