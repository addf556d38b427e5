/**
 * The circuit breaker alone, without the rest of holdfast.
 *
 * @packageDocumentation
 */

export type { Admission, BreakerOutcome } from '../breaker/admission.js';
export { CircuitBreaker } from '../breaker/breaker.js';
export type { BreakerState } from '../breaker/breaker-core.js';
export type {
  BreakerClosed,
  BreakerEvent,
  BreakerHalfOpened,
  BreakerHookFailed,
  BreakerOpened,
  BreakerRejected,
} from '../breaker/events.js';
export type { BreakerMode, BreakerOptions, BreakerSettings, TripOptions } from '../breaker/settings.js';
export type { BreakerSnapshot } from '../breaker/snapshot.js';
export type { BreakerStats } from '../breaker/stats.js';
export type { TripCause } from '../breaker/trip.js';
export {
  BreakerOpenError,
  type BreakerRefusal,
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
  ResilienceClosedError,
} from '../errors/index.js';
