import {
  type BreakerClosed,
  BreakerCore,
  type BreakerListener,
  type BreakerOpened,
  type Refusal,
  type ResolvedBreakerSettings,
} from '../breaker/index.js';
import { type HedgeSnapshot, Hedges, type ResolvedHedgeSettings } from '../hedge/index.js';
import {
  Pacer,
  Permits,
  QuotaHold,
  type ResolvedConcurrencySettings,
  type ResolvedPacingSettings,
  type ResolvedQuotaSettings,
} from '../limits/index.js';
import type { CallTarget, Lane, StageAttempt } from '../pipeline/index.js';
import { monotonicMs } from '../runtime/index.js';
import { CallCounter } from '../telemetry/index.js';
import type { ResilienceContext } from './resilience-context.js';

/** The parts of the state of a key. */
export interface KeyStateInit {
  readonly context: ResilienceContext;
  readonly operation: string;
  readonly key: string | undefined;
  readonly settings: KeySettings;
  /** Counts its calls and attempts. Default: one of its own. */
  readonly counter?: CallCounter;
  /** The target whose attempts run here. */
  readonly target?: CallTarget;
  /** The state whose breaker admits attempts here as well: a target has one breaker for all of its keys. */
  readonly breakerOf?: KeyState;
}

/** The settings that all calls of a key share. */
export interface KeySettings {
  /** Default `false`. */
  readonly hedge?: ResolvedHedgeSettings | false;
  /** Default: with holds. */
  readonly quota?: ResolvedQuotaSettings | false;
  readonly breaker: ResolvedBreakerSettings | false;
  readonly pacing: ResolvedPacingSettings | false;
  readonly concurrency: ResolvedConcurrencySettings | false;
}

