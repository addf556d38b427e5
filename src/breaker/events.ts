import type { BreakerRefusal } from '../errors/index.js';
import type { TripCause } from './trip.js';

interface Base {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** The breaker's name. */
  readonly breaker: string;
}

/** The breaker opened, or opened anew after a failed trial. */
export interface BreakerOpened extends Base {
  readonly type: 'breaker.opened';
  readonly cause: TripCause | 'trial_failed' | 'manual' | 'isolated';
  /** How long until the first trial, in milliseconds; `undefined` when it is held open by hand. */
  readonly waitMs: number | undefined;
}

/** The wait is over: trials may pass. */
export interface BreakerHalfOpened extends Base {
  readonly type: 'breaker.half_opened';
}

/** Calls pass again. */
export interface BreakerClosed extends Base {
  readonly type: 'breaker.closed';
  readonly cause: 'recovered' | 'manual' | 'reset';
}

/** A call was refused; in mode `observe` it would have been (`enforced` is false). */
export interface BreakerRejected extends Base {
  readonly type: 'breaker.rejected';
  readonly refusal: BreakerRefusal;
  readonly retryAfterMs: number | undefined;
  readonly enforced: boolean;
}

/** A function of the user's that holdfast calls threw. The call it concerned was not harmed. */
export interface BreakerHookFailed extends Base {
  readonly type: 'hook.failed';
  readonly hook: 'listener' | 'isFailure';
  readonly error: unknown;
}

/** Everything a breaker tells. */
export type BreakerEvent = BreakerOpened | BreakerHalfOpened | BreakerClosed | BreakerRejected | BreakerHookFailed;

/** The types of everything a breaker tells. */
export const BREAKER_EVENTS: readonly BreakerEvent['type'][] = [
  'breaker.opened',
  'breaker.half_opened',
  'breaker.closed',
  'breaker.rejected',
  'hook.failed',
];
