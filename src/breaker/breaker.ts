import type { BreakerOpenError, ResilienceClosedError } from '../errors/index.js';
import { Check, copyOnce, functionError } from '../input/index.js';
import { defer, type OfType, rejectLater, requireAnswer, runWork, safeRandom } from '../runtime/index.js';
import type { Admission, BreakerOutcome } from './admission.js';
import { BreakerCore, type BreakerState } from './breaker-core.js';
import { BREAKER_EVENTS, BreakerEmitter, type BreakerEvent } from './events.js';
import {
  BREAKER_OPTIONS,
  BREAKER_SETTINGS,
  type BreakerMode,
  type BreakerOptions,
  type BreakerSettings,
  resolveBreakerSettings,
} from './settings.js';
import { type BreakerSnapshot, checkSnapshot } from './snapshot.js';
import type { BreakerStats } from './stats.js';

/** Microtasks are chained to it by `then`, a built-in that still runs when the stack is full. */
const RESOLVED = Promise.resolve();

/**
 * A circuit breaker: rejects calls while the upstream keeps failing, and admits a few trials to detect its recovery.
 *
 * Either pass the function to `breaker.execute(fn)`, or call `admit()` and settle the outcome yourself. A late outcome from
 * before an opening can neither close nor reopen the breaker. Only an open breaker has a timer, which does not keep the
 * process alive.
 *
 * @example
 * ```ts
 * const breaker = new CircuitBreaker({ name: 'billing', trip: { consecutiveFailures: 5 }, openMs: 30_000 });
 * const invoice = await breaker.execute(() => fetchInvoice(id));
 * ```
 */
export class CircuitBreaker {
  readonly #core: BreakerCore;
  readonly #emitter: BreakerEmitter;
  readonly #isFailure: (error: unknown) => boolean;

