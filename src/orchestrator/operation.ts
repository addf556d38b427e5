import { breakerStage, type CircuitBreaker } from '../breaker/breaker.js';
import {
  type Call,
  compose,
  type Failure,
  type OptionalStage,
  type Run,
  type StagedCall,
  type StopReason,
} from '../pipeline/pipeline.js';
import { monotonicMs, rejected } from '../runtime/runtime.js';
import { CallCounter, type Stats } from '../telemetry/telemetry.js';
import { attemptTimeout, deadline } from '../timeout/timeout.js';
import type { LiveAttempt } from './attempt.js';
import { type BreakerHandle, LaneBreaker } from './breaker-handle.js';
import { LiveCall } from './call.js';
import { CallTeller } from './call-teller.js';
import { EndedCall } from './ended-call.js';
import { remember } from './explain.js';
import type { Lane } from './lane.js';
import { Lanes } from './lanes.js';
import { assertKey, checkedCall, type ExecuteOptions } from './options.js';
import { type Report, refusedReport } from './report.js';
import { type EffectiveSettings, trialLeaseMs } from './settings.js';
import type { Shared } from './shared.js';
import { type Wrappable, type Wrapped, wrapped } from './wrap.js';

/** A function to protect. It is given the call, above all `call.signal`. */
export type Work<T> = (call: Call) => T | PromiseLike<T>;

/** One named operation: the same doors as on the whole, without saying the name each time. */
export interface Operation {
  readonly name: string;
  /** The settings in force. */
  readonly settings: EffectiveSettings;
  /** See {@link Resilience.execute}. */
  execute<T>(fn: Work<T>, options?: ExecuteOptions): Promise<T>;
  /** See {@link Resilience.inspect}. */
  inspect<T>(fn: Work<T>, options?: ExecuteOptions): Promise<Report<T>>;
  /** See {@link Resilience.wrap}. */
  wrap<This, Args extends readonly unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions,
  ): Wrapped<This, Args, T>;
  /** The numbers of the operation, or of one of its keys: all zero for a key that was not seen or is forgotten. */
  stats(key?: string): Stats;
  /** See {@link Resilience.breaker}. */
  breaker(key?: string): BreakerHandle;
}

/** An operation whose stages have been composed once, for all of its calls. */
export class ComposedOperation implements Operation {
  readonly name: string;
  readonly settings: EffectiveSettings;
  readonly #shared: Shared;
  readonly #tell: CallTeller;
  readonly #lanes: Lanes;
  readonly #run: Run;

  constructor(name: string, settings: EffectiveSettings, shared: Shared) {
    this.name = name;
    this.settings = settings;
    this.#shared = shared;
    this.#tell = new CallTeller(shared.events);
    this.#lanes = new Lanes({ shared, operation: name, breaker: settings.breaker });
    this.#run = this.#compose(settings);
  }

  execute<T>(fn: Work<T>, options?: ExecuteOptions): Promise<T> {
    let call: LiveCall;
    try {
      call = this.#begin(fn, options);
    } catch (error) {
      return rejected(error);
    }
    return new Promise<T>((resolve, reject) => this.#carry<T>(call, resolve, reject));
  }

  inspect<T>(fn: Work<T>, options?: ExecuteOptions): Promise<Report<T>> {
    let call: LiveCall;
    try {
      call = this.#begin(fn, options);
    } catch (error) {
      return Promise.resolve(refusedReport(this.name, error));
    }
    return new Promise((resolve) => {
      this.#carry<T>(
        call,
        (value, ended) => resolve({ ...ended.record(), ok: true, value }),
        (error, ended) => resolve({ ...ended.record(), ok: false, error }),
      );
    });
  }

