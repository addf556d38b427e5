import { resolveCacheOptions } from '../cache/index.js';
import type { ResolvedOperation } from '../config/configuration.js';
import type { StrategyName } from '../config/presets/names.js';
import type { ResolvedSettings } from '../config/settings.js';
import {
  callsOperation,
  computeAttemptsMs,
  type FallbackPlan,
  LastGoodValues,
  mayAnswer,
  resolveFallback,
} from '../fallback/index.js';
import { QueuedCall } from '../limits/index.js';
import type {
  AttemptOutcome,
  Call,
  CallEnding,
  CallInit,
  LiveCall,
  StageAttempt,
  StreamOpening,
} from '../pipeline/index.js';
import type { BudgetSnapshot } from '../retry/index.js';
import { deepFreeze, monotonicMs } from '../runtime/index.js';
import { GuardedStream, openingOf, type ProtectedStream, StreamGuard, type StreamSource } from '../streams/index.js';
import { CallCounter } from '../telemetry/index.js';
import { type BreakerHandle, KeyedBreakerHandle } from './breaker-handle.js';
import { CallPlans } from './call-plans.js';
import { type Handlers, type KnownPart, type OnError, type OnValue, SUCCESS } from './carried-call.js';
import type { Door } from './door.js';
import { remember, rememberCopy } from './explain.js';
import { type CallFallback, FallbackRun, type FallbackState, refuseCycle } from './fallback-run.js';
import { FinishedCall } from './finished-call.js';
import type { HealthSource } from './health.js';
import { getKeyState, type KeyState } from './key-state.js';
import { KeyStates } from './key-states.js';
import type { AnsweringOperation } from './operation-fallbacks.js';
import { OperationHooks } from './operation-hooks.js';
import {
  type AnyExecuteOptions,
  assertKey,
  type ExecuteOptions,
  parseExecuteOptions,
  parseStreamOptions,
  type StreamOptions,
} from './options.js';
import { PreparedCall } from './prepared-call.js';
import { buildRefusedReport, type Report } from './report.js';
import type { ResilienceContext } from './resilience-context.js';
import { SharedRun } from './shared-run.js';
import { type OperationSnapshot, type OperationStats, takeConcurrencySnapshot, takeKeySnapshot } from './snapshot.js';
import { toSource } from './stream-of-fallback.js';
import type { ResolvedTargetList } from './target-options.js';
import { type Wrappable, type Wrapped, wrapped } from './wrap.js';

/** A function to protect. Receives the call, whose `signal` it should pass on. */
export type Work<T> = (call: Call) => T | PromiseLike<T>;

/** A function whose stream is guarded. Receives the call, whose `signal` it should pass on. */
export type StreamWork<T> = (call: Call) => StreamSource<T> | PromiseLike<StreamSource<T>>;

/** One named operation: the methods of {@link Resilience}, without the name as an argument. */
export interface Operation<Strategy extends string = StrategyName> {
  readonly name: string;
  /** The settings in force, until they change. */
  readonly settings: ResolvedSettings;
  /** See {@link Resilience.execute}. */
  execute<T>(fn: Work<T>, options?: ExecuteOptions<Strategy, NoInfer<T>>): Promise<T>;
  execute<T>(fn: (call: Call) => T, options?: ExecuteOptions<Strategy, NoInfer<Awaited<T>>>): Promise<Awaited<T>>;
  /** See {@link Resilience.inspect}. */
  inspect<T>(fn: Work<T>, options?: ExecuteOptions<Strategy, NoInfer<T>>): Promise<Report<T>>;
  inspect<T>(
    fn: (call: Call) => T,
    options?: ExecuteOptions<Strategy, NoInfer<Awaited<T>>>,
  ): Promise<Report<Awaited<T>>>;
  /** See {@link Resilience.stream}. */
  stream<T>(fn: StreamWork<T>, options?: StreamOptions<Strategy, StreamSource<NoInfer<T>>>): ProtectedStream<T>;
  /** See {@link Resilience.wrap}. */
  wrap<This, Args extends readonly unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions<Strategy, NoInfer<T>>,
  ): Wrapped<This, Args, T>;
  /** The numbers of the operation, or of one of its keys: all zero for a key that was never used or has been removed. */
  stats(key?: string): OperationStats;
  /** See {@link Resilience.breaker}. */
  breaker(key?: string): BreakerHandle;
  /**
   * Ends a quota hold by hand, for example after a payment. Calls that wait for it go on one by one within
   * `quota.spreadMs`, or at their pace. Does nothing if there is no hold.
   *
   * @throws {ConfigurationError} for a key that is empty, too long or not a string.
   */
  releaseQuota(key?: string): void;
}

