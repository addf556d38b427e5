import { type BreakerOpenError, breakerOpen, ResilienceClosedError } from '../errors/index.js';
import { configurationError } from '../input/index.js';
import type { StageAttempt } from '../pipeline/index.js';
import { monotonicMs, type Random, roundMs, wallAt, wallMs } from '../runtime/index.js';
import { type Admission, AdmissionTicket, type BreakerOutcome } from './admission.js';
import { ClosedState, UNTIMED } from './closed-state.js';
import type { BreakerClosed, BreakerListener, BreakerOpened } from './events.js';
import { computeOpenMs } from './open-duration.js';
import { OpenState, type OpenTimes, type Refusal } from './open-state.js';
import type { BreakerMode, ResolvedBreakerSettings } from './settings.js';
import { type BreakerSnapshot, remainingTimes } from './snapshot.js';
import { type BreakerCounts, type BreakerStats, createCounts } from './stats.js';
import { Lease } from './trials.js';
import { isSlow } from './trip.js';

/** Whether a breaker lets calls pass (`closed`), rejects them (`open`), or tries a few (`half_open`). */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** The parts of a breaker, valid and resolved. Several breakers may share the settings. */
export interface BreakerInit {
  /** Shown in errors and events. */
  readonly name: string;
  readonly settings: ResolvedBreakerSettings;
  readonly random: Random;
  readonly listener: BreakerListener;
  /** The state to start in, already validated. Default: closed. */
  readonly snapshot?: BreakerSnapshot | undefined;
}

/**
 * The breaker itself: admits calls and settles their outcomes in constant time. Every admission belongs to the generation
 * that issued it, so a late outcome from before an opening can neither close nor reopen the breaker. Only an open breaker
 * has a timer, which does not keep the process alive.
 */
export class BreakerCore {
  readonly name: string;
  #settings: ResolvedBreakerSettings;
  readonly #random: Random;
  readonly #listener: BreakerListener;
  /** Each generation is a new object, so an admission of another generation is recognised by identity. */
  #generation: ClosedState | OpenState;
  /** Consecutive openings without a closing in between. */
  #openings = 0;
  #counts: BreakerCounts = createCounts();
  #isShutDown = false;
  #lastFailureAtMs: number | undefined;
  #changedAtMs = monotonicMs();

  constructor({ name, settings, random, listener, snapshot }: BreakerInit) {
    this.name = name;
    this.#settings = settings;
    this.#random = random;
    this.#listener = listener;
    this.#generation = new ClosedState(settings.trip);
    if (snapshot !== undefined) this.#resume(snapshot);
  }

  get mode(): BreakerMode {
    return this.#settings.mode;
  }

  /** The settings in force. */
  get settings(): ResolvedBreakerSettings {
    return this.#settings;
  }

  /** When an outcome last counted as a failure, in milliseconds since 1970; `undefined` if none has. */
  get lastFailureAt(): number | undefined {
    return this.#lastFailureAtMs === undefined ? undefined : wallAt(this.#lastFailureAtMs);
  }

