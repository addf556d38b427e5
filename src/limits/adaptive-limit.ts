import type { DelayVerdict } from './delay-signal.js';

/** Where an adaptive limit starts, unless its bounds say otherwise. */
const START = 4;
/** The share by which a round grows the limit where a refusal is near, at least one permit. */
const NEAR_SHARE = 0.04;
/** The share by which a round grows the limit until the first cut, and again far above the limit of the last cut. */
const FAR_SHARE = 0.5;
/** Above this multiple of the limit that was refused last, the provider has more room than it had: each round grows more. */
const BEYOND = 1.1;
/** How much more. */
const SPEED_UP = 4;
/** What a cut leaves of the limit, or of the calls that were running at the refusal if those were fewer. */
const CUT = 0.85;

/** What a slow window leaves of the limit, and a severely slow one. */
const SLOW_CUT = 0.9;
const SEVERE_CUT = 0.8;

/** What an adaptive limit is made of. */
export interface AdaptiveBounds {
  /** The limit never shrinks below. */
  readonly floor: number;
  /** The limit never grows beyond. */
  readonly ceiling: number;
}

/** Why an adaptive limit changed. */
export type LimitReason = 'grown' | 'refused' | 'slowed' | 'bounds';

/** One value of the limit, and why it was chosen. */
export interface LimitChange {
  readonly limit: number;
  readonly reason: LimitReason;
  /** By the monotonic clock. */
  readonly atMs: number;
}

/**
 * A concurrency limit that follows the refusals of the provider. A refusal cuts it, at most once for all calls that were in
 * flight together: the others were sent before the cut and say nothing about the new limit. It grows after each round in
 * which no call was refused and the limit was reached; until the first cut it grows quickly.
 */
export class AdaptiveLimit {
  #bounds: AdaptiveBounds;
  #limit: number;
  #share = FAR_SHARE;
  /** The limit at the last cut. */
  #refusedAt = 0;
  /** Calls with a number up to this one were sent before the last cut. */
  #lastBeforeCut = 0;
  #successes = 0;
  #wasFull = false;
  /** Set while the provider is slower than it can be. */
  #isSlow = false;
  readonly #onChange: (change: LimitChange) => void;

  constructor(bounds: AdaptiveBounds, onChange: (change: LimitChange) => void) {
    this.#bounds = bounds;
    this.#limit = clamp(START, bounds);
    this.#onChange = onChange;
  }

  /** The limit, a whole number from 1. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  updateBounds(bounds: AdaptiveBounds, nowMs: number): void {
    this.#bounds = bounds;
    this.#set(this.#limit, 'bounds', nowMs);
  }

  /** Notes that every permit is in use: only then does success say that there is room for more. */
  recordFull(): void {
    this.#wasFull = true;
  }

  /**
   * Counts a call that the provider served. Returns whether it completes a round, which {@link endRound} must end then.
   *
   * @param call its number among all calls: a call with a higher number was sent later.
   */
  countSuccess(call: number): boolean {
    // Sent under the limit before the cut: its success says nothing about the present one.
    if (call <= this.#lastBeforeCut) return false;
    this.#successes += 1;
    return this.#successes >= this.value;
  }

  /** Ends a round in which no call was refused. */
  endRound(nowMs: number): void {
    if (this.#wasFull && !this.#isSlow) {
      if (this.#limit > this.#refusedAt * BEYOND) this.#share = Math.min(FAR_SHARE, this.#share * SPEED_UP);
      this.#set(this.#limit + Math.max(1, this.#limit * this.#share), 'grown', nowMs);
    }
    this.#beginRound();
  }

  /**
   * Records a call that the provider refused for its load.
   *
   * @param call its number, as in {@link countSuccess}.
   * @param lastCall the number of the call that was sent last.
   */
  recordRefusal(call: number, lastCall: number, inFlight: number, nowMs: number): void {
    this.#beginRound();
    if (call <= this.#lastBeforeCut) return;
    this.#lastBeforeCut = lastCall;
    this.#share = NEAR_SHARE;
    this.#refusedAt = Math.min(this.#limit, inFlight);
    this.#set(this.#refusedAt * CUT, 'refused', nowMs);
  }

  /** Records how a window of calls compares with the quickest ones. */
  recordDelay(verdict: DelayVerdict, nowMs: number): void {
    this.#isSlow = verdict !== 'room';
    if (!this.#isSlow) return;
    this.#share = NEAR_SHARE;
    this.#refusedAt = this.#limit;
    this.#set(this.#limit * (verdict === 'severe' ? SEVERE_CUT : SLOW_CUT), 'slowed', nowMs);
    this.#beginRound();
  }

  #beginRound(): void {
    this.#successes = 0;
    this.#wasFull = false;
  }

  #set(limit: number, reason: LimitReason, atMs: number): void {
    const before = this.value;
    this.#limit = clamp(limit, this.#bounds);
    if (this.value !== before) this.#onChange({ limit: this.value, reason, atMs });
  }
}

function clamp(limit: number, { floor, ceiling }: AdaptiveBounds): number {
  return Math.min(Math.max(limit, floor), ceiling);
}
