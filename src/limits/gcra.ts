/** How many units may be sent, and how evenly. */
export interface Rate {
  /** Above 0. */
  readonly perMinute: number;
  /** How much of a minute may be sent at once: units that were not sent are kept for this long. */
  readonly burstMs: number;
  /** How long the rate takes to grow to its full height after {@link Gcra.startRamp}; 0: none. */
  readonly rampMs: number;
}

const MINUTE_MS = 60_000;
/** The share of the rate, and of the burst, with which a ramp begins. */
const RAMP_SHARE = 0.25;
/** Less than this part of a unit is a rounding error. */
const ROUNDING = 1e-6;

/**
 * A generic cell rate algorithm in which time is a parameter: a number of units that grows evenly up to the burst,
 * and sinks with each request. More units than there are can be taken, which later requests wait for: the number is negative
 * then. It is a debt that a large request, or a request that used more than was estimated, leaves behind.
 *
 * No method may be called with an earlier time than the one before.
 */
export class Gcra {
  #rate: Rate;
  /** Units per millisecond. */
  #perMs = 0;
  /** The most units. */
  #burst = 0;
  #available: number;
  /** When {@link #available} was true. */
  #atMs: number;
  #rampFromMs = Number.NEGATIVE_INFINITY;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#atMs = nowMs;
    this.#measure(rate);
    this.#available = this.#burst;
  }

  get perMinute(): number {
    return this.#rate.perMinute;
  }

  /** Applies another rate from now on. What is available stays, up to the new burst. */
  updateRate(rate: Rate, nowMs: number): void {
    this.#advance(nowMs);
    this.#rate = rate;
    this.#measure(rate);
    this.#available = Math.min(this.#available, this.#mostAt(nowMs));
  }

  /** Starts with a part of the rate and of the burst, and grows from there. */
  startRamp(nowMs: number): void {
    if (this.#rate.rampMs === 0) return;
    this.#advance(nowMs);
    this.#rampFromMs = nowMs;
    this.#available = Math.min(this.#available, this.#mostAt(nowMs));
  }

  /** How many units may be sent at once; negative while in debt. */
  availableAt(nowMs: number): number {
    if (nowMs <= this.#atMs) return this.#available;
    if (this.#rampEndsAtMs <= this.#atMs) return this.#grow(this.#available, nowMs - this.#atMs);
    // In two steps, since the burst is smaller until the ramp ends. So it does not matter how often it is computed.
    const rampEndsAtMs = Math.min(this.#rampEndsAtMs, nowMs);
    const ramped = Math.min(this.#available + this.#gainAt(rampEndsAtMs), this.#burst * RAMP_SHARE);
    return nowMs <= rampEndsAtMs ? ramped : this.#grow(ramped, nowMs - rampEndsAtMs);
  }

  /**
   * How long until a request can be sent, in milliseconds; 0: now. It can be sent when all of its units are available, or as
   * many as there can be at once.
   *
   * @param ahead the units of the requests that are sent before.
   */
  computeWaitMs(units: number, nowMs: number, ahead = 0): number {
    const available = this.availableAt(nowMs) - ahead;
    const missing = Math.min(units, this.#mostAt(nowMs)) - available;
    if (missing <= ROUNDING) return 0;
    const waitMs = this.#computeGrowthMs(missing, nowMs);
    // The burst is larger after the ramp, and more of the request has to be there.
    const endsInRamp = nowMs + waitMs < this.#rampEndsAtMs;
    return endsInRamp ? waitMs : this.#computeGrowthMs(Math.min(units, this.#burst) - available, nowMs);
  }

  /** Takes units, also more than there are. */
  take(units: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#available -= units;
  }

  /** Gives units back, up to the burst. A negative number takes them. */
  giveBack(units: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#available = Math.min(this.#available + units, this.#mostAt(nowMs));
  }

  /** Takes what is available beyond this number. */
  limitTo(units: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#available = Math.min(this.#available, units);
  }

  get #rampEndsAtMs(): number {
    return this.#rampFromMs + this.#rate.rampMs;
  }

  #measure({ perMinute, burstMs }: Rate): void {
    this.#perMs = perMinute / MINUTE_MS;
    this.#burst = this.#perMs * burstMs;
  }

  #advance(nowMs: number): void {
    this.#available = this.availableAt(nowMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }

  #mostAt(nowMs: number): number {
    return nowMs < this.#rampEndsAtMs ? this.#burst * RAMP_SHARE : this.#burst;
  }

  /** What is available after a time at the whole rate. */
  #grow(available: number, forMs: number): number {
    return Math.min(available + this.#perMs * forMs, this.#burst);
  }

  /** The units of the ramp from {@link #atMs} until a time within it. */
  #gainAt(untilMs: number): number {
    return this.#rampedUnits(untilMs - this.#rampFromMs) - this.#rampedUnits(this.#atMs - this.#rampFromMs);
  }

  /** The units of the ramp until a time after its beginning: the area below a line that rises from a share to the rate. */
  #rampedUnits(sinceMs: number): number {
    return this.#perMs * sinceMs * (RAMP_SHARE + this.#slope * sinceMs);
  }

  /** Half of what the share grows by in a millisecond of the ramp. */
  get #slope(): number {
    return (1 - RAMP_SHARE) / (2 * this.#rate.rampMs);
  }

  /** How long it takes for this many units to come in. */
  #computeGrowthMs(units: number, nowMs: number): number {
    const leftMs = this.#rampEndsAtMs - nowMs;
    if (leftMs <= 0) return units / this.#perMs;
    const sinceMs = nowMs - this.#rampFromMs;
    const before = this.#rampedUnits(sinceMs);
    const ofRamp = this.#rampedUnits(this.#rate.rampMs) - before;
    if (units > ofRamp) return leftMs + (units - ofRamp) / this.#perMs;
    // The time at which the area below the line is as large: the positive root of slope * t * t + share * t - area.
    const area = (before + units) / this.#perMs;
    return (Math.sqrt(RAMP_SHARE ** 2 + 4 * this.#slope * area) - RAMP_SHARE) / (2 * this.#slope) - sinceMs;
  }
}