  /** The time since the last change of state, or since creation if there was none, in milliseconds. */
  get sinceChangeMs(): number {
    return roundMs(monotonicMs() - this.#changedAtMs);
  }

  /** The enforced state; in mode `observe`, the state that would be enforced. */
  get state(): BreakerState {
    if (this.mode === 'forced_open') return 'open';
    return this.mode === 'disabled' ? 'closed' : this.#generation.state;
  }

  /**
   * Admits a call, or returns the error to reject it with. Throwing it would be most of the cost of a rejection.
   *
   * @param leaseMs how long the call may hold the place of a trial. Default `trialLeaseMs`.
   * @param attempt the attempt to admit, for the listener.
   * @param isForced whether to admit the call also while the breaker rejects others, unless it is held open by hand. Then only
   * a success counts: as that of a trial.
   */
  tryAdmit(
    leaseMs?: number,
    attempt?: StageAttempt,
    isForced = false,
  ): Admission | BreakerOpenError | ResilienceClosedError {
    if (this.#isShutDown) return this.#closedError();
    const generation = this.#generation;
    if (this.mode === 'forced_open') return this.#reject({ refusal: 'held_open', retryAfterMs: undefined }, attempt);
    if (this.mode === 'disabled') return this.#admit(UNTIMED);
    if (generation instanceof ClosedState) return this.#admit(generation.now());
    const nowMs = monotonicMs();
    const answer = generation.admit(nowMs, leaseMs ?? this.#settings.trialLeaseMs);
    if (answer instanceof Lease) return this.#admit(nowMs, answer);
    if (isForced && answer.refusal !== 'held_open') return this.#admit(nowMs, undefined, true);
    if (this.mode !== 'observe') return this.#reject(answer, attempt);
    this.#countRejection(answer, false, attempt);
    return this.#admit(nowMs);
  }

  /**
   * How much longer the breaker rejects every call, in milliseconds: 0 while it is closed, half-open, or in a mode that
   * rejects no call; `Infinity` while it is held open by hand.
   */
  remainingOpenMs(): number {
    if (this.#isShutDown || this.mode === 'forced_open') return Number.POSITIVE_INFINITY;
    const generation = this.#generation;
    return this.mode === 'enforce' && generation instanceof OpenState ? generation.remainingMs(monotonicMs()) : 0;
  }

  /** Whether it is half-open and rejects calls, since other ones are its trials. */
  get trialsTaken(): boolean {
    const generation = this.#generation;
    if (this.mode !== 'enforce' || !(generation instanceof OpenState)) return false;
    return generation.trials?.isFull(monotonicMs()) ?? false;
  }

  /**
   * Reports how an admitted call ended. Settling the same admission again does nothing.
   *
   * @param hint `retryAfterMs`: the wait that the provider asked for; it can lengthen the opening that follows.
   * @param attempt the admitted attempt, for the listener.
   * @throws {ConfigurationError} for an admission of another breaker, or an unknown outcome.
   */
  settle(
    admission: Admission,
    outcome: BreakerOutcome,
    hint?: { readonly retryAfterMs?: number | undefined },
    attempt?: StageAttempt,
  ): void {
    if (!(admission instanceof AdmissionTicket) || admission.breaker !== this) {
      throw configurationError('admission', `must come from admit() of circuit breaker '${this.name}'`, admission);
    }
    const counted = COUNT_OF.get(outcome);
    if (counted === undefined) {
      throw configurationError('outcome', 'must be one of success, failure, ignored', outcome);
    }
    if (admission.settled) return;
    admission.settled = true;
    admission.counts[counted] += 1;
    if (outcome === 'failure') this.#lastFailureAtMs = monotonicMs();
    const generation = this.#generation;
    if (admission.generation !== generation || this.#isShutDown) admission.counts.stale += 1;
    else if (this.mode === 'disabled') return;
    else if (generation instanceof OpenState)
      this.#settleTrial(generation, admission, outcome, hint?.retryAfterMs, attempt);
    else if (outcome !== 'ignored') {
      const cause = generation.count(outcome === 'failure', admission.startedAtMs);
      if (cause !== undefined) this.#open(cause, hint?.retryAfterMs, attempt);
    }
  }

  /**
   * Opens by hand, for as long as any opening lasts. Does nothing while open, or in a mode that fixes the state.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  open(): void {
    if (this.#isMovable() && this.#generation.state !== 'open') this.#open('manual');
  }

  /**
   * Opens by hand and stays open until {@link close} or {@link reset}. Does nothing in a mode that fixes the state.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  isolate(): void {
    if (!this.#isMovable()) return;
    if (this.#generation instanceof OpenState && this.#generation.waitMs === undefined) return;
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
   * Closes by hand and clears everything, including the statistics.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  reset(): void {
    this.#assertRunning();
    if (this.#generation instanceof OpenState && this.#hasOwnState) this.#close('reset');
    else this.#moveTo(this.#newClosedState());
    this.#openings = 0;
    this.#counts = createCounts();
    this.#lastFailureAtMs = undefined;
  }

  /**
   * Replaces the settings. State, counts and calls in progress are kept; a current opening keeps its duration.
   */
  updateSettings(settings: ResolvedBreakerSettings): void {
    this.#settings = settings;
    if (this.#generation instanceof OpenState) this.#generation.updateSettings(settings);
    else this.#generation.updateSettings(settings.trip);
  }

  /** The counts since creation or the last reset. */
  stats(): BreakerStats {
    return { ...this.#counts };
  }

  /** The state as plain JSON, to start another breaker with. */
  snapshot(): BreakerSnapshot {
    const generation = this.#generation;
    if (generation instanceof ClosedState) {
      return { version: 1, state: 'closed', consecutiveFailures: generation.consecutiveFailures };
    }
    const base = { version: 1, openings: this.#openings } as const;
    if (generation.state === 'half_open') return { ...base, state: 'half_open' };
    return { ...base, state: 'open', openedAt: generation.openedAt, waitMs: generation.waitMs ?? null };
  }

  /** Shuts the breaker down for good: no timer, no further admissions. Calls in progress are not affected. */
  shutdown(): void {
    this.#isShutDown = true;
    if (this.#generation instanceof OpenState) this.#generation.end();
  }

  #admit(nowMs: number, lease?: Lease, isForced = false): Admission {
    const ticket = new AdmissionTicket(this, this.#generation, this.#counts, nowMs, lease, isForced);
    // Counted after the ticket exists: a stack overflow in between would count an admission that is never settled.
    this.#counts.admitted += 1;
    return ticket;
  }

  #reject(refusal: Refusal, attempt: StageAttempt | undefined): BreakerOpenError {
    this.#countRejection(refusal, true, attempt);
    return breakerOpen(this.name, refusal.refusal, refusal.retryAfterMs);
  }

  #countRejection(refusal: Refusal, enforced: boolean, attempt: StageAttempt | undefined): void {
    this.#counts.rejected += 1;
    this.#listener.breakerRejected(refusal, enforced, attempt);
  }

  #settleTrial(
    generation: OpenState,
    ticket: AdmissionTicket,
    outcome: BreakerOutcome,
    retryAfterMs: number | undefined,
    attempt: StageAttempt | undefined,
  ): void {
    const { trip, successesToClose } = this.#settings;
    const isSlowTrial = isSlow(trip, monotonicMs() - ticket.startedAtMs);
    if (ticket.isForced) {
      const hasSucceeded = outcome === 'success' && !isSlowTrial;
      if (hasSucceeded && generation.succeedAnyway() >= successesToClose) this.#close('recovered', attempt);
      return;
    }
    // Without a lease the call was admitted only because of mode `observe`, and is not a trial.
    if (ticket.lease === undefined || generation.trials === undefined) return;
    if (!generation.trials.giveBack(ticket.lease)) ticket.counts.stale += 1;
    else if (outcome === 'ignored') return;
    else if (outcome === 'failure' || isSlowTrial) {
      this.#open('trial_failed', retryAfterMs, attempt);
    } else if (generation.trials.succeed() >= successesToClose) this.#close('recovered', attempt);
  }

  #open(cause: BreakerOpened['cause'], retryAfterMs?: number, attempt?: StageAttempt): void {
    this.#openings += 1;
    this.#openFor(computeOpenMs(this.#settings, this.#openings, this.#random, retryAfterMs), cause, attempt);
  }

  #openFor(waitMs: number | undefined, cause: BreakerOpened['cause'], attempt?: StageAttempt): void {
    this.#moveTo(this.#newOpenState({ waitMs }));
    this.#counts.opens += 1;
    this.#listener.breakerOpened(cause, waitMs, attempt);
  }

  #close(cause: BreakerClosed['cause'], attempt?: StageAttempt): void {
    this.#openings = 0;
    this.#moveTo(this.#newClosedState());
    this.#counts.closes += 1;
    this.#listener.breakerClosed(cause, attempt);
  }

  #newClosedState(consecutiveFailures?: number): ClosedState {
    return new ClosedState(this.#settings.trip, consecutiveFailures);
  }

  #newOpenState(times: OpenTimes): OpenState {
    return new OpenState(times, this.#settings, () => {
      // Restored from a snapshot into a mode that fixes the state: nothing changes for callers.
      if (!this.#hasOwnState) return;
      this.#changedAtMs = monotonicMs();
      this.#counts.halfOpens += 1;
      this.#listener.breakerHalfOpened();
    });
  }

  /** Starts a new generation: outcomes of earlier admissions become stale. */
  #moveTo(generation: ClosedState | OpenState): void {
    if (this.#generation instanceof OpenState) this.#generation.end();
    this.#generation = generation;
    this.#changedAtMs = monotonicMs();
  }

  #resume(snapshot: BreakerSnapshot): void {
    if (snapshot.state === 'closed') {
      this.#moveTo(this.#newClosedState(snapshot.consecutiveFailures));
      return;
    }
    this.#openings = snapshot.openings;
    this.#moveTo(this.#newOpenState(snapshot.state === 'open' ? remainingTimes(snapshot, wallMs()) : { waitMs: 0 }));
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
    if (this.#isShutDown) throw this.#closedError();
  }

  #closedError(): ResilienceClosedError {
    return new ResilienceClosedError(`circuit breaker '${this.name}' has been shut down`);
  }
}

const COUNT_OF: ReadonlyMap<BreakerOutcome, 'successes' | 'failures' | 'ignored'> = new Map([
  ['success', 'successes'],
  ['failure', 'failures'],
  ['ignored', 'ignored'],
]);
