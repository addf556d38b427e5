import type { BreakerRefusal } from '../errors/errors.js';
import { monotonicMs } from '../runtime/runtime.js';
import { Switch } from './switch.js';
import { type Lease, type TrialRules, Trials } from './trials.js';

/** The answer of a breaker that is not closed to a call that it does not admit. */
export interface Refusal {
  readonly refusal: BreakerRefusal;
  /** When to come again, as far as it can tell. */
  readonly retryAfterMs: number | undefined;
}

/** How long an opening lasts; `waitMs` is `undefined` when only a person ends it. */
export interface OpeningTimes {
  /** When it began, in milliseconds since 1970. */
  readonly openedAt: number;
  readonly waitMs: number | undefined;
  /** How much of the wait is left, where it began in an earlier process. */
  readonly leftMs?: number;
}

/** One open era: from the opening, through the half-open, to the closing or to the next opening. */
export class Opening {
  readonly openedAt: number;
  readonly waitMs: number | undefined;
  readonly #untilMs: number | undefined;
  readonly #switch: Switch;
  #trials: Trials | undefined;

  /** Begins. Nothing left of the wait means half-open at once, without telling. */
  constructor({ openedAt, waitMs, leftMs = waitMs }: OpeningTimes, rules: TrialRules, onHalfOpen: () => void) {
    this.openedAt = openedAt;
    this.waitMs = waitMs;
    if (leftMs === undefined) {
      this.#switch = Switch.held();
      return;
    }
    this.#untilMs = monotonicMs() + leftMs;
    if (leftMs > 0) {
      this.#switch = Switch.open(leftMs, () => {
        this.#trials = new Trials(rules);
        onHalfOpen();
      });
    } else {
      this.#switch = Switch.halfOpen();
      this.#trials = new Trials(rules);
    }
  }

  get state(): 'open' | 'half_open' {
    return this.#switch.state;
  }

  /** Gives the caller the place of a trial, or says why not. */
  admit(nowMs: number): Lease | Refusal {
    if (this.#untilMs === undefined) return { refusal: 'held_open', retryAfterMs: undefined };
    if (this.#trials === undefined) return { refusal: 'open', retryAfterMs: Math.max(0, this.#untilMs - nowMs) };
    return this.#trials.take(nowMs) ?? { refusal: 'trials_taken', retryAfterMs: this.#trials.freeInMs(nowMs) };
  }

  /** The trials under way, from the half-open on. */
  get trials(): Trials | undefined {
    return this.#trials;
  }

  /** Ends it: no timer is left. */
  end(): void {
    this.#switch.discard();
  }
}
