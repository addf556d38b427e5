import { type BreakerOpenError, breakerOpen, ResilienceClosedError } from '../errors/index.js';
import { Check, configurationError, copyOnce } from '../input/index.js';
import { monotonicMs, type OfType, rejectLater, toPromise, wallMs } from '../runtime/index.js';
import { type Admission, AdmissionTicket, type BreakerOutcome } from './admission.js';
import { ClosedState, UNTIMED } from './closed-state.js';
import { BREAKER_EVENTS, type BreakerClosed, type BreakerEvent, type BreakerOpened } from './events.js';
import { computeOpenMs } from './open-duration.js';
import { OpenState, type OpenTimes, type Refusal } from './open-state.js';
import { BreakerParts } from './parts.js';
import {
  BREAKER_SETTINGS,
  type BreakerMode,
  type BreakerOptions,
  type BreakerSettings,
  type ResolvedBreakerSettings,
  resolveBreakerSettings,
} from './settings.js';
import { type BreakerSnapshot, checkSnapshot, remainingTimes } from './snapshot.js';
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
  #parts: BreakerParts;
  readonly #teller: BreakerTeller;
  /** Where it stands. Each era is a new object, so an admission from another one is known by identity. */
  #generation: ClosedState | OpenState;
  /** Openings in a row without a closing between. */
  #openings = 0;
  #counts: BreakerCounts = zeroCounts();
  #isShutDown = false;

  /** @throws {ConfigurationError} naming every option that is not valid. */
  constructor(options: BreakerOptions = {}) {
    this.#parts = BreakerParts.of(options);
    this.#teller = new BreakerTeller(this.#parts.name, this.#parts.audience);
    this.#generation = new ClosedState(this.#parts.rules.trip);
    if (this.#parts.snapshot !== undefined) this.#resume(this.#parts.snapshot);
  }

  /**
   * Makes a breaker that goes on where another one stopped. One that was open waits for the remainder of its opening.
   *
   * @throws {ConfigurationError} when the options or the snapshot are not valid.
   */
  static restore(snapshot: BreakerSnapshot, options: BreakerOptions = {}): CircuitBreaker {
    const check = new Check();
    checkSnapshot(check, snapshot);
    check.throwIfInvalid();
    return restored(BreakerParts.of(options).from(snapshot));
  }

  /** Shown in errors and events. */
  get name(): string {
    return this.#parts.name;
  }

  get mode(): BreakerMode {
    return this.#parts.rules.mode;
  }

  /** The state as it is enforced; in mode `observe`, as it would be. */
  get state(): BreakerState {
    if (this.mode === 'forced_open') return 'open';
    return this.mode === 'disabled' ? 'closed' : this.#generation.state;
  }

  /**
   * Calls `fn` unless the breaker refuses, and passes on what it gives or throws.
   *
   * @throws {ConfigurationError} (as a rejection) when `fn` is no function.
   * @throws {BreakerOpenError} (as a rejection) when refused; `fn` was not called.
   * @throws {ResilienceClosedError} (as a rejection) after {@link shutdown}.
   */
  execute<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    if (typeof fn !== 'function') return rejectLater(configurationError('fn', 'must be a function', fn));
    const admission = this.tryAdmit();
    if (admission instanceof Error) return rejectLater(admission);
    return new Promise<T>((resolve, reject) => {
      toPromise(fn).then(
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

  /**
   * Like {@link admit}, but gives a refusal as a value: nothing is thrown, which is most of what a refusal costs.
   *
   * @param leaseMs how long the call may hold the place of a trial, where the caller knows better than `trialLeaseMs`.
   */
  tryAdmit(leaseMs?: number): Admission | BreakerOpenError | ResilienceClosedError {
    if (this.#isShutDown) return this.#gone();
    const era = this.#generation;
    if (this.mode === 'forced_open') return this.#refuse({ refusal: 'held_open', retryAfterMs: undefined });
    if (this.mode === 'disabled') return this.#admit(UNTIMED);
    if (era instanceof ClosedState) return this.#admit(era.now());
    const nowMs = monotonicMs();
    const answer = era.admit(nowMs, leaseMs ?? this.#parts.rules.trialLeaseMs);
    if (answer instanceof Lease) return this.#admit(nowMs, answer);
    if (this.mode !== 'observe') return this.#refuse(answer);
    this.#countRefusal(answer, false);
    return this.#admit(nowMs);
  }

  /**
   * For how long it will refuse every call from now on, in milliseconds: 0 while it is closed or half-open or refuses nobody,
   * `Infinity` when only a person ends it.
   */
  remainingOpenMs(): number {
    if (this.#isShutDown || this.mode === 'forced_open') return Number.POSITIVE_INFINITY;
    const era = this.#generation;
    return this.mode === 'enforce' && era instanceof OpenState ? era.remainingMs(monotonicMs()) : 0;
  }

  /**
   * Tells how an admitted call ended. Settling the same admission again does nothing.
   *
   * @param hint `retryAfterMs`: how long the callee asked to be left alone; it lengthens the opening that follows.
   * @throws {ConfigurationError} for an admission that another breaker gave, or an outcome that is none.
   */
  settle(admission: Admission, outcome: BreakerOutcome, hint?: { readonly retryAfterMs?: number | undefined }): void {
    if (!(admission instanceof AdmissionTicket) || admission.breaker !== this) {
      throw configurationError('admission', `must come from admit() of circuit breaker '${this.name}'`, admission);
    }
    const counted = COUNT_OF.get(outcome);
    if (counted === undefined) throw configurationError('outcome', 'must be one of success, failure, ignored', outcome);
    if (admission.settled) return;
    admission.settled = true;
    admission.counts[counted] += 1;
    const era = this.#generation;
    if (admission.generation !== era || this.#isShutDown) admission.counts.stale += 1;
    else if (this.mode === 'disabled') return;
    else if (era instanceof OpenState) this.#settleTrial(era, admission, outcome, hint?.retryAfterMs);
    else if (outcome !== 'ignored') {
      const cause = era.count(outcome === 'failure', admission.startedAtMs);
      if (cause !== undefined) this.#open(cause, hint?.retryAfterMs);
    }
  }

  /**
   * Opens by hand for the time that an opening lasts. Does nothing while open, or in a mode that fixes the state.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  open(): void {
    if (this.#isMovable() && this.#generation.state !== 'open') this.#open('manual');
  }

  /**
   * Opens by hand and stays so, whatever time passes, until {@link close} or {@link reset}. Does nothing in a mode that
   * fixes the state.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  isolate(): void {
    if (!this.#isMovable() || (this.#generation instanceof OpenState && this.#generation.waitMs === undefined)) return;
    this.#openFor(undefined, 'isolated');
  }

  /**
   * Closes by hand, with a fresh window. Does nothing while closed.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  close(): void {
    if (this.#isMovable() && this.#generation instanceof OpenState) this.#close('manual');
  }

  /**
   * Closes by hand and forgets everything, the statistics too.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  reset(): void {
    this.#assertRunning();
    if (this.#generation instanceof OpenState && this.#hasOwnState) this.#close('reset');
    else this.#moveTo(this.#newClosed());
    this.#openings = 0;
    this.#counts = zeroCounts();
  }

  /**
   * Goes by other settings from now on; what is not given has its default again. State, counts and calls under way stay. An
   * opening that has begun lasts as long as it was going to.
   *
   * @throws {ConfigurationError} naming everything that is wrong with them; the old ones hold on.
   */
  configure(settings: BreakerSettings): void {
    const own = copyOnce('settings', settings);
    const check = new Check();
    check.settings('settings', own, BREAKER_SETTINGS);
    check.throwIfInvalid();
    check.conflicts('settings', own, BREAKER_SETTINGS);
    check.throwIfInvalid();
    this.updateSettings(Object.freeze(resolveBreakerSettings(own)));
  }

  /**
   * {@link configure} with rules that are complete and checked.
   *
   * @internal
   */
  updateSettings(rules: ResolvedBreakerSettings): void {
    this.#parts = this.#parts.under(rules);
    if (this.#generation instanceof OpenState) this.#generation.updateSettings(rules);
    else this.#generation.updateSettings(rules.trip);
  }

  /** What was counted so far. */
  stats(): BreakerStats {
    return { ...this.#counts };
  }

  /** The state as plain JSON, for {@link CircuitBreaker.restore}. */
  snapshot(): BreakerSnapshot {
    const era = this.#generation;
    if (era instanceof ClosedState)
      return { version: 1, state: 'closed', consecutiveFailures: era.consecutiveFailures };
    const base = { version: 1, openings: this.#openings } as const;
    if (era.state === 'half_open') return { ...base, state: 'half_open' };
    return { ...base, state: 'open', openedAt: era.openedAt, waitMs: era.waitMs ?? null };
  }

  /**
   * Listens to one type of event, or to all by `'*'`. Gives back the way out. A listener that throws harms nobody.
   *
   * @throws {ConfigurationError} for a type that does not exist, or a listener that is no function.
   */
  on<T extends BreakerEvent['type'] | '*'>(type: T, listener: (event: OfType<BreakerEvent, T>) => void): () => void {
    const check = new Check();
    check.listener(BREAKER_EVENTS, type, listener);
    check.throwIfInvalid();
    return this.#teller.on(type, listener);
  }

  /** Ends it for good: no timer, no listener, no admission any more. Calls under way end as they will. */
  shutdown(): void {
    this.#isShutDown = true;
    if (this.#generation instanceof OpenState) this.#generation.end();
    this.#teller.clear();
  }

  #admit(nowMs: number, lease?: Lease): Admission {
    this.#counts.admitted += 1;
    return new AdmissionTicket(this, this.#generation, this.#counts, nowMs, lease);
  }

  #refuse(refusal: Refusal): BreakerOpenError {
    this.#countRefusal(refusal, true);
    return breakerOpen(this.name, refusal.refusal, refusal.retryAfterMs);
  }

  #countRefusal(refusal: Refusal, enforced: boolean): void {
    this.#counts.rejected += 1;
    this.#teller.rejected(refusal, enforced);
  }

  #settleTrial(era: OpenState, pass: AdmissionTicket, outcome: BreakerOutcome, retryAfterMs: number | undefined): void {
    const { rules } = this.#parts;
    // Without a lease it was let through in mode `observe` only, and is no trial.
    if (pass.lease === undefined || era.trials === undefined) return;
    if (!era.trials.giveBack(pass.lease)) pass.counts.stale += 1;
    else if (outcome === 'ignored') return;
    else if (outcome === 'failure' || isSlow(rules.trip, monotonicMs() - pass.startedAtMs)) {
      this.#open('trial_failed', retryAfterMs);
    } else if (era.trials.succeed() >= rules.successesToClose) this.#close('recovered');
  }

  #judge(error: unknown): BreakerOutcome {
    try {
      const verdict: unknown = this.#parts.isFailure(error);
      if (!(verdict instanceof Promise)) return verdict === false ? 'ignored' : 'failure';
      verdict.catch(() => undefined);
      this.#teller.hookFailed('isFailure', new TypeError('isFailure must answer at once, not by a promise'));
    } catch (hookError) {
      this.#teller.hookFailed('isFailure', hookError);
    }
    return 'failure';
  }

  #open(cause: BreakerOpened['cause'], retryAfterMs?: number): void {
    this.#openings += 1;
    const { rules, random } = this.#parts;
    this.#openFor(computeOpenMs(rules, this.#openings, random, retryAfterMs), cause);
  }

  #openFor(waitMs: number | undefined, cause: BreakerOpened['cause']): void {
    this.#moveTo(this.#newOpening({ waitMs }));
    this.#counts.opens += 1;
    this.#teller.opened(cause, waitMs);
  }

  #close(cause: BreakerClosed['cause']): void {
    this.#openings = 0;
    this.#moveTo(this.#newClosed());
    this.#counts.closes += 1;
    this.#teller.closed(cause);
  }

  #newClosed(consecutiveFailures?: number): ClosedState {
    return new ClosedState(this.#parts.rules.trip, consecutiveFailures);
  }

  #newOpening(times: OpenTimes): OpenState {
    return new OpenState(times, this.#parts.rules, () => {
      // Restored from a snapshot into a mode that fixes the state: nothing changes for anybody.
      if (!this.#hasOwnState) return;
      this.#counts.halfOpens += 1;
      this.#teller.halfOpened();
    });
  }

  /** Leaves the present era: whatever was admitted in it is stale from here on. */
  #moveTo(era: ClosedState | OpenState): void {
    if (this.#generation instanceof OpenState) this.#generation.end();
    this.#generation = era;
  }

  #resume(snapshot: BreakerSnapshot): void {
    if (snapshot.state === 'closed') {
      this.#moveTo(this.#newClosed(snapshot.consecutiveFailures));
      return;
    }
    this.#openings = snapshot.openings;
    this.#moveTo(this.#newOpening(snapshot.state === 'open' ? remainingTimes(snapshot, wallMs()) : { waitMs: 0 }));
  }

  /** Whether it can be opened and closed by hand. */
  #isMovable(): boolean {
    this.#assertRunning();
    return this.#hasOwnState;
  }

  /** False in mode `forced_open` and `disabled`, where the mode alone decides. */
  get #hasOwnState(): boolean {
    return this.mode === 'enforce' || this.mode === 'observe';
  }

  #assertRunning(): void {
    if (this.#isShutDown) throw this.#gone();
  }

  #gone(): ResilienceClosedError {
    return new ResilienceClosedError(`circuit breaker '${this.name}' has been shut down`);
  }
}

const COUNT_OF: ReadonlyMap<BreakerOutcome, 'successes' | 'failures' | 'ignored'> = new Map([
  ['success', 'successes'],
  ['failure', 'failures'],
  ['ignored', 'ignored'],
]);

// Outside the class: the build renames a class whose static methods name it, and its users would see that name.
function restored(parts: BreakerParts): CircuitBreaker {
  return new CircuitBreaker(parts);
}
