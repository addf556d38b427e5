import type { StallPhase } from '../errors/index.js';
import type { StreamLimits } from '../pipeline/index.js';
import { LONGEST_TIMER_MS, monotonicMs, startTimer, stopTimer, type Timer } from '../runtime/index.js';

/** Timers may fire that much early. */
const EARLY_MS = 1;

/** A limit that was reached. */
export interface Stall {
  readonly phase: StallPhase;
  readonly limitMs: number;
}

/**
 * The time limits of one stream. Has one timer, which is started again only when it fires too early: events merely write
 * down when they came. Time in which nothing is asked of the source is not its silence.
 */
export class Silence {
  readonly #limits: StreamLimits;
  readonly #startedAtMs: number;
  readonly #onStall: (stall: Stall) => void;
  /** Since when an event is awaited; `undefined` while none is. */
  #awaitedSinceMs: number | undefined;
  /** How long the source has been silent since its last content, before {@link #awaitedSinceMs}. */
  #silentMs = 0;
  #hasContent = false;
  #timer: Timer | undefined;
  #firesAtMs = Number.POSITIVE_INFINITY;

  constructor(limits: StreamLimits, startedAtMs: number, onStall: (stall: Stall) => void) {
    this.#limits = limits;
    this.#startedAtMs = startedAtMs;
    this.#onStall = onStall;
    this.#arm(startedAtMs);
  }

  /** An event is awaited from now on. */
  await(nowMs: number): void {
    this.#awaitedSinceMs = nowMs;
    if (this.#silenceEndsAtMs() < this.#firesAtMs) this.#arm(nowMs);
  }

  /** The awaited event has come. */
  received(nowMs: number, isContent: boolean): void {
    if (isContent) {
      this.#hasContent = true;
      this.#silentMs = 0;
    } else if (this.#awaitedSinceMs !== undefined) this.#silentMs += nowMs - this.#awaitedSinceMs;
    this.#awaitedSinceMs = undefined;
  }

  stop(): void {
    if (this.#timer !== undefined) stopTimer(this.#timer);
    this.#timer = undefined;
  }

  #arm(nowMs: number): void {
    this.stop();
    const endsAtMs = Math.min(this.#silenceEndsAtMs(), this.#totalEndsAtMs());
    this.#firesAtMs = endsAtMs === Number.POSITIVE_INFINITY ? endsAtMs : Math.min(endsAtMs, nowMs + LONGEST_TIMER_MS);
    if (this.#firesAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer = startTimer(Math.max(1, Math.ceil(this.#firesAtMs - nowMs)), () => this.#onTime(monotonicMs()));
  }

  #onTime(nowMs: number): void {
    this.#timer = undefined;
    const stall = this.#findStall(nowMs + EARLY_MS);
    if (stall === undefined) this.#arm(nowMs);
    else this.#onStall(stall);
  }

  #findStall(nowMs: number): Stall | undefined {
    const { firstContentMs, idleMs, totalMs } = this.#limits;
    if (this.#silenceEndsAtMs() <= nowMs) {
      if (!this.#hasContent && firstContentMs !== false) return { phase: 'first_content', limitMs: firstContentMs };
      if (this.#hasContent && idleMs !== false) return { phase: 'idle', limitMs: idleMs };
    }
    if (totalMs !== false && this.#totalEndsAtMs() <= nowMs) return { phase: 'total', limitMs: totalMs };
    return undefined;
  }

  #silenceEndsAtMs(): number {
    const limitMs = this.#hasContent ? this.#limits.idleMs : this.#limits.firstContentMs;
    if (limitMs === false || this.#awaitedSinceMs === undefined) return Number.POSITIVE_INFINITY;
    return this.#awaitedSinceMs + limitMs - this.#silentMs;
  }

  #totalEndsAtMs(): number {
    const { totalMs } = this.#limits;
    return totalMs === false ? Number.POSITIVE_INFINITY : this.#startedAtMs + totalMs;
  }
}