  /**
   * @param snapshot the state to start in. Default: closed. See {@link restore}.
   * @throws {ConfigurationError} listing every issue of the options, or of the snapshot.
   */
  constructor(options: BreakerOptions = {}, snapshot?: BreakerSnapshot) {
    const own = copyOnce('options', options);
    const check = new Check();
    check.settings('options', own, BREAKER_OPTIONS);
    check.conflicts('options', own, BREAKER_OPTIONS);
    if (snapshot !== undefined) checkSnapshot(check, snapshot);
    check.throwIfInvalid();
    const { name = 'breaker', random = Math.random, isFailure = always } = own;
    this.#isFailure = isFailure;
    this.#emitter = new BreakerEmitter(name);
    this.#core = new BreakerCore({
      name,
      settings: Object.freeze(resolveBreakerSettings(own)),
      random: safeRandom(random, (error) => this.#emitter.hookFailed('random', error)),
      listener: this.#emitter,
      snapshot,
    });
  }

  /**
   * Creates a breaker that continues from a snapshot. If the snapshot is open, it waits for the rest of that opening.
   *
   * @throws {ConfigurationError} when the options or the snapshot are not valid.
   */
  static restore(snapshot: BreakerSnapshot, options: BreakerOptions = {}): CircuitBreaker {
    return restoreBreaker(snapshot, options);
  }

  /** Shown in errors and events. */
  get name(): string {
    return this.#core.name;
  }

  get mode(): BreakerMode {
    return this.#core.mode;
  }

  /** The enforced state; in mode `observe`, the state that would be enforced. */
  get state(): BreakerState {
    return this.#core.state;
  }

  /**
   * Calls `fn` unless the breaker rejects, and passes on what it returns or throws.
   *
   * @throws {ConfigurationError} (as a rejection) when `fn` is not a function.
   * @throws {BreakerOpenError} (as a rejection) when rejected; `fn` was not called.
   * @throws {ResilienceClosedError} (as a rejection) after {@link shutdown}.
   */
  execute<T>(fn: () => T | PromiseLike<T>): Promise<T>;
  execute<T>(fn: () => T): Promise<Awaited<T>>;
  execute(fn: () => unknown): Promise<unknown> {
    if (typeof fn !== 'function') return rejectLater(functionError(fn));
    const { promise, resolve, reject } = defer<unknown>();
    const admission = this.#core.tryAdmit();
    if (admission instanceof Error) {
      void RESOLVED.then(() => reject(admission));
      return promise;
    }
    const onError = (error: unknown) => {
      this.#core.settle(admission, this.#judge(error));
      reject(error);
    };
    try {
      const onValue = (value: unknown) => {
        this.#core.settle(admission, 'success');
        resolve(value);
      };
      runWork(fn, undefined, onValue, onError);
    } catch (error) {
      // A stack overflow between the admission and the call of the function.
      void RESOLVED.then(() => onError(error));
    }
    return promise;
  }

  /**
   * Admits one call, for code that runs the work itself. Settle every admission.
   *
   * @throws {BreakerOpenError} when rejected.
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  admit(): Admission {
    const admission = this.#core.tryAdmit();
    if (admission instanceof Error) throw admission;
    return admission;
  }

  /**
   * Like {@link admit}, but returns the error. Throwing it would be most of the cost of a rejection.
   *
   * @param leaseMs how long the call may hold the place of a trial. Default `trialLeaseMs`.
   */
  tryAdmit(leaseMs?: number): Admission | BreakerOpenError | ResilienceClosedError {
    return this.#core.tryAdmit(leaseMs);
  }

  /**
   * How much longer the breaker rejects every call, in milliseconds: 0 while it is closed, half-open, or in a mode that
   * rejects no call; `Infinity` while it is held open by hand.
   */
  remainingOpenMs(): number {
    return this.#core.remainingOpenMs();
  }

  /**
   * Reports how an admitted call ended. Settling the same admission again does nothing.
   *
   * @param hint `retryAfterMs`: the wait that the provider asked for; it can lengthen the opening that follows.
   * @throws {ConfigurationError} for an admission of another breaker, or an unknown outcome.
   */
  settle(admission: Admission, outcome: BreakerOutcome, hint?: { readonly retryAfterMs?: number | undefined }): void {
    this.#core.settle(admission, outcome, hint);
  }

  /**
   * Opens by hand, for as long as any opening lasts. Does nothing while open, or in a mode that fixes the state.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  open(): void {
    this.#core.open();
  }

  /**
   * Opens by hand and stays open until {@link close} or {@link reset}. Does nothing in a mode that fixes the state.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  isolate(): void {
    this.#core.isolate();
  }

  /**
   * Closes by hand, with a fresh window. Does nothing while closed.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  close(): void {
    this.#core.close();
  }

  /**
   * Closes by hand and clears everything, including the statistics.
   *
   * @throws {ResilienceClosedError} after {@link shutdown}.
   */
  reset(): void {
    this.#core.reset();
  }

  /**
   * Replaces the settings; omitted ones return to their defaults. State, counts and calls in progress are kept; a current
   * opening keeps its duration.
   *
   * @throws {ConfigurationError} listing every issue; the old settings stay in force.
   */
  configure(settings: BreakerSettings): void {
    const own = copyOnce('settings', settings);
    const check = new Check();
    check.settings('settings', own, BREAKER_SETTINGS);
    check.throwIfInvalid();
    check.conflicts('settings', own, BREAKER_SETTINGS);
    check.throwIfInvalid();
    this.#core.updateSettings(Object.freeze(resolveBreakerSettings(own)));
  }

  /** The counts since creation or the last reset. */
  stats(): BreakerStats {
    return this.#core.stats();
  }

  /** The state as plain JSON, for {@link CircuitBreaker.restore}. */
  snapshot(): BreakerSnapshot {
    return this.#core.snapshot();
  }

  /**
   * Listens to one type of event, or to all with `'*'`. Returns a function that unsubscribes. A listener that throws
   * affects no call.
   *
   * @throws {ConfigurationError} for an unknown type, or a listener that is not a function.
   */
  on<T extends BreakerEvent['type'] | '*'>(type: T, listener: (event: OfType<BreakerEvent, T>) => void): () => void {
    const check = new Check();
    check.listener(BREAKER_EVENTS, type, listener);
    check.throwIfInvalid();
    return this.#emitter.on(type, listener);
  }

  /** Shuts the breaker down for good: no timer, no listeners, no further admissions. Calls in progress are not affected. */
  shutdown(): void {
    this.#core.shutdown();
    this.#emitter.clear();
  }

  #judge(error: unknown): BreakerOutcome {
    try {
      return requireAnswer('isFailure', this.#isFailure(error)) === false ? 'ignored' : 'failure';
    } catch (hookError) {
      this.#emitter.hookFailed('isFailure', hookError);
    }
    return 'failure';
  }
}

// Outside the class: the build renames a class whose static methods name it, and users would see that name.
function restoreBreaker(snapshot: BreakerSnapshot, options: BreakerOptions): CircuitBreaker {
  const check = new Check();
  // Checked here as well: here, unlike in the constructor, a snapshot is required.
  checkSnapshot(check, snapshot);
  check.throwIfInvalid();
  return new CircuitBreaker(options, snapshot);
}

function always(): boolean {
  return true;
}