/** Microtasks are chained to it by `then`, a built-in that still runs when the stack is full. */
const RESOLVED = Promise.resolve();
/** The breaker ignores a stream that its consumer left. */
const LEFT: CallEnding = {
  stopReason: 'cancelled',
  stopRule: undefined,
  failure: Object.freeze({ kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false }),
};

/** An operation whose stages are compiled once, for all of its calls until its settings change. */
export class OperationRuntime implements Operation, AnsweringOperation, HealthSource {
  readonly name: string;
  readonly #context: ResilienceContext;
  readonly #keys: KeyStates;
  readonly #hooks: OperationHooks;
  readonly #plans: CallPlans;
  /** What answers calls that fail, unless they bring their own. */
  readonly #fallback: FallbackPlan | undefined;
  #fallbackState: FallbackState | undefined;
  #lastGood: LastGoodValues | undefined;
  /** Created when the first call brings `cache`. */
  #sharedRun: SharedRun | undefined;

  constructor(name: string, resolved: ResolvedOperation, context: ResilienceContext, targets?: ResolvedTargetList) {
    this.name = name;
    this.#context = context;
    this.#hooks = new OperationHooks(context);
    this.#keys = new KeyStates({ context, operation: name, settings: resolved.effective });
    this.#plans = new CallPlans(resolved, context, this.#keys, targets);
    this.#fallback = context.fallbacks?.get(name);
  }

