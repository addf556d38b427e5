import { monotonicMs } from '../runtime/index.js';
import type { ResolvedTripSettings } from './settings.js';
import { findTripCause, isSlow, type TripCause, usesRates } from './trip.js';
import { SlidingWindow } from './window.js';

/** The start of a call that was not timed. */
export const UNTIMED = -1;

/** One closed generation: its counts, and the decision to open. */
export class ClosedState {
  readonly state = 'closed';
  #rules: ResolvedTripSettings;
  #timesCalls: boolean;
  #consecutiveFailures: number;
  #window: SlidingWindow | undefined;

  constructor(rules: ResolvedTripSettings, consecutiveFailures = 0) {
    this.#rules = rules;
    this.#timesCalls = usesRates(rules);
    this.#consecutiveFailures = consecutiveFailures;
  }

  /** Replaces the settings and keeps the counts; a window of another length starts empty. */
  updateSettings(rules: ResolvedTripSettings): void {
    if (rules.windowMs !== this.#rules.windowMs) this.#window = undefined;
    this.#rules = rules;
    this.#timesCalls = usesRates(rules);
  }

  get consecutiveFailures(): number {
    return this.#consecutiveFailures;
  }

  /** The time by the monotonic clock, or {@link UNTIMED} if no rule needs durations. */
  now(): number {
    return this.#timesCalls ? monotonicMs() : UNTIMED;
  }

  /** Counts one outcome; returns the rule that opens the breaker now, if one does. */
  count(failed: boolean, startedAtMs: number): TripCause | undefined {
    this.#consecutiveFailures = failed ? this.#consecutiveFailures + 1 : 0;
    if (!this.#timesCalls) return findTripCause(this.#rules, this.#consecutiveFailures, undefined);
    const nowMs = monotonicMs();
    this.#window ??= new SlidingWindow(this.#rules.windowMs);
    // The duration of a call that began before any rule needed durations is unknown.
    const slow = startedAtMs !== UNTIMED && isSlow(this.#rules, nowMs - startedAtMs);
    const totals = this.#window.record(nowMs, failed, slow);
    return findTripCause(this.#rules, this.#consecutiveFailures, totals);
  }
}
