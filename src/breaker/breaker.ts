import { BreakerOpenError, Check, ConfigurationError, describe, ResilienceClosedError } from '../errors/errors.js';
import {
  type Audience,
  monotonicMs,
  type OfType,
  promiseOf,
  type Random,
  rejected,
  wallMs,
} from '../runtime/runtime.js';
import { Admission, type BreakerOutcome } from './admission.js';
import { Closed } from './closed.js';
import type { BreakerClosed, BreakerEvent, BreakerOpened } from './events.js';
import { Opening, type OpeningTimes, type Refusal } from './opening.js';
import { openingMs } from './opening-length.js';
import { type BreakerOptions, type BreakerRules, breakerRules, checkBreakerOptions } from './options.js';
import { type BreakerSnapshot, checkSnapshot, remainingMs } from './snapshot.js';
import { type BreakerCounts, type BreakerStats, zeroCounts } from './stats.js';
import { BreakerTeller } from './teller.js';
import { Lease } from './trials.js';
import { isSlow } from './trip.js';

/** Whether a breaker lets calls pass (`closed`), refuses them (`open`), or tries a few (`half_open`). */
export type BreakerState = 'closed' | 'open' | 'half_open';

/**
 * A circuit breaker: it stops calling what keeps failing, and finds out carefully when it is well again.
 *
 * Either give it the work, `breaker.execute(fn)`, or ask for admission and settle the outcome yourself. Every admission
 * belongs to the era that gave it, so a late answer from before an opening can neither close nor reopen the breaker.
 * An idle breaker has no timer; an open one has one, which does not keep the process alive.
 */
export class CircuitBreaker {
  /** Shown in errors and events. */
  readonly name: string;
  readonly #rules: BreakerRules;
  readonly #random: Random;
  readonly #isFailure: (error: unknown) => boolean;
  readonly #teller: BreakerTeller;
  /** Where it stands. Each era is a new object, so an admission from another one is known by identity. */
  #era: Closed | Opening;
  /** Openings in a row without a closing between. */
  #openings = 0;
  #counts: BreakerCounts = zeroCounts();
  #isShutDown = false;

  /**
   * @param audience hears what the breaker tells, beside the listeners of {@link on}; it must not throw.
   * @throws {ConfigurationError} naming every option that is not valid.
   */
  constructor(options: BreakerOptions = {}, audience?: Audience<BreakerEvent>) {
    const check = new Check();
    checkBreakerOptions(check, 'options', options);
    check.done();
    this.name = options.name ?? 'breaker';
    this.#rules = breakerRules(options);
    this.#random = options.random ?? Math.random;
    this.#isFailure = options.isFailure ?? always;
    this.#teller = new BreakerTeller(this.name, audience);
    this.#era = new Closed(this.#rules.trip);
  }

  /**
   * Makes a breaker that goes on where another one stopped. One that was open waits for the remainder of its opening.
   *
   * @throws {ConfigurationError} when the options or the snapshot are not valid.
   */
  static restore(snapshot: BreakerSnapshot, options: BreakerOptions = {}): CircuitBreaker {
    const check = new Check();
    checkSnapshot(check, snapshot);
    check.done();
    const breaker = new CircuitBreaker(options);
    breaker.#resume(snapshot);
    return breaker;
  }

  /** The state as it is enforced; in mode `observe`, as it would be. */
  get state(): BreakerState {
    switch (this.#rules.mode) {
      case 'forced_open':
        return 'open';
      case 'disabled':
        return 'closed';
      default:
        return this.#era.state;
    }
  }

  /**
   * Calls `fn` unless the breaker refuses, and passes on what it gives or throws.
   *
   * @throws {BreakerOpenError} (as a rejection) when refused; `fn` was not called.
   * @throws {ResilienceClosedError} (as a rejection) after {@link shutdown}.
   */
  execute<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    const admission = this.tryAdmit();
    if (admission instanceof Error) return rejected(admission);
    return new Promise<T>((resolve, reject) => {
      promiseOf(fn).then(
        (value) => {
          this.settle(admission, 'success');
          resolve(value);
        },
        (error: unknown) => {
          this.settle(admission, this.#judge(error));
          reject(error);
        },
      );
    });
  }

