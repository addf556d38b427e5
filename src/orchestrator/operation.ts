import { breakerStage } from '../breaker/stage.js';
import { type Call, compose, type Failure, type Run, type StopReason } from '../pipeline/pipeline.js';
import { monotonicMs, rejected, wallMs } from '../runtime/runtime.js';
import { CallCounter, type Stats } from '../telemetry/telemetry.js';
import { attemptTimeout, deadline } from '../timeout/timeout.js';
import { type BreakerHandle, LaneBreaker } from './breaker-handle.js';
import { LiveCall } from './call.js';
import { EndedCall } from './ended-call.js';
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
    let call: LiveCall;
    try {
      call = this.#begin(fn, options);
    } catch (error) {
      return rejected(error);
    }
    return new Promise<T>((resolve, reject) => this.#carry<T>(call, options, resolve, reject));
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
        options,
        (value, ended) => resolve({ ...ended.record(), fallbackUsed: false, ok: true, value }),
        (error, ended) => resolve({ ...ended.record(), fallbackUsed: false, ok: false, error }),
      );
    });
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
        breaker === false ? undefined : breakerStage((call) => this.#lanes.find(call.key)?.breaker),
        attemptTimeoutMs === false ? undefined : attemptTimeout(attemptTimeoutMs),
      ],
      (call) => call.invoke(),
    );
  }

  /** Everything that can refuse the input stands here, before anything is counted. */
  #begin(work: Work<unknown>, options: ExecuteOptions | undefined): LiveCall {
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
    });
  }

  /** Runs a call to its end and hands the end over. */
  #carry<T>(
    call: LiveCall,
    options: ExecuteOptions | undefined,
    onSuccess: (value: T, ended: EndedCall) => void,
    onFailure: (error: unknown, ended: EndedCall) => void,
  ): void {
    const { events } = this.#shared;
    if (events.wants('call.started')) events.emit({ type: 'call.started', ...about(call) });
    const unlink = this.#link(call, options?.signal);
    const run = this.#runFor(options);
    const settled = call.interruption === undefined ? run(call) : rejected(call.interruption.error);
    settled.then(
      (value) => {
        unlink?.();
        const ended = this.#succeeded(call);
        // The stages carry what the function gives without looking at it; here its type comes back.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        onSuccess(value as T, ended);
      },
      (error: unknown) => {
        unlink?.();
        onFailure(error, this.#failed(call, error));
      },
    );
  }

  /** Ends the call when the caller's signal aborts, or at once when it has; gives the way out. */
  #link(call: LiveCall, signal: AbortSignal | undefined): (() => void) | undefined {
    if (signal === undefined) return undefined;
    const { links } = this.#shared;
    const onAbort = (reason: unknown) => call.interrupt({ by: 'caller', error: reason });
    if (signal.aborted) {
      onAbort(signal.reason);
      return undefined;
    }
    links.link(signal, onAbort);
    return () => links.unlink(signal, onAbort);
  }

  #runFor(options: ExecuteOptions | undefined): Run {
    if (options === undefined) return this.#run;
    const { settings, deadlineMs } = options;
    const isDeadlineNew = this.settings.deadlineMs === false && typeof deadlineMs === 'number';
    if (settings === undefined && !isDeadlineNew) return this.#run;
    const own = overlay(this.settings, settings);
    return this.#compose(deadlineMs === undefined ? own : { ...own, deadlineMs });
  }

  #succeeded(call: LiveCall): EndedCall {
    const ended = new EndedCall(call, 'success', undefined);
    const { durationMs } = ended;
    this.#leave(call);
    call.lane.counter.succeeded(durationMs, ended.endedAtMs);
    const { events } = this.#shared;
    if (events.wants('call.succeeded')) {
      events.emit({ type: 'call.succeeded', ...about(call), durationMs, attempts: call.attempt });
    }
    return ended;
  }

  #failed(call: LiveCall, error: unknown): EndedCall {
    const failure = call.isRefused ? undefined : call.failureOf(error);
    const ended = new EndedCall(call, call.stopReason ?? stopReasonOf(failure), failure);
    this.#leave(call);
    remember(error, ended);
    call.lane.counter.failed(ended);
    this.#tellFailed(call, ended, error);
    return ended;
  }

  #leave(call: LiveCall): void {
    call.lane.leave();
    this.#shared.leave();
  }

  #tellFailed(call: LiveCall, { failure, durationMs, stopReason }: EndedCall, error: unknown): void {
    const { events } = this.#shared;
    if (failure !== undefined && call.invoked && events.wants('attempt.failed')) {
      events.emit({ type: 'attempt.failed', ...about(call), attempt: call.attempt, durationMs, failure, error });
    }
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
