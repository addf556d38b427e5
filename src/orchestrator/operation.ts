import { breakerStage } from '../breaker/stage.js';
import { type Call, compose, type Failure, type Run, type StopReason } from '../pipeline/pipeline.js';
import { monotonicMs, wallMs } from '../runtime/runtime.js';
import { CallCounter, type Stats } from '../telemetry/telemetry.js';
import { attemptTimeout, deadline } from '../timeout/timeout.js';
import { attemptLog } from './attempt-log.js';
import { type BreakerHandle, LaneBreaker } from './breaker-handle.js';
import { LiveCall } from './call.js';
import { remember } from './explain.js';
import type { Lane } from './lane.js';
import { Lanes } from './lanes.js';
import { assertCall, assertExecuteOptions, type ExecuteOptions } from './options.js';
import { type Report, refusedReport } from './report.js';
import { type EffectiveSettings, overlay } from './settings.js';
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
  wrap<This, Args extends unknown[], T>(fn: Wrappable<This, Args, T>, options?: ExecuteOptions): Wrapped<This, Args, T>;
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
  readonly #lanes: Lanes;
  readonly #run: Run;

  constructor(name: string, settings: EffectiveSettings, shared: Shared) {
    this.name = name;
    this.settings = settings;
    this.#shared = shared;
    this.#lanes = new Lanes({ shared, operation: name, breaker: settings.breaker });
    this.#run = this.#compose(settings);
  }

  execute<T>(fn: Work<T>, options?: ExecuteOptions): Promise<T> {
    try {
      return this.#carry<T>(this.#begin(fn, options, false), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  inspect<T>(fn: Work<T>, options?: ExecuteOptions): Promise<Report<T>> {
    let call: LiveCall;
    try {
      call = this.#begin(fn, options, true);
    } catch (error) {
      return Promise.resolve(refusedReport(this.name, error));
    }
    return this.#carry<T>(call, options).then(
      (value) => ({ ...call.record(), fallbackUsed: false, ok: true, value }),
      (error: unknown) => ({ ...call.record(), fallbackUsed: false, ok: false, error }),
    );
  }

  wrap<This, Args extends unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions,
  ): Wrapped<This, Args, T> {
    assertCall(fn, options);
    return wrapped(fn, (work) => this.execute(work, options));
  }

  stats(key?: string): Stats {
    if (key === undefined) return this.counted().stats();
    return (this.#lanes.find(key)?.counter ?? new CallCounter()).stats();
  }

  breaker(key?: string): BreakerHandle {
    if (key !== undefined) assertExecuteOptions({ key });
    return new LaneBreaker(this.#lanes, this.name, key);
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

  #compose({ deadlineMs, attemptTimeoutMs, breaker }: EffectiveSettings): Run {
    return compose(
      [
        deadlineMs === false ? undefined : deadline(),
        attemptLog(this.#shared.events),
        breaker === false ? undefined : breakerStage((call) => this.#lanes.find(call.key)?.breaker),
        attemptTimeoutMs === false ? undefined : attemptTimeout(attemptTimeoutMs),
      ],
      (call) => call.invoke(),
    );
  }

  /** Everything that can refuse the input stands here, before anything is counted. */
  #begin(work: Work<unknown>, options: ExecuteOptions | undefined, inspected: boolean): LiveCall {
    const shared = this.#shared;
    shared.assertOpen();
    assertCall(work, options);
    const startedAtMs = monotonicMs();
    const context = shared.contextOf(options?.context, this.name);
    const deadlineMs = options?.deadlineMs ?? options?.settings?.deadlineMs ?? this.settings.deadlineMs;
    const lane = this.#lanes.of(options?.key, startedAtMs);
    lane.enter(startedAtMs);
    return new LiveCall({
      lane,
      work,
      serial: shared.enter(),
      startedAtMs,
      deadlineMs: deadlineMs === false ? undefined : deadlineMs,
      context,
      inspected,
    });
  }

  #carry<T>(call: LiveCall, options: ExecuteOptions | undefined): Promise<T> {
    const { events, links } = this.#shared;
    if (events.wants('call.started')) events.emit({ type: 'call.started', ...about(call) });
    const signal = options?.signal;
    const onAbort = (reason: unknown) => call.interrupt({ by: 'caller', error: reason });
    if (signal?.aborted === true) onAbort(signal.reason);
    else if (signal !== undefined) links.link(signal, onAbort);
    const leave = () => {
      if (signal !== undefined) links.unlink(signal, onAbort);
      call.lane.leave();
      this.#shared.leave();
    };
    const settled =
      call.interruption === undefined ? this.#runFor(options)(call) : Promise.reject(call.interruption.error);
    const ended = settled.then(
      (value) => {
        this.#succeeded(call);
        leave();
        return value;
      },
      (error: unknown) => {
        this.#failed(call, error);
        leave();
        throw error;
      },
    );
    // The stages carry what the function gives without looking at it; here its type comes back.
    return ended as Promise<T>;
  }

  #runFor(options: ExecuteOptions | undefined): Run {
    if (options === undefined) return this.#run;
    const { settings, deadlineMs } = options;
    const isDeadlineNew = this.settings.deadlineMs === false && typeof deadlineMs === 'number';
    if (settings === undefined && !isDeadlineNew) return this.#run;
    const own = overlay(this.settings, settings);
    return this.#compose(deadlineMs === undefined ? own : { ...own, deadlineMs });
  }

  #succeeded(call: LiveCall): void {
    const nowMs = monotonicMs();
    const durationMs = nowMs - call.startedAtMs;
    call.end('success', undefined, durationMs);
    call.lane.counter.succeeded(durationMs, nowMs);
    const { events } = this.#shared;
    if (events.wants('call.succeeded')) {
      events.emit({ type: 'call.succeeded', ...about(call), durationMs, attempts: call.attempt });
    }
  }

  #failed(call: LiveCall, error: unknown): void {
    const nowMs = monotonicMs();
    const durationMs = nowMs - call.startedAtMs;
    const failure = call.isRefused ? undefined : call.failureOf(error);
    const stopReason = call.stopReason ?? stopReasonOf(failure);
    call.end(stopReason, failure, durationMs);
    remember(error, call.record());
    call.lane.counter.failed({ kind: failure?.kind, stopReason, durationMs, nowMs });
    const { events } = this.#shared;
    if (events.wants('call.failed')) {
      const attempts = call.invoked ? call.attempt : 0;
      events.emit({ type: 'call.failed', ...about(call), durationMs, attempts, stopReason, failure, error });
    }
  }
}

/** Without a retry stage the first failure is the last: its own kind says whether more attempts might have helped. */
function stopReasonOf(failure: Failure | undefined): StopReason {
  if (failure?.kind === 'cancelled') return 'cancelled';
  return failure?.retry === 'never' ? 'not_retryable' : 'attempts_exhausted';
}

function about(call: LiveCall): { at: number; operation: string; key: string | undefined; callId: string } {
  return { at: wallMs(), operation: call.operation, key: call.key, callId: call.id };
}
