import type { CallTarget, FailureKind, Lane, Run } from '../pipeline/index.js';

/**
 * Which of the available targets a call goes to first. `listed`: the first in the list. `weighted`: at random, in proportion
 * to their weights. `least_busy`: the one with the fewest attempts in progress for its weight. `fastest`: the one that
 * usually answers first; those that are almost as fast share the calls.
 */
export type TargetOrder = 'listed' | 'weighted' | 'least_busy' | 'fastest';

/** Every order. */
export const TARGET_ORDERS: readonly TargetOrder[] = ['listed', 'weighted', 'least_busy', 'fastest'];

/**
 * What a call does while every target is unavailable. `wait`: waits for the soonest. `try_soonest`: calls the soonest at
 * once, whatever its breaker and its quota say. `fail`: fails at once.
 */
export type WhenNoneAvailable = 'wait' | 'try_soonest' | 'fail';

/** Every answer to a list without an available target. */
export const WHEN_NONE_AVAILABLE: readonly WhenNoneAvailable[] = ['wait', 'try_soonest', 'fail'];

/** Why an attempt cannot run in a lane now. */
export type Unavailable = 'breaker_open' | 'quota_held';

/** A lane of a target: the target itself, or one of its keys. */
export interface TargetLane {
  readonly lane: Lane;
  readonly target: CallTarget;
  /** The stages of the target. */
  readonly run: Run;
  /** The same, though its breaker is open or its quota on hold: both only observe. */
  readonly runAnyway: Run;
  /** How many attempts are in progress here. */
  readonly inUse: number;
  /** How long an attempt that succeeds usually takes, in milliseconds; `undefined` while unknown. */
  readonly typicalMs: number | undefined;
  /** Why it is unavailable; `undefined` while it is available. */
  readonly unavailable: Unavailable | undefined;
  /** How long it stays unavailable at least, in milliseconds; 0 if that is not known. */
  readonly blockedForMs: number;
  /** Calls `wake` when its quota is released before its time. Returns the end of this. */
  onEarlyRelease(wake: () => void): () => void;
}

/** A target with its lanes, for one call. */
export interface TargetOfCall {
  readonly name: string;
  readonly weight: number;
  /** The kinds of failure after which it is used; `undefined`: it is used for any call. */
  readonly on: readonly FailureKind[] | undefined;
  /** Whether it may refuse calls, so that it has to be asked. */
  readonly isSelective: boolean;
  /** One, or one for each of its keys. */
  readonly lanes: readonly TargetLane[];
}