  get settings(): ResolvedSettings {
    return deepFreeze(this.#resolved.effective);
  }

  /** Replaces the settings. Calls in progress keep the old ones; breakers, quotas and numbers are kept. */
  updateSettings(resolved: ResolvedOperation): void {
    if (resolved === this.#resolved) return;
    this.#plans.updateSettings(resolved);
    this.#keys.updateSettings(resolved.effective);
  }

  get #resolved(): ResolvedOperation {
    return this.#plans.resolved;
  }

  execute<T>(fn: Work<T>, options?: ExecuteOptions<StrategyName, T>): Promise<T>;
  execute<T>(fn: (call: Call) => T, options?: ExecuteOptions<StrategyName, Awaited<T>>): Promise<Awaited<T>>;
  execute(fn: Work<unknown>, options?: AnyExecuteOptions): Promise<unknown> {
    // Rejecting our own promise is a third of the cost of throwing the error in a handler.
    return new Promise((resolve, reject) => {
      this.#carry(fn, options, resolve, reject);
    });
  }

  inspect<T>(fn: Work<T>, options?: ExecuteOptions<StrategyName, T>): Promise<Report<T>>;
  inspect<T>(fn: (call: Call) => T, options?: ExecuteOptions<StrategyName, Awaited<T>>): Promise<Report<Awaited<T>>>;
  inspect(fn: Work<unknown>, options?: AnyExecuteOptions): Promise<Report<unknown>> {
    return new Promise((resolve) => {
      const onValue: OnValue = (value, call, endedAtMs, known, { fallbackUsed = false, cached = false } = {}) => {
        const finished = known ?? new FinishedCall(call, SUCCESS, endedAtMs);
        resolve({ ...finished.record(), fallbackUsed, cached, ok: true, value });
      };
      const onError: OnError = (error, finished, { cached = false } = {}) => {
        const refused = finished === undefined;
        resolve(refused ? buildRefusedReport(this.name, error) : { ...finished.record(), cached, ok: false, error });
      };
      this.#carry(fn, options, onValue, onError);
    });
  }

  stream<T>(fn: StreamWork<T>, options?: StreamOptions<StrategyName, StreamSource<T>>): ProtectedStream<T>;
  stream(fn: Work<unknown>, options?: StreamOptions<StrategyName, unknown>): ProtectedStream<unknown> {
    let call: LiveCall | undefined;
    const stream = new GuardedStream(monotonicMs(), () => {
      const error = new DOMException('the stream is not read any further', 'AbortError');
      call?.interrupt({ by: 'caller', error });
    });
    try {
      const { dialect, own } = parseStreamOptions(fn, options, this.#resolved.catalog);
      const onValue: OnValue = (value) => stream.begin(value instanceof StreamGuard ? value : this.#guard(value));
      call = this.#carry(fn, own, onValue, (error) => stream.fail(error), undefined, { stream: openingOf(dialect) });
    } catch (error) {
      stream.fail(error);
    }
    return stream;
  }

  answer(
    fn: Work<unknown>,
    options: AnyExecuteOptions,
    path: readonly string[],
    stream?: StreamOpening,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#carry(fn, options, resolve, reject, path, stream && { stream });
    });
  }

  /** What edges use. Not a part of {@link Operation} */
  get door(): Door {
    return {
      hasTargets: this.#plans.hasOwnTargets,
      isSticky: this.#plans.isSticky,
      open: (fn, options, stream) =>
        new Promise((resolve, reject) => {
          this.#carry(fn, options, resolve, reject, undefined, { stream });
        }),
      remember: rememberCopy,
    };
  }

  /** Guards the value of a fallback. */
  #guard(value: unknown): StreamGuard {
    const { stream: limits } = this.#resolved.effective;
    const { name: operation } = this;
    const init = { dialect: undefined, limits, startedAtMs: monotonicMs(), operation, holdsBack: false };
    const guard = new StreamGuard(init);
    void guard.open(toSource(value)).then(undefined, (error: unknown) => guard.fail(error));
    return guard;
  }

