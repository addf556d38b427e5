import type { BreakerRefusal } from '../errors/index.js';
import { monotonicMs, wallAt } from '../runtime/index.js';
import { OpossumTimer } from './opossum-timer.js';
import { type Lease, type TrialRules, Trials } from './trials.js';

/** Why a breaker that is not closed does not admit a call. */
export interface Refusal {
  readonly refusal: BreakerRefusal;
  /** When to try again; `undefined` when that is not known. */
  readonly retryAfterMs: number | undefined;
}

/** How long an opening lasts. */
export interface OpenTimes {
  /** The whole of it, in milliseconds; `undefined` when it is held open by hand. */
  readonly waitMs: number | undefined;
  /** How much of it has passed already, where it began in an earlier process. Default 0. */
  readonly passedMs?: number;
}

/** One open generation: from the opening, through half-open, to the closing or the next opening. */
export class OpenState {
  readonly waitMs: number | undefined;
  readonly #openedAtMs: number;
  readonly #untilMs: number | undefined;
  /** There while a wait is running: a breaker held open by hand, or half-open from the start, needs none. */
  #switch: OpossumTimer | undefined;
  #trials: Trials | undefined;
  #rules: TrialRules;
  readonly #onHalfOpen: () => void;

  /** Starts. With nothing left of the wait it is half-open at once, without an event. */
  constructor({ waitMs, passedMs = 0 }: OpenTimes, rules: TrialRules, onHalfOpen: () => void) {
    this.waitMs = waitMs;
    this.#rules = rules;
    this.#onHalfOpen = onHalfOpen;
    this.#openedAtMs = monotonicMs() - passedMs;
    if (waitMs === undefined) return;
    this.#untilMs = this.#openedAtMs + waitMs;
    if (passedMs >= waitMs) {
      this.#trials = new Trials(rules);
      return;
    }
    this.#switch = new OpossumTimer(waitMs - passedMs, () => this.#halfOpen());
  }

  get state(): 'open' | 'half_open' {
    return this.#trials === undefined ? 'open' : 'half_open';
  }

  /** When it began, in milliseconds since 1970. */
  get openedAt(): number {
    return wallAt(this.#openedAtMs);
  }

  /** The trials under way, from the half-open on. */
  get trials(): Trials | undefined {
    return this.#trials;
  }

  /** Applies other settings from now on. How long it waits was decided when it began. */
  updateSettings(rules: TrialRules): void {
    this.#rules = rules;
    this.#trials?.updateSettings(rules);
  }

  /** Returns the place of a trial, or why there is none. */
  admit(nowMs: number, leaseMs: number): Lease | Refusal {
    if (this.#trials === undefined) {
      if (this.#untilMs === undefined) return { refusal: 'held_open', retryAfterMs: undefined };
      const retryAfterMs = this.#untilMs - nowMs;
      if (retryAfterMs > 0) return { refusal: 'open', retryAfterMs };
      // The wait is over, and a busy event loop has not come to the timer yet.
      this.end();
      this.#halfOpen();
    }
    return this.#trials?.take(nowMs, leaseMs) ?? { refusal: 'trials_taken', retryAfterMs: undefined };
  }

  /** For how long it still admits no call, in milliseconds. */
  remainingMs(nowMs: number): number {
    if (this.#trials !== undefined) return 0;
    return this.#untilMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.#untilMs - nowMs);
  }

  /** Ends it: no timer is left. */
  end(): void {
    this.#switch?.discard();
    this.#switch = undefined;
  }

  #halfOpen(): void {
    this.#trials = new Trials(this.#rules);
    this.#onHalfOpen();
  }
}
