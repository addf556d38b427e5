import type { BreakerRefusal } from '../errors/index.js';
import { monotonicMs, wallAt } from '../runtime/index.js';
import { OpossumTimer } from './opossum-timer.js';
import { type Lease, type TrialRules, Trials } from './trials.js';

/** Why a breaker that is not closed does not admit a call. */
export interface Refusal {
  readonly refusal: BreakerRefusal;
  /** When to try again; `undefined` if unknown. */
  readonly retryAfterMs: number | undefined;
}

/** How long an opening lasts. */
export interface OpenTimes {
  /** The whole duration, in milliseconds; `undefined` if the breaker is held open by hand. */
  readonly waitMs: number | undefined;
  /** How much of it has already passed, if it began in an earlier process. Default 0. */
  readonly passedMs?: number;
}

/** One open generation: from the opening, through half-open, to the closing or the next opening. */
export class OpenState {
  readonly waitMs: number | undefined;
  readonly #openedAtMs: number;
  readonly #untilMs: number | undefined;
  /** Present during a wait: a breaker that is held open by hand, or starts half-open, needs none. */
  #switch: OpossumTimer | undefined;
  #trials: Trials | undefined;
  #rules: TrialRules;
  readonly #onHalfOpen: () => void;

  /** Starts the wait. If none of it is left, the state is half-open at once, without an event. */
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

  /** The trials in progress; `undefined` until the breaker is half-open. */
  get trials(): Trials | undefined {
    return this.#trials;
  }

  /** Replaces the settings. A wait that has begun keeps its duration. */
  updateSettings(rules: TrialRules): void {
    this.#rules = rules;
    this.#trials?.updateSettings(rules);
  }

  /** Returns the lease of a trial, or why the call is refused. */
  admit(nowMs: number, leaseMs: number): Lease | Refusal {
    if (this.#trials === undefined) {
      if (this.#untilMs === undefined) return { refusal: 'held_open', retryAfterMs: undefined };
      const retryAfterMs = this.#untilMs - nowMs;
      if (retryAfterMs > 0) return { refusal: 'open', retryAfterMs };
      // The wait is over, but a busy event loop has not run the timer yet.
      this.#halfOpenNow();
    }
    return this.#trials?.take(nowMs, leaseMs) ?? { refusal: 'trials_taken', retryAfterMs: undefined };
  }

  /** Counts a success as that of a trial, and ends the wait for the first one. Returns the count. */
  succeedAnyway(): number {
    return (this.#trials ?? this.#halfOpenNow()).succeed();
  }

  /** How much longer it admits no call, in milliseconds. */
  remainingMs(nowMs: number): number {
    if (this.#trials !== undefined) return 0;
    return this.#untilMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.#untilMs - nowMs);
  }

  /** Ends the generation and stops its timer. */
  end(): void {
    this.#switch?.discard();
    this.#switch = undefined;
  }

  #halfOpenNow(): Trials {
    this.end();
    return this.#halfOpen();
  }

  #halfOpen(): Trials {
    const trials = new Trials(this.#rules);
    this.#trials = trials;
    this.#onHalfOpen();
    return trials;
  }
}