  wrap<This, Args extends readonly unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions<StrategyName, T>,
  ): Wrapped<This, Args, T> {
    const own = parseExecuteOptions(fn, options, this.#resolved.catalog);
    return wrapped(fn, (work) => this.execute(work, own));
  }

  stats(key?: string): OperationStats {
    const state = this.#keys.find(key);
    const stats = (key === undefined ? this.counted() : (state?.counter ?? new CallCounter())).stats();
    const permits = state?.permits;
    return permits === undefined ? stats : { ...stats, concurrency: takeConcurrencySnapshot(permits) };
  }

  breaker(key?: string): BreakerHandle {
    if (key !== undefined) assertKey(key);
    return new KeyedBreakerHandle(this.#context, this.#keys, this.name, key);
  }

  releaseQuota(key?: string): void {
    if (key !== undefined) assertKey(key);
    const state = this.#keys.find(key);
    const nowMs = monotonicMs();
    if (state === undefined || state.quota.remainingMs(nowMs) === 0) return;
    state.quota.release(nowMs);
    this.#context.reporter.quotaReleased(state);
  }

  keyStates(): Iterable<KeyState> {
    return this.#keys.all();
  }

  /** The retry budget; `undefined` if there is none. */
  budget(): BudgetSnapshot | undefined {
    return this.#plans.budget();
  }

  /** The numbers of all its keys together. */
  counted(): CallCounter {
    return this.#keys.counted();
  }

  snapshot(): OperationSnapshot {
    const nowMs = monotonicMs();
    const keys = [...this.#keys.all()].map((state) => takeKeySnapshot(state, nowMs));
    return { stats: this.counted().stats(), retryBudget: this.budget() ?? null, keys };
  }

  /** Resets the numbers and keeps the breakers. */
  resetStats(): void {
    this.#keys.resetCounters();
  }

  /** Stops every timer. */
  shutdown(): void {
    for (const { breaker } of this.#keys.all()) breaker?.shutdown();
  }

  /**
   * Runs a call to its end, and calls one of the handlers after it has been counted. Returns the call, unless it was refused
   * or shares an execution.
   *
   * @param path the operations whose fallbacks led here.
   * @param known what is known of the call from before.
   */
  #carry(
    fn: Work<unknown>,
    options: AnyExecuteOptions | undefined,
    onValue: OnValue,
    onError: OnError,
    path?: readonly string[],
    known?: KnownPart,
  ): LiveCall | undefined {
    let started: PreparedCall | undefined;
    try {
      const own = parseExecuteOptions(fn, options, this.#resolved.catalog);
      if (own.cache !== undefined) {
        this.#sharedRun ??= this.#createSharedRun();
        this.#sharedRun.carry(fn, own, resolveCacheOptions(own.cache), onValue, onError, path);
        return undefined;
      }
      const prepared = this.#prepare(fn, own, path, known);
      const mayWait = known === undefined && prepared.plan.queue !== undefined;
      const waits = mayWait && this.#queue(prepared, onValue, onError);
      // Counted by plain writes: calling a method might overflow the stack between the two.
      this.#context.inFlight += 1;
      prepared.state.inUse += 1;
      prepared.isCounted = true;
      started = prepared;
      if (waits) return undefined;
      this.#start(prepared).then(
        (value) => onValue(value, prepared.call, this.#onValue(prepared, value)),
        (error: unknown) => this.#settle(prepared, error, onValue, onError),
      );
      return prepared.call;
    } catch (error) {
      // The error may be a stack overflow, and ending the call needs stack space.
      void RESOLVED.then(() => {
        if (started === undefined) onError(error, undefined);
        else {
          started.call.fail(error);
          this.#settle(started, error, onValue, onError);
        }
      });
      return undefined;
    }
  }

  /**
   * Lets a call wait for its first permit before it is built, if it has to wait and only time can end the wait: a call takes
   * twice the space. Everything else about it is as if it had been built. Returns whether it waits.
   */
  #queue(prepared: PreparedCall, onValue: OnValue, onError: OnError): boolean {
    const { state, plan, fallback, init } = prepared;
    const { permits } = state;
    if (plan.queue === undefined || permits?.isQueueing !== true || state.quota.cause !== undefined) return false;
    if (init === undefined || init.signal !== undefined || init.parentSignal !== undefined) return false;
    if (fallback !== undefined || this.#context.reporter.wants('call.started')) return false;
    const queued = new QueuedCall(plan.queue, permits, init);
    void queued.ended().then(() => this.#startQueued(prepared.afterWait(init, queued), onValue, onError));
    return queued.enter(init.startedAtMs);
  }

  /** Runs a call whose wait is over to its end. */
  #startQueued(prepared: PreparedCall, onValue: OnValue, onError: OnError): void {
    try {
      prepared.call.start(this.#context.links).then(
        (value) => onValue(value, prepared.call, this.#onValue(prepared, value)),
        (error: unknown) => this.#settle(prepared, error, onValue, onError),
      );
    } catch (error) {
      prepared.call.fail(error);
      this.#settle(prepared, error, onValue, onError);
    }
  }

  /** Settles a call that has failed, by its fallback if it has one. */
  #settle(prepared: PreparedCall, error: unknown, onValue: OnValue, onError: OnError): void {
    const { fallback } = prepared;
    if (fallback === undefined) {
      onError(error, this.#onError(prepared, error));
      return;
    }
    // Until the fallback has ended, `close()` waits.
    this.#context.inFlight += 1;
    this.#fallBack(prepared, fallback, error, this.#onError(prepared, error), { onValue, onError });
  }

  /** Tries the steps of a fallback for a call that has been counted, and is still in progress to `close()`. */
  #fallBack(
    { call, state }: PreparedCall,
    fallback: CallFallback,
    error: unknown,
    finished: FinishedCall,
    { onValue, onError, cached }: Handlers,
  ): void {
    const { stopReason, failure } = finished;
    if (!mayAnswer({ error, failure, stopReason })) {
      this.#context.leave();
      onError(error, finished, { cached });
      return;
    }
    void this.#fallbackRun(call, fallback)
      .answer(error, finished)
      .then((result) => {
        const endedAtMs = monotonicMs();
        this.#context.leave();
        if (result.status === 'answered') {
          state.counter.fellBack();
          this.#context.reporter.fallbackUsed(call, result.use, endedAtMs - call.startedAtMs);
          const ended = new FinishedCall(finished, finished, endedAtMs);
          onValue(result.value, call, endedAtMs, ended, { fallbackUsed: result.use, cached });
        } else if (result.status === 'cancelled') {
          const cancelled = new FinishedCall(finished, result.call.ending(result.reason), endedAtMs);
          remember(result.reason, cancelled);
          onError(result.reason, cancelled, { cached });
        } else onError(error, new FinishedCall(finished, finished, endedAtMs), { cached });
      });
  }

  #fallbackRun(call: LiveCall, fallback: CallFallback): FallbackRun {
    this.#fallbackState ??= {
      context: this.#context,
      hooks: this.#hooks.withoutReports(),
      lastGood: () => {
        this.#lastGood ??= new LastGoodValues();
        return this.#lastGood;
      },
    };
    return new FallbackRun(this.#fallbackState, call, fallback);
  }

  #createSharedRun(): SharedRun {
    return new SharedRun(this.#context, {
      prepare: (work, options, path, known) => this.#prepare(work, options, path, known),
      enter: (prepared) => this.#enter(prepared),
      start: (prepared) => this.#start(prepared),
      succeed: (prepared, value) => void this.#onValue(prepared, value),
      fail: (prepared, error) => this.#onError(prepared, error),
      leave: (prepared, endedAtMs, value, source) => this.#leave(prepared, endedAtMs, value, source),
      fallBack: (prepared, fallback, error, finished, handlers) =>
        this.#fallBack(prepared, fallback, error, finished, handlers),
      fallbackRun: (call, fallback) => this.#fallbackRun(call, fallback),
      carry: (fn, options, onValue, onError, path, known) =>
        void this.#carry(fn, options, onValue, onError, path, known),
    });
  }

  /** Does everything that can refuse the input, before anything is counted. */
  #prepare(
    work: Work<unknown>,
    options: AnyExecuteOptions,
    path: readonly string[] | undefined,
    known?: KnownPart,
  ): PreparedCall {
    const context = this.#context;
    const parent = context.parentOf(options);
    const values = known?.context ?? context.contextOf(options.context, this.name);
    // After the hook, which may have closed the `Resilience`.
    if (known?.isAccepted !== true) context.assertOpen();
    const startedAtMs = monotonicMs();
    const plan = this.#plans.of(options, parent);
    const wholeMs = plan.deadlineMs === false ? undefined : plan.deadlineMs;
    const answer = this.#fallbackOf(options);
    const fallback = answer && {
      plan: answer,
      deadlineMs: wholeMs,
      signal: options.signal,
      parentSignal: parent?.signal,
      path: path === undefined ? [this.name] : [...path, this.name],
    };
    const { key } = options;
    const state = plan.hasTargets ? this.#keys.beforeTargets(key) : this.#keys.of(key, startedAtMs);
    const init: CallInit = {
      hooks: this.#hooks,
      lane: state,
      work,
      run: known?.run ?? plan.run,
      serial: known?.serial ?? context.nextSerial(),
      startedAtMs,
      deadlineMs: answer === undefined || wholeMs === undefined ? wholeMs : computeAttemptsMs(wholeMs, answer),
      remainingMs: known?.remainingMs,
      signal: options.signal,
      parentSignal: parent?.signal,
      context: values,
      idempotent: options.idempotent ?? true,
      replayable: options.replayable ?? true,
      priority: options.priority,
      estimate: options.estimate,
      stream: known?.stream,
    };
    return new PreparedCall(init, state, plan, fallback);
  }

  /** @throws {ConfigurationError} if the fallback of a call names its own operation. */
  #fallbackOf({ fallback }: AnyExecuteOptions): FallbackPlan | undefined {
    if (fallback === undefined) return this.#fallback;
    if (fallback === false) return undefined;
    const plan = resolveFallback(fallback);
    if (callsOperation(plan, this.name)) throw refuseCycle([this.name, this.name]);
    return plan;
  }

  #start({ call }: PreparedCall): Promise<unknown> {
    if (this.#context.reporter.callStarted(call)) call.delayStart();
    return call.start(this.#context.links);
  }

  /** Ends a call that has its value, now or when its outcome is known; returns the time. */
  #onValue(prepared: PreparedCall, value: unknown): number {
    const { call, fallback } = prepared;
    const { streaming } = call;
    if (streaming === undefined) {
      if (fallback !== undefined && fallback.plan.stored.length > 0) {
        this.#fallbackRun(call, fallback).storeLastGood(value);
      }
      return this.#succeed(prepared, value);
    }
    streaming.afterOutcome((outcome) => this.#onLateOutcome(prepared, outcome));
    return monotonicMs();
  }

  #onLateOutcome(prepared: PreparedCall, outcome: AttemptOutcome): void {
    if (outcome.status === 'success') this.#succeed(prepared);
    else if ('error' in outcome) this.#onError(prepared, outcome.error);
    else this.#finish(prepared, new FinishedCall(prepared.call, LEFT, monotonicMs()), prepared.call.decisive);
  }

  #succeed(prepared: PreparedCall, value?: unknown): number {
    const { call, plan } = prepared;
    const endedAtMs = monotonicMs();
    const durationMs = endedAtMs - call.startedAtMs;
    this.#leave(prepared, endedAtMs, value);
    plan.budget?.refill();
    const { decisive } = call;
    getKeyState(decisive).counter.succeeded(durationMs, endedAtMs, endedAtMs - decisive.startedAtMs);
    this.#context.reporter.callSucceeded(call, durationMs);
    return endedAtMs;
  }

  #onError(prepared: PreparedCall, error: unknown): FinishedCall {
    const { call } = prepared;
    const last = call.attemptOf(error);
    const finished = new FinishedCall(call, call.ending(error), monotonicMs(), last);
    remember(error, finished);
    this.#finish(prepared, finished, last, error);
    return finished;
  }

  /** @param last the attempt that the call ended with: its key counts the call. */
  #finish(prepared: PreparedCall, finished: FinishedCall, last: StageAttempt, error?: unknown): void {
    const { call } = prepared;
    this.#leave(prepared, finished.endedAtMs);
    getKeyState(last).counter.failed(finished);
    const { durationMs, invocations } = finished;
    this.#context.reporter.callFailed(call, finished, { durationMs, attempts: invocations }, error);
  }

  #enter(prepared: PreparedCall): void {
    this.#context.inFlight += 1;
    prepared.state.inUse += 1;
    prepared.isCounted = true;
  }

  #leave({ call, state, isCounted }: PreparedCall, endedAtMs: number, value?: unknown, source?: LiveCall): void {
    if (isCounted) {
      state.inUse -= 1;
      state.touch(endedAtMs);
      this.#context.leave();
    }
    call.release(this.#context.links, endedAtMs, value, source);
  }
}