  wrap<This, Args extends readonly unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions,
  ): Wrapped<This, Args, T> {
    const own = checkedCall(fn, options);
    return wrapped(fn, (work) => this.execute(work, own));
  }

  stats(key?: string): Stats {
    if (key === undefined) return this.counted().stats();
    return (this.#lanes.find(key)?.counter ?? new CallCounter()).stats();
  }

  breaker(key?: string): BreakerHandle {
    if (key !== undefined) assertKey(key);
    return new LaneBreaker(this.#shared, this.#lanes, this.name, key);
  }

  /** The state of every key that is known. */
  lanes(): Iterable<Lane> {
    return this.#lanes.all();
  }

  /** The numbers of all its keys together. */
  counted(): CallCounter {
    return this.#lanes.counted();
  }

  /** Forgets the numbers and keeps the breakers. */
  resetStats(): void {
    this.#lanes.resetCounters();
  }

  /** Stops every timer. */
  shutdown(): void {
    for (const lane of this.#lanes.all()) lane.breaker?.shutdown();
  }

  #compose({ deadlineMs, attemptTimeoutMs, breaker }: EffectiveSettings, leaseMs?: number): Run {
    return compose(
      [breaker === false ? undefined : breakerStage(this.#breakerOf, leaseMs), limit(attemptTimeoutMs, deadlineMs)],
      (call) => call.invoke(),
    );
  }

  readonly #breakerOf = (call: StagedCall): CircuitBreaker | undefined =>
    (this.#lanes.find(call.key) ?? this.#lanes.of(call.key, call.startedAtMs)).breaker;

  /** Everything that can refuse the input stands here, before anything is counted. */
  #begin(work: Work<unknown>, given: ExecuteOptions | undefined): LiveCall {
    const shared = this.#shared;
    const options = checkedCall(work, given);
    const context = shared.contextOf(options.context, this.name);
    // After the hook, since that may have closed us.
    shared.assertOpen();
    const startedAtMs = monotonicMs();
    const deadlineMs = this.#deadlineMsOf(options);
    const run = this.#runFor(options);
    const lane = this.#lanes.of(options.key, startedAtMs);
    lane.enter();
    return new LiveCall({
      lane,
      work,
      run,
      serial: shared.enter(),
      startedAtMs,
      deadlineMs: deadlineMs === false ? undefined : deadlineMs,
      signal: options.signal,
      context,
    });
  }

  #deadlineMsOf({ deadlineMs, settings }: ExecuteOptions): number | false {
    return deadlineMs ?? settings?.deadlineMs ?? this.settings.deadlineMs;
  }

  /** The stages for a call: those of the operation, unless the call brings settings that need others. */
  #runFor(options: ExecuteOptions): Run {
    const { settings } = options;
    const deadlineMs = this.#deadlineMsOf(options);
    if (settings === undefined && (deadlineMs === false || this.settings.deadlineMs !== false)) return this.#run;
    const attemptTimeoutMs = settings?.attemptTimeoutMs ?? this.settings.attemptTimeoutMs;
    const breaker = settings?.breaker === false ? false : this.settings.breaker;
    const leaseMs = breaker === false ? 0 : breaker.trialLeaseMs;
    const ownLeaseMs = Math.max(leaseMs, trialLeaseMs(attemptTimeoutMs, deadlineMs) ?? 0);
    return this.#compose({ deadlineMs, attemptTimeoutMs, breaker }, ownLeaseMs);
  }

  /** Runs a call to its end and hands the end over. Whatever goes wrong on the way there, it does hand it over. */
  #carry<T>(
    call: LiveCall,
    onSuccess: (value: T, ended: EndedCall) => void,
    onFailure: (error: unknown, ended: EndedCall) => void,
  ): void {
    this.#tell.started(call);
    call.start(this.#shared.links).then(
      (value) => {
        const ended = new EndedCall(call, 'success', undefined);
        try {
          this.#leave(call, ended.endedAtMs);
          call.lane.counter.succeeded(ended.durationMs, ended.endedAtMs);
          this.#tell.succeeded(call, ended);
        } finally {
          // The stages carry what the function gives without looking at it; here its type comes back.
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion
          onSuccess(value as T, ended);
        }
      },
      (error: unknown) => {
        const { attempt } = call;
        const failure = attempt.refusedBy === undefined ? attempt.failureOf(error) : undefined;
        const ended = new EndedCall(call, stopReasonOf(attempt, failure), failure);
        try {
          this.#leave(call, ended.endedAtMs);
          remember(error, ended);
          call.lane.counter.failed(ended);
          this.#tell.failed(call, ended, error);
        } finally {
          onFailure(error, ended);
        }
      },
    );
  }

  #leave(call: LiveCall, endedAtMs: number): void {
    call.lane.leave(endedAtMs);
    this.#shared.leave();
    call.unlink(this.#shared.links);
  }
}

/** What keeps a running function within its time. */
function limit(attemptTimeoutMs: number | false, deadlineMs: number | false): OptionalStage {
  if (attemptTimeoutMs !== false) return attemptTimeout(attemptTimeoutMs);
  return deadlineMs === false ? undefined : deadline();
}

/**
 * What ended a failed call. Nothing tries again as yet, so a failure's own kind says whether more attempts might have
 * helped.
 */
function stopReasonOf({ refusedBy, interruption }: LiveAttempt, failure: Failure | undefined): StopReason {
  if (refusedBy !== undefined) return refusedBy;
  if (interruption?.by === 'deadline') return 'deadline';
  if (failure?.kind === 'cancelled') return 'cancelled';
  return failure?.retry === 'never' ? 'not_retryable' : 'attempts_exhausted';
}
