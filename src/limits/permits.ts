import type { Priority } from '../pipeline/index.js';
import { type AdaptiveBounds, AdaptiveLimit, type LimitChange, type LimitReason } from './adaptive-limit.js';
import { DelaySignal } from './delay-signal.js';
import { QueueTimeouts } from './queue-timeouts.js';
import { type Linked, WaitingList } from './waiting-list.js';

/** Every priority, the highest first. */
export const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low'];

/** Grants in a row that may pass over a waiter of lower priority. The next one is that waiter's, so that none starves. */
const PASSED_OVER = 8;
/** Changes of an adaptive limit that are kept. */
const LONGEST_HISTORY = 100;

/** How many attempts may run at a time. */
export interface PermitSettings {
  readonly limit: number;
  /** How many attempts may wait. */
  readonly queue: number;
  /** The bounds of an adaptive limit; `false`: the limit is fixed. */
  readonly adaptive: AdaptiveBounds | false;
}

/** The right of one attempt to run. */
export interface Permit {
  /** A permit with a higher number was granted later. */
  readonly number: number;
}

/** An attempt that waits for a permit. */
export interface Waiter {
  readonly priority: Priority;
  /** Called once with the permit, unless the waiter has been removed or shed. */
  onGranted(permit: Permit): void;
  /** Called once if an attempt of higher priority takes the place in the queue. */
  onShed(): void;
}

/** A place in the queue. */
export interface Place extends Linked<Place> {
  readonly waiter: Waiter;
  isWaiting: boolean;
}

/** What is known of the permits of one key. */
export interface PermitsSnapshot {
  /** How many attempts may run at a time now. */
  readonly limit: number;
  readonly inUse: number;
  /** Permits of attempts that were given up and whose function has not ended. */
  readonly abandoned: number;
  readonly waiting: number;
  /** The bounds of an adaptive limit and why it changed last, if it has; `null` for a fixed limit. */
  readonly adaptive: (AdaptiveBounds & { readonly lastReason: LimitReason | null }) | null;
  /** The latest changes of an adaptive limit, the oldest first; at most 100. */
  readonly history: readonly LimitChange[];
}

