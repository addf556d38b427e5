import { monotonicMs } from '../runtime/runtime.js';
import type { TripRules } from './options.js';
import { isSlow, looksAtRates, type TripCause, tripCause } from './trip.js';
import { SlidingWindow } from './window.js';

/** One closed era: what it has seen since it began, and when that is too much. A new era knows nothing of the last. */
export class Closed {
  readonly state = 'closed';
  readonly #rules: TripRules;
  readonly #timesCalls: boolean;
  #consecutiveFailures: number;
  #window: SlidingWindow | undefined;

  constructor(rules: TripRules, consecutiveFailures = 0) {
    this.#rules = rules;
    this.#timesCalls = looksAtRates(rules);
    this.#consecutiveFailures = consecutiveFailures;
  }

  get consecutiveFailures(): number {
    return this.#consecutiveFailures;
  }

  /** The time by the monotonic clock, or 0 when no rule asks how long calls take. */
  now(): number {
    return this.#timesCalls ? monotonicMs() : 0;
  }

  /** Counts one outcome; tells which rule, if any, says to open now. */
  count(failed: boolean, startedAtMs: number): TripCause | undefined {
    this.#consecutiveFailures = failed ? this.#consecutiveFailures + 1 : 0;
    if (!this.#timesCalls) return tripCause(this.#rules, this.#consecutiveFailures, undefined);
    const nowMs = monotonicMs();
    this.#window ??= new SlidingWindow(this.#rules.windowMs);
    const totals = this.#window.record(nowMs, failed, isSlow(this.#rules, nowMs - startedAtMs));
    return tripCause(this.#rules, this.#consecutiveFailures, totals);
  }
}
