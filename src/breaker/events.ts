import type { BreakerRefusal } from '../errors/index.js';
import type { StageAttempt } from '../pipeline/index.js';
import { Emitter, type OfType, roundMs, wallMs } from '../runtime/index.js';
import type { Refusal } from './open-state.js';
import type { TripCause } from './trip.js';

interface Base {
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
  /** The breaker's name. */
  readonly breaker: string;
}

/** The breaker opened, or reopened after a failed trial. */
export interface BreakerOpened extends Base {
  readonly type: 'breaker.opened';
  readonly cause: TripCause | 'trial_failed' | 'manual' | 'isolated';
  /** How long until the first trial, in milliseconds; `undefined` when it is held open by hand. */
  readonly waitMs: number | undefined;
}

/** The wait is over: the breaker admits trials. */
export interface BreakerHalfOpened extends Base {
  readonly type: 'breaker.half_opened';
}

/** The breaker closed and admits all calls. */
export interface BreakerClosed extends Base {
  readonly type: 'breaker.closed';
  readonly cause: 'recovered' | 'manual' | 'reset';
}

/** A call was rejected; in mode `observe` it would have been (`enforced` is false). */
export interface BreakerRejected extends Base {
  readonly type: 'breaker.rejected';
  readonly refusal: BreakerRefusal;
  readonly retryAfterMs: number | undefined;
  readonly enforced: boolean;
}

/** A hook threw. Its call was not affected. */
export interface BreakerHookFailed extends Base {
  readonly type: 'hook.failed';
  readonly hook: 'listener' | 'isFailure' | 'random';
  readonly error: unknown;
}

/** Every event of a breaker. */
export type BreakerEvent = BreakerOpened | BreakerHalfOpened | BreakerClosed | BreakerRejected | BreakerHookFailed;

/** The types of all events of a breaker. */
export const BREAKER_EVENTS: readonly BreakerEvent['type'][] = [
  'breaker.opened',
  'breaker.half_opened',
  'breaker.closed',
  'breaker.rejected',
  'hook.failed',
];

/** Receives what a breaker does, with the attempt that caused it, if any. Its methods must not throw. */
export interface BreakerListener {
  breakerOpened(cause: BreakerOpened['cause'], waitMs: number | undefined, attempt?: StageAttempt): void;
  breakerHalfOpened(): void;
  breakerClosed(cause: BreakerClosed['cause'], attempt?: StageAttempt): void;
  breakerRejected(refusal: Refusal, enforced: boolean, attempt?: StageAttempt): void;
}

/** Emits the events of a standalone breaker. An event is built only if a listener wants it. */
export class BreakerEmitter implements BreakerListener {
  readonly #breaker: string;
  /** Created when the first listener subscribes. */
  #events: Emitter<BreakerEvent> | undefined;

  constructor(breaker: string) {
    this.#breaker = breaker;
  }

  on<T extends BreakerEvent['type'] | '*'>(type: T, listener: (event: OfType<BreakerEvent, T>) => void): () => void {
    this.#events ??= new Emitter<BreakerEvent>((error, event) => {
      // A listener of failed hooks that fails itself is not reported again.
      if (event.type !== 'hook.failed') this.hookFailed('listener', error);
    });
    return this.#events.on(type, listener);
  }

  breakerOpened(cause: BreakerOpened['cause'], waitMs: number | undefined): void {
    const rounded = waitMs === undefined ? undefined : roundMs(waitMs);
    this.#emit('breaker.opened', () => ({ type: 'breaker.opened', ...this.#base(), cause, waitMs: rounded }));
  }

  breakerHalfOpened(): void {
    this.#emit('breaker.half_opened', () => ({ type: 'breaker.half_opened', ...this.#base() }));
  }

  breakerClosed(cause: BreakerClosed['cause']): void {
    this.#emit('breaker.closed', () => ({ type: 'breaker.closed', ...this.#base(), cause }));
  }

  breakerRejected({ refusal, retryAfterMs }: Refusal, enforced: boolean): void {
    if (this.#events === undefined) return;
    const build = (): BreakerRejected => {
      const rounded = retryAfterMs === undefined ? undefined : roundMs(retryAfterMs);
      return { type: 'breaker.rejected', ...this.#base(), refusal, retryAfterMs: rounded, enforced };
    };
    this.#emit('breaker.rejected', build);
  }

  hookFailed(hook: BreakerHookFailed['hook'], error: unknown): void {
    this.#emit('hook.failed', () => ({ type: 'hook.failed', ...this.#base(), hook, error }));
  }

  /** Removes all listeners. */
  clear(): void {
    this.#events = undefined;
  }

  #base(): { at: number; breaker: string } {
    return { at: wallMs(), breaker: this.#breaker };
  }

  #emit(type: BreakerEvent['type'], build: () => BreakerEvent): void {
    if (this.#events?.wants(type) === true) this.#events.emit(build());
  }
}