/** The state of one (operation, key): its breaker, its quota, its numbers, and whether it is in use. */
export class KeyState implements Lane, BreakerListener {
  readonly operation: string;
  readonly key: string | undefined;
  target: CallTarget | undefined;
  readonly counter: CallCounter;
  readonly quota: QuotaHold = new QuotaHold(() => this.#pacer?.applyHold(monotonicMs()));
  /** Calls in progress here, and attempts of other keys' calls. */
  inUse = 0;
  /** Attempts among those in use that have ended: their calls go on, here or with another target. */
  #resting = 0;
  /** Whether it was removed, so that the next call has another one. */
  isForgotten = false;
  readonly #context: ResilienceContext;
  #breakerOf: KeyState | undefined;
  /** The attempts among those in use: the state with the breaker counts them as well. */
  #entered = 0;
  #settings: KeySettings | undefined;
  #breaker: BreakerCore | undefined;
  #pacer: Pacer | undefined;
  /** Created when first needed: a call may hedge even if its operation does not. */
  #hedges: Hedges | undefined;
  #hedge: ResolvedHedgeSettings | false = false;
  /** Kept while concurrency is not limited, since attempts that run may hold its permits. */
  #permits: Permits | undefined;
  #isLimited = false;
  #lastUsedMs = 0;

  constructor({ context, operation, key, settings, counter, target, breakerOf }: KeyStateInit) {
    this.#context = context;
    this.operation = operation;
    this.key = key;
    this.counter = counter ?? new CallCounter();
    this.target = target;
    this.#breakerOf = breakerOf;
    this.updateSettings(settings);
  }

  /** Its own breaker; `undefined` while it is disabled, and for a key of a target. */
  get breaker(): BreakerCore | undefined {
    return this.#breaker;
  }

  /** The breaker that admits attempts here: its own, or that of the target. */
  get admittingBreaker(): BreakerCore | undefined {
    return this.#breakerOf === undefined ? this.#breaker : this.#breakerOf.breaker;
  }

  /** Whether holds of its quota delay attempts. */
  get holdsQuota(): boolean {
    return this.#settings?.quota !== false;
  }

  /** `undefined` while requests and tokens are not paced. */
  get pacer(): Pacer | undefined {
    return this.#pacer;
  }

  get hedges(): Hedges {
    this.#hedges ??= new Hedges();
    return this.#hedges;
  }

  /** The numbers of its hedges; `undefined` while there are none by its settings. */
  hedgeSnapshot(): HedgeSnapshot | undefined {
    return this.#hedge === false ? undefined : this.hedges.snapshot(this.#hedge);
  }

  /** Resets the numbers, and keeps the breaker and what hedges have learned. */
  resetNumbers(): void {
    this.counter.reset();
    this.#hedges?.resetCounts();
  }

  /** `undefined` while concurrency is not limited. */
  get permits(): Permits | undefined {
    return this.#isLimited ? this.#permits : undefined;
  }

  /** The operation's name, with the key if there is one. */
  get name(): string {
    return this.key === undefined ? this.operation : `${this.operation}/${this.key}`;
  }

  /** Whether these are the settings that it has. */
  has(settings: KeySettings): boolean {
    return settings === this.#settings;
  }

  /** Replaces the settings. An existing breaker keeps its state; disabling it discards the state. */
  updateSettings(settings: KeySettings): void {
    if (settings === this.#settings) return;
    this.#settings = settings;
    this.#hedge = settings.hedge ?? false;
    this.#updateBreaker(settings.breaker);
    this.#updatePacer(settings.pacing);
    this.#updatePermits(settings.concurrency);
  }

  /** Makes it the state of a target, or of one of its keys; it keeps what it holds. */
  becomeTarget(target: CallTarget, breakerOf: KeyState | undefined): void {
    this.target = target;
    if (breakerOf === this.#breakerOf) return;
    if (this.#breakerOf !== undefined) this.#breakerOf.#add(-this.#entered, -this.#resting);
    if (breakerOf !== undefined) breakerOf.#add(this.#entered, this.#resting);
    this.#breakerOf = breakerOf;
    if (this.#settings !== undefined) this.#updateBreaker(this.#settings.breaker);
  }

  /** Calls and attempts in progress. */
  get inProgress(): number {
    return this.inUse - this.#resting;
  }

  /** Rates that are switched off are forgotten: attempts that run give back what they took to no effect. */
  #updatePacer(settings: ResolvedPacingSettings | false): void {
    const nowMs = monotonicMs();
    if (settings === false) {
      this.#pacer?.open();
      this.#pacer = undefined;
    } else if (this.#pacer === undefined) {
      this.#pacer = new Pacer(settings, (atMs) => this.quota.remainingMs(atMs), nowMs);
    } else this.#pacer.updateSettings(settings, nowMs);
  }

  #updatePermits(settings: ResolvedConcurrencySettings | false): void {
    this.#isLimited = settings !== false;
    if (settings === false) this.#permits?.open();
    else if (this.#permits === undefined) this.#permits = new Permits(settings);
    else this.#permits.updateSettings(settings, monotonicMs());
  }

  #updateBreaker(settings: ResolvedBreakerSettings | false): void {
    if (settings === false || this.#breakerOf !== undefined) {
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
    this.#entered += 1;
    this.#breakerOf?.enter();
  }

  rest(): void {
    this.#resting += 1;
    this.#breakerOf?.rest();
  }

  leave(nowMs: number): void {
    this.inUse -= 1;
    this.#resting -= 1;
    this.#entered -= 1;
    this.touch(nowMs);
    this.#breakerOf?.leave(nowMs);
  }

  #add(entered: number, resting: number): void {
    this.inUse += entered;
    this.#entered += entered;
    this.#resting += resting;
  }

  /**
   * True if it may be removed, to be created again when needed: unused for long, no call in progress, neither open nor on
   * hold, no tokens owed. It may be half-open: otherwise a key that
   * failed and is never used again would be kept forever.
   */
  isForgettable(nowMs: number, idleMs: number): boolean {
    // A function that was given up may still run and hold its permit.
    const isUsed = this.inUse > 0 || (this.#permits?.inUse ?? 0) > 0;
    if (isUsed || nowMs - this.#lastUsedMs < idleMs || this.quota.remainingMs(nowMs) > 0) return false;
    if (this.#pacer !== undefined && !this.#pacer.isAtRest(nowMs)) return false;
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