  /**
   * Asks leave to make one call, for those who run the work themselves. Settle every admission.
   *
   * @throws {BreakerOpenError} when refused.
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  admit(): Admission {
    const admission = this.tryAdmit();
    if (admission instanceof Error) throw admission;
    return admission;
  }

  /** Like {@link admit}, but gives a refusal as a value: nothing is thrown, which is most of what a refusal costs. */
  tryAdmit(): Admission | BreakerOpenError | ResilienceClosedError {
    if (this.#isShutDown) return new ResilienceClosedError(this.#title);
    const { mode } = this.#rules;
    if (mode === 'forced_open') return this.#refuse({ refusal: 'held_open', retryAfterMs: undefined });
    const era = this.#era;
    if (era instanceof Closed) return this.#admit(era.now());
    const nowMs = monotonicMs();
    if (mode === 'disabled') return this.#admit(nowMs);
    const answer = era.admit(nowMs);
    if (answer instanceof Lease) return this.#admit(nowMs, answer);
    if (mode === 'enforce') return this.#refuse(answer);
    this.#countRefusal(answer, false);
    return this.#admit(nowMs);
  }

  /**
   * Tells how an admitted call ended. Settling the same admission again does nothing.
   *
   * @param hint `retryAfterMs`: how long the callee asked to be left alone; it lengthens the opening that follows.
   * @throws {ConfigurationError} for an admission that another breaker gave.
   */
  settle(admission: Admission, outcome: BreakerOutcome, hint?: { readonly retryAfterMs?: number }): void {
    if (!(admission instanceof Admission) || admission.breaker !== this) throw this.#foreign(admission);
    if (admission.settled) return;
    admission.settled = true;
    this.#counts[COUNT_OF[outcome]] += 1;
    const era = this.#era;
    if (admission.era !== era || this.#isShutDown) this.#counts.stale += 1;
    else if (this.#rules.mode === 'disabled') return;
    else if (era instanceof Opening) this.#settleTrial(era, admission, outcome, hint?.retryAfterMs);
    else if (outcome !== 'ignored') {
      const cause = era.count(outcome === 'failure', admission.startedAtMs);
      if (cause !== undefined) this.#open(cause, hint?.retryAfterMs);
    }
  }

  /** Opens by hand for the time that an opening lasts. Does nothing while open. */
  open(): void {
    this.#assertRunning();
    if (this.#era.state !== 'open') this.#open('manual');
  }

  /** Opens by hand and stays so, whatever time passes, until {@link close} or {@link reset}. */
  isolate(): void {
    this.#assertRunning();
    this.#moveTo(this.#opening({ openedAt: wallMs(), waitMs: undefined }));
    this.#tellOpened('isolated', undefined);
  }

  /** Closes by hand, with a fresh window. Does nothing while closed. */
  close(): void {
    this.#assertRunning();
    if (this.#era instanceof Opening) this.#close('manual');
  }

  /** Closes by hand and forgets everything, the statistics too. */
  reset(): void {
    this.#assertRunning();
    if (this.#era instanceof Opening) this.#close('reset');
    else this.#moveTo(new Closed(this.#rules.trip));
    this.#counts = zeroCounts();
  }

  /** What was counted so far. */
  stats(): BreakerStats {
    return { ...this.#counts };
  }

  /** The state as plain JSON, for {@link CircuitBreaker.restore}. */
  snapshot(): BreakerSnapshot {
    const base = { version: 1, openings: this.#openings } as const;
    const era = this.#era;
    if (era instanceof Closed) return { ...base, state: 'closed', consecutiveFailures: era.consecutiveFailures };
    if (era.state === 'half_open') return { ...base, state: 'half_open' };
    return { ...base, state: 'open', openedAt: era.openedAt, waitMs: era.waitMs ?? null };
  }

  /** Listens to one type of event, or to all by `'*'`. Gives back the way out. A listener that throws harms nobody. */
  on<T extends BreakerEvent['type'] | '*'>(type: T, listener: (event: OfType<BreakerEvent, T>) => void): () => void {
    return this.#teller.on(type, listener);
  }

  /** Ends it for good: no timer, no listener, no admission any more. Calls under way end as they will. */
  shutdown(): void {
    this.#isShutDown = true;
    if (this.#era instanceof Opening) this.#era.end();
    this.#teller.clear();
  }

  get #title(): string {
    return `circuit breaker '${this.name}'`;
  }

  #admit(nowMs: number, lease?: Lease): Admission {
    this.#counts.admitted += 1;
    return new Admission(this, this.#era, nowMs, lease);
  }

  #refuse(refusal: Refusal): BreakerOpenError {
    this.#countRefusal(refusal, true);
    return BreakerOpenError.make(this.name, refusal.refusal, refusal.retryAfterMs);
  }

  #countRefusal(refusal: Refusal, enforced: boolean): void {
    this.#counts.rejected += 1;
    this.#teller.rejected(refusal, enforced);
  }

  #settleTrial(era: Opening, admission: Admission, outcome: BreakerOutcome, retryAfterMs: number | undefined): void {
    const { lease, startedAtMs } = admission;
    // Without a lease it was let through in mode `observe` only, and is no trial.
    if (lease === undefined || era.trials === undefined) return;
    if (!era.trials.giveBack(lease)) this.#counts.stale += 1;
    else if (outcome === 'ignored') return;
    else if (outcome === 'failure' || isSlow(this.#rules.trip, monotonicMs() - startedAtMs)) {
      this.#open('trial_failed', retryAfterMs);
    } else if (era.trials.succeed() >= this.#rules.successesToClose) this.#close('recovered');
  }

  #judge(error: unknown): BreakerOutcome {
    try {
      return this.#isFailure(error) ? 'failure' : 'ignored';
    } catch (hookError) {
      this.#teller.hookFailed('isFailure', hookError);
      return 'failure';
    }
  }

  #open(cause: BreakerOpened['cause'], retryAfterMs?: number): void {
    this.#openings += 1;
    const waitMs = openingMs(this.#rules, this.#openings, this.#random, retryAfterMs);
    this.#moveTo(this.#opening({ openedAt: wallMs(), waitMs }));
    this.#tellOpened(cause, waitMs);
  }

  #tellOpened(cause: BreakerOpened['cause'], waitMs: number | undefined): void {
    this.#counts.opens += 1;
    this.#teller.opened(cause, waitMs);
  }

  #close(cause: BreakerClosed['cause']): void {
    this.#openings = 0;
    this.#moveTo(new Closed(this.#rules.trip));
    this.#counts.closes += 1;
    this.#teller.closed(cause);
  }

  #opening(times: OpeningTimes): Opening {
    return new Opening(times, this.#rules, () => {
      this.#counts.halfOpens += 1;
      this.#teller.halfOpened();
    });
  }

  /** Leaves the present era: whatever was admitted in it is stale from here on. */
  #moveTo(era: Closed | Opening): void {
    if (this.#era instanceof Opening) this.#era.end();
    this.#era = era;
  }

  #resume(snapshot: BreakerSnapshot): void {
    this.#openings = snapshot.openings;
    if (snapshot.state === 'closed') {
      this.#moveTo(new Closed(this.#rules.trip, snapshot.consecutiveFailures));
      return;
    }
    const nowMs = wallMs();
    const { openedAt, waitMs } = snapshot.state === 'open' ? snapshot : { openedAt: nowMs, waitMs: 0 };
    const times = waitMs === null ? { waitMs: undefined } : { waitMs, leftMs: remainingMs(openedAt, waitMs, nowMs) };
    this.#moveTo(this.#opening({ openedAt, ...times }));
  }

  #assertRunning(): void {
    if (this.#isShutDown) throw new ResilienceClosedError(this.#title);
  }

  #foreign(admission: unknown): ConfigurationError {
    const message = `must come from admit() of ${this.#title}`;
    return new ConfigurationError([{ path: 'admission', message, received: describe(admission) }]);
  }
}

const COUNT_OF = { success: 'successes', failure: 'failures', ignored: 'ignored' } as const;

function always(): boolean {
  return true;
}