/** The permits of one key. A permit is granted or refused, and given back, in constant time. */
export class Permits {
  #settings: PermitSettings;
  #adaptive: AdaptiveLimit | undefined;
  #granted = 0;
  #inUse = 0;
  #abandoned = 0;
  #waiting = 0;
  #passedOver = 0;
  readonly #queues: Readonly<Record<Priority, WaitingList<Place>>> = {
    high: new WaitingList(),
    normal: new WaitingList(),
    low: new WaitingList(),
  };
  readonly #history: LimitChange[] = [];
  /** Made with the first sample. */
  #delay: DelaySignal | undefined;

  /** Ends the waits of those that have no timer of their own. */
  readonly timeouts: QueueTimeouts = new QueueTimeouts();

  constructor(settings: PermitSettings) {
    this.#settings = settings;
    this.#adaptive = this.#makeAdaptive(settings.adaptive);
  }

  /** How many attempts may run at a time now. */
  get limit(): number {
    return this.#adaptive?.value ?? this.#settings.limit;
  }

  /** Whether an attempt would have to wait, and there is a place for it. */
  get isQueueing(): boolean {
    return (this.#waiting > 0 || this.#inUse >= this.limit) && this.#waiting < this.#settings.queue;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Permits of attempts that were given up and whose function has not ended. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** Applies other settings from now on. Attempts that wait keep their places, also beyond a shorter queue. */
  updateSettings(settings: PermitSettings, nowMs: number): void {
    this.#settings = settings;
    if (settings.adaptive === false || this.#adaptive === undefined) {
      this.#adaptive = this.#makeAdaptive(settings.adaptive);
    } else this.#adaptive.updateBounds(settings.adaptive, nowMs);
    this.#grantWaiting();
  }

  /** Returns a permit if one is free and no attempt is waiting for it. */
  tryAcquire(): Permit | undefined {
    if (this.#waiting > 0 || this.#inUse >= this.limit) return undefined;
    return this.#grant();
  }

  /**
   * Adds an attempt to the queue. In a full queue it takes the place of the latest waiter of the lowest priority, if that is
   * lower than its own.
   *
   * @returns `undefined` if there is no place.
   */
  enqueue(waiter: Waiter): Place | undefined {
    if (this.#waiting >= this.#settings.queue && !this.#shedBelow(waiter.priority)) return undefined;
    const place: Place = { waiter, previous: undefined, next: undefined, isWaiting: true };
    this.#queues[waiter.priority].add(place);
    this.#waiting += 1;
    return place;
  }

  /** Removes an attempt that no longer waits. Has no effect if it has been granted a permit or shed. */
  leave(place: Place): void {
    if (!place.isWaiting) return;
    this.#remove(place);
  }

  /** Ends the limit: every attempt that waits may run. */
  open(): void {
    this.#adaptive = undefined;
    this.#settings = { limit: Number.POSITIVE_INFINITY, queue: 0, adaptive: false };
    this.#grantWaiting();
  }

  /** Gives a permit back. */
  release(): void {
    this.#inUse -= 1;
    this.#grantWaiting();
  }

  /** Notes that the attempt of a permit was given up while its function runs on. */
  abandon(): void {
    this.#abandoned += 1;
  }

  /** Notes that the function of an abandoned attempt has ended. */
  recover(): void {
    this.#abandoned -= 1;
  }

  /**
   * Records that the provider served the attempt of a permit, which an adaptive limit may grow by.
   *
   * @param clock read at the end of a round.
   */
  recordSuccess(permit: Permit, clock: () => number): void {
    if (this.#adaptive?.countSuccess(permit.number) !== true) return;
    this.#adaptive.endRound(clock());
    this.#grantWaiting();
  }

  /** Records that the provider refused the attempt of a permit for its load, which cuts an adaptive limit. */
  recordRefusal(permit: Permit, nowMs: number): void {
    this.#adaptive?.recordRefusal(permit.number, this.#granted, this.#inUse, nowMs);
  }

  /** Records how long the provider took for a unit of work. */
  recordDelay(sample: number, nowMs: number): void {
    this.#delay ??= new DelaySignal();
    const verdict = this.#delay.record(sample, this.limit, nowMs);
    if (verdict !== undefined) this.#adaptive?.recordDelay(verdict, nowMs);
  }

  snapshot(): PermitsSnapshot {
    const { adaptive } = this.#settings;
    const lastReason = this.#history.at(-1)?.reason ?? null;
    return {
      limit: this.limit,
      inUse: this.#inUse,
      abandoned: this.#abandoned,
      waiting: this.#waiting,
      adaptive: adaptive === false ? null : { floor: adaptive.floor, ceiling: adaptive.ceiling, lastReason },
      history: [...this.#history],
    };
  }

  #makeAdaptive(bounds: AdaptiveBounds | false): AdaptiveLimit | undefined {
    if (bounds === false) return undefined;
    return new AdaptiveLimit(bounds, (change) => {
      this.#history.push(change);
      if (this.#history.length > LONGEST_HISTORY) this.#history.shift();
    });
  }

  #grant(): Permit {
    this.#granted += 1;
    this.#inUse += 1;
    if (this.#inUse >= this.limit) this.#adaptive?.recordFull();
    return { number: this.#granted };
  }

  #grantWaiting(): void {
    while (this.#waiting > 0 && this.#inUse < this.limit) {
      const place = this.#nextInTurn();
      if (place === undefined) return;
      this.#remove(place);
      place.waiter.onGranted(this.#grant());
    }
  }

  /** The waiter to serve next: of the highest priority, now and then of the lowest. */
  #nextInTurn(): Place | undefined {
    const { high, normal, low } = this.#queues;
    const first = high.first ?? normal.first ?? low.first;
    const last = low.first ?? normal.first ?? high.first;
    if (first?.waiter.priority === last?.waiter.priority) {
      this.#passedOver = 0;
      return first;
    }
    this.#passedOver += 1;
    if (this.#passedOver <= PASSED_OVER) return first;
    this.#passedOver = 0;
    return last;
  }

  #shedBelow(priority: Priority): boolean {
    for (const lower of ['low', 'normal'] as const) {
      if (lower === priority) return false;
      const place = this.#queues[lower].last;
      if (place === undefined) continue;
      this.#remove(place);
      place.waiter.onShed();
      return true;
    }
    return false;
  }

  #remove(place: Place): void {
    this.#queues[place.waiter.priority].remove(place);
    place.isWaiting = false;
    this.#waiting -= 1;
  }
}
