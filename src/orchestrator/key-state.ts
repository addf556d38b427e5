import {
  type BreakerClosed,
  BreakerCore,
  type BreakerListener,
  type BreakerOpened,
  type Refusal,
  type ResolvedBreakerSettings,
} from '../breaker/index.js';
import { QuotaHold } from '../limits/index.js';
import type { CallTarget, Lane, StageAttempt } from '../pipeline/index.js';
import { CallCounter } from '../telemetry/index.js';
import type { ResilienceContext } from './resilience-context.js';

/** The parts of the state of a key. */
export interface KeyStateInit {
  readonly context: ResilienceContext;
  readonly operation: string;
  readonly key: string | undefined;
  readonly breaker: ResolvedBreakerSettings | false;
}

/** The state of one (operation, key): its breaker, its quota, its numbers, and whether it is in use. */
export class KeyState implements Lane, BreakerListener {
  readonly operation: string;
  readonly key: string | undefined;
  readonly target: CallTarget | undefined = undefined;
  readonly counter: CallCounter = new CallCounter();
  readonly quota: QuotaHold = new QuotaHold();
  /** Calls in progress here, and attempts of other keys' calls. */
  inUse = 0;
  readonly #context: ResilienceContext;
  #breaker: BreakerCore | undefined;
  #lastUsedMs = 0;

  constructor({ context, operation, key, breaker }: KeyStateInit) {
    this.#context = context;
    this.operation = operation;
    this.key = key;
    this.updateSettings(breaker);
  }

  /** `undefined` while it is disabled. */
  get breaker(): BreakerCore | undefined {
    return this.#breaker;
  }

  /** The operation's name, with the key if there is one. */
  get name(): string {
    return this.key === undefined ? this.operation : `${this.operation}/${this.key}`;
  }

  /** Replaces the settings. An existing breaker keeps its state; disabling it discards the state. */
  updateSettings(settings: ResolvedBreakerSettings | false): void {
    if (settings === false) {
      this.#breaker?.shutdown();
      this.#breaker = undefined;
    } else if (this.#breaker === undefined) {
      this.#breaker = new BreakerCore({ name: this.name, settings, random: this.#context.random, listener: this });
    } else this.#breaker.updateSettings(settings);
  }

  /** Records that it was used. */
  touch(nowMs: number): void {
    this.#lastUsedMs = nowMs;
  }

  enter(): void {
    this.inUse += 1;
  }

  leave(nowMs: number): void {
    this.inUse -= 1;
    this.touch(nowMs);
  }

  /**
   * True if it may be removed, to be created again when needed: unused for long, no call in progress, neither open nor on
   * hold. It may be half-open: otherwise a key that failed and is never used again would be kept forever.
   */
  isForgettable(nowMs: number, idleMs: number): boolean {
    if (this.inUse > 0 || nowMs - this.#lastUsedMs < idleMs || this.quota.remainingMs(nowMs) > 0) return false;
    // The state of the breaker itself: in mode `forced_open` it is closed and has nothing to keep.
    return this.breaker?.snapshot().state !== 'open';
  }

  breakerOpened(cause: BreakerOpened['cause'], waitMs: number | undefined, attempt?: StageAttempt): void {
    this.counter.breakerMoved('opens');
    this.#context.reporter.breakerOpened(this, this.name, cause, waitMs, attempt);
  }

  breakerHalfOpened(): void {
    this.counter.breakerMoved('halfOpens');
    this.#context.reporter.breakerHalfOpened(this, this.name);
  }

  breakerClosed(cause: BreakerClosed['cause'], attempt?: StageAttempt): void {
    this.counter.breakerMoved('closes');
    this.#context.reporter.breakerClosed(this, this.name, cause, attempt);
  }

  breakerRejected(refusal: Refusal, enforced: boolean, attempt?: StageAttempt): void {
    this.#context.reporter.breakerRejected(this, this.name, refusal, enforced, attempt);
  }
}

/** Returns the state of the key that an attempt runs with. */
export function getKeyState({ lane }: StageAttempt): KeyState {
  if (lane instanceof KeyState) return lane;
  throw new TypeError(`an attempt of '${lane.operation}' runs in a lane without state`);
}
