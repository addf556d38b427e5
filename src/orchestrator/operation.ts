import { type ResolvedOperation, resolveCallSettings } from '../config/configuration.js';
import type { StrategyName } from '../config/presets/names.js';
import { computeTrialLeaseMs, type ResolvedSettings } from '../config/settings.js';
import type { ParentCall } from '../groups/index.js';
import { Check } from '../input/index.js';
import {
  type AttemptOutcome,
  type Call,
  type CallEnding,
  LiveCall,
  type Run,
  type StageAttempt,
} from '../pipeline/index.js';
import { type BudgetSnapshot, resolveBudgetSettings, TokenBucket } from '../retry/index.js';
import { deepFreeze, monotonicMs } from '../runtime/index.js';
import { CallCounter, type Stats } from '../telemetry/index.js';
import { type BreakerHandle, KeyedBreakerHandle } from './breaker-handle.js';
import { compileStages } from './compile-stages.js';
import { remember } from './explain.js';
import { FinishedCall } from './finished-call.js';
import type { HealthSource } from './health.js';
import { getKeyState, type KeyState } from './key-state.js';
import { KeyStates } from './key-states.js';
import { OperationHooks } from './operation-hooks.js';
import { type CompiledTarget, OperationTargets } from './operation-targets.js';
import { assertKey, type ExecuteOptions, parseExecuteOptions } from './options.js';
import { buildRefusedReport, type Report } from './report.js';
import type { ResilienceContext } from './resilience-context.js';
import { type OperationSnapshot, takeKeySnapshot } from './snapshot.js';
import { type ResolvedTarget, type ResolvedTargetList, readTargets } from './target-options.js';
import { type Wrappable, type Wrapped, wrapped } from './wrap.js';

/** A function to protect. Receives the call, whose `signal` it should pass on. */
export type Work<T> = (call: Call) => T | PromiseLike<T>;

/** One named operation: the methods of {@link Resilience}, without the name as an argument. */
export interface Operation<Strategy extends string = StrategyName> {
  readonly name: string;
  /** The settings in force, until they change. */
  readonly settings: ResolvedSettings;
  /** See {@link Resilience.execute}. */
  execute<T>(fn: Work<T>, options?: ExecuteOptions<Strategy>): Promise<T>;
  execute<T>(fn: (call: Call) => T, options?: ExecuteOptions<Strategy>): Promise<Awaited<T>>;
  /** See {@link Resilience.inspect}. */
  inspect<T>(fn: Work<T>, options?: ExecuteOptions<Strategy>): Promise<Report<T>>;
  inspect<T>(fn: (call: Call) => T, options?: ExecuteOptions<Strategy>): Promise<Report<Awaited<T>>>;
  /** See {@link Resilience.wrap}. */
  wrap<This, Args extends readonly unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions<Strategy>,
  ): Wrapped<This, Args, T>;
  /** The numbers of the operation, or of one of its keys: all zero for a key that was never used or has been removed. */
  stats(key?: string): Stats;
  /** See {@link Resilience.breaker}. */
  breaker(key?: string): BreakerHandle;
  /**
   * Ends a quota hold by hand, for example after a payment. Waiting calls continue to wait; later ones do not. Does
   * nothing if there is no hold.
   *
   * @throws {ConfigurationError} for a key that is empty, too long or not a string.
   */
  releaseQuota(key?: string): void;
}

/** The stages, deadline and budget of a call. */
interface Plan {
  readonly run: Run;
  readonly deadlineMs: number | false;
  /** The budget that its success adds to. */
  readonly budget: TokenBucket | undefined;
  /** Whether the call goes to one of several targets, rather than to its own key. */
  readonly hasTargets: boolean;
}

/** A call that is ready to start. */
interface PreparedCall {
  readonly call: LiveCall;
  readonly state: KeyState;
  readonly budget: TokenBucket | undefined;
}

const SUCCESS: CallEnding = { stopReason: 'success', stopRule: undefined, failure: undefined };
/** Microtasks are chained to it by `then`, a built-in that still runs when the stack is full. */
const RESOLVED = Promise.resolve();
/** The breaker ignores a stream that its consumer left. */
const LEFT: CallEnding = {
  stopReason: 'cancelled',
  stopRule: undefined,
  failure: Object.freeze({ kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false }),
};

/** An operation whose stages are compiled once, for all of its calls until its settings change. */
export class OperationRuntime implements Operation, HealthSource {
  readonly name: string;
  readonly #context: ResilienceContext;
  readonly #keys: KeyStates;
  readonly #hooks: OperationHooks;
  /** The targets of calls that bring none. */
  readonly #ownTargets: ResolvedTargetList | undefined;
  readonly #targets: OperationTargets;
  #resolved: ResolvedOperation;
  /** Created when first needed: a call may retry even if its operation does not. */
  #budget: TokenBucket | undefined;
  /** The usual stages, compiled when the first call needs them: one change may concern thousands of operations. */
  #run: Run | undefined;
  /** The plans of calls without their own settings, by strategy, until the settings change. */
  readonly #plans = new Map<string, Plan>();
  /** The plan of calls that bring neither settings nor a strategy. */
  #usualPlan: Plan | undefined;
  /** The plans of calls that bring only targets, by their array, until the settings change. */
  #plansByTargets = new WeakMap<object, Plan>();
  /** The settings of targets that bring their own, until the settings change. */
  #settingsOfTargets = new WeakMap<ResolvedTarget, ResolvedSettings>();

  constructor(name: string, resolved: ResolvedOperation, context: ResilienceContext, targets?: ResolvedTargetList) {
    this.name = name;
    this.#context = context;
    this.#hooks = new OperationHooks(context);
    this.#keys = new KeyStates({ context, operation: name, settings: resolved.effective });
    this.#resolved = resolved;
    this.#ownTargets = targets;
    this.#targets = new OperationTargets(context, this.#keys);
  }

  get settings(): ResolvedSettings {
    return deepFreeze(this.#resolved.effective);
  }

  /** Replaces the settings. Calls in progress keep the old ones; breakers, quotas and numbers are kept. */
  updateSettings(resolved: ResolvedOperation): void {
    if (resolved === this.#resolved) return;
    this.#resolved = resolved;
    const { retry } = resolved.effective;
    this.#keys.updateSettings(resolved.effective);
    // Disabling the budget discards it; disabling retries does not.
    if (retry !== false) {
      if (retry.budget === false) this.#budget = undefined;
      else this.#budget?.updateSettings(retry.budget, monotonicMs());
    }
    this.#run = undefined;
    this.#usualPlan = undefined;
    this.#plans.clear();
    this.#plansByTargets = new WeakMap();
    this.#settingsOfTargets = new WeakMap();
  }

  execute<T>(fn: Work<T>, options?: ExecuteOptions): Promise<T>;
  execute<T>(fn: (call: Call) => T, options?: ExecuteOptions): Promise<Awaited<T>>;
  execute(fn: Work<unknown>, options?: ExecuteOptions): Promise<unknown> {
    // Rejecting our own promise is a third of the cost of throwing the error in a handler.
    return new Promise((resolve, reject) => this.#carry(fn, options, resolve, reject));
  }

  inspect<T>(fn: Work<T>, options?: ExecuteOptions): Promise<Report<T>>;
  inspect<T>(fn: (call: Call) => T, options?: ExecuteOptions): Promise<Report<Awaited<T>>>;
  inspect(fn: Work<unknown>, options?: ExecuteOptions): Promise<Report<unknown>> {
    return new Promise((resolve) => {
      const onValue = (value: unknown, { call }: PreparedCall, endedAtMs: number) => {
        resolve({ ...new FinishedCall(call, SUCCESS, endedAtMs).record(), ok: true, value });
      };
      const onError = (error: unknown, finished: FinishedCall | undefined) => {
        const refused = finished === undefined;
        resolve(refused ? buildRefusedReport(this.name, error) : { ...finished.record(), ok: false, error });
      };
      this.#carry(fn, options, onValue, onError);
    });
  }

  wrap<This, Args extends readonly unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions,
  ): Wrapped<This, Args, T> {
    const own = parseExecuteOptions(fn, options, this.#resolved.catalog);
    return wrapped(fn, (work) => this.execute(work, own));
  }

  stats(key?: string): Stats {
    if (key === undefined) return this.counted().stats();
    return (this.#keys.find(key)?.counter ?? new CallCounter()).stats();
  }

  breaker(key?: string): BreakerHandle {
    if (key !== undefined) assertKey(key);
    return new KeyedBreakerHandle(this.#context, this.#keys, this.name, key);
  }

  releaseQuota(key?: string): void {
    if (key !== undefined) assertKey(key);
    const state = this.#keys.find(key);
    if (state === undefined || state.quota.remainingMs(monotonicMs()) === 0) return;
    state.quota.release();
    this.#context.reporter.quotaReleased(state);
  }

  get holdsQuotas(): boolean {
    return this.#resolved.effective.quota !== false;
  }

  keyStates(): Iterable<KeyState> {
    return this.#keys.all();
  }

  /** The retry budget; `undefined` if there is none. */
  budget(): BudgetSnapshot | undefined {
    return this.#budget?.snapshot(monotonicMs());
  }

  /** The numbers of all its keys together. */
  counted(): CallCounter {
    return this.#keys.counted();
  }

  snapshot(): OperationSnapshot {
    const nowMs = monotonicMs();
    const keys = [...this.#keys.all()].map((state) => takeKeySnapshot(state, nowMs));
    return { stats: this.stats(), retryBudget: this.budget() ?? null, keys };
  }

  /** Resets the numbers and keeps the breakers. */
  resetStats(): void {
    this.#keys.resetCounters();
  }

  /** Stops every timer. */
  shutdown(): void {
    for (const { breaker } of this.#keys.all()) breaker?.shutdown();
  }

  /** Runs a call to its end, and calls one of the handlers after it has been counted. */
  #carry(
    fn: Work<unknown>,
    options: ExecuteOptions | undefined,
    onValue: (value: unknown, prepared: PreparedCall, endedAtMs: number) => void,
    /** `finished` is `undefined` for a call that was refused. */
    onError: (error: unknown, finished: FinishedCall | undefined) => void,
  ): void {
    let started: PreparedCall | undefined;
    try {
      const prepared = this.#prepare(fn, options);
      // Counted by plain writes: calling a method might overflow the stack between the two.
      this.#context.inFlight += 1;
      prepared.state.inUse += 1;
      started = prepared;
      this.#start(prepared).then(
        (value) => onValue(value, prepared, this.#onValue(prepared, value)),
        (error: unknown) => onError(error, this.#onError(prepared, error)),
      );
    } catch (error) {
      // The error may be a stack overflow, and ending the call needs stack space.
      void RESOLVED.then(() => onError(error, started === undefined ? undefined : this.#onThrow(started, error)));
    }
  }

  /** Does everything that can refuse the input, before anything is counted. */
  #prepare(work: Work<unknown>, given: ExecuteOptions | undefined): PreparedCall {
    const context = this.#context;
    const options = parseExecuteOptions(work, given, this.#resolved.catalog);
    const parent = context.parentOf(options);
    const values = context.contextOf(options.context, this.name);
    // After the hook, which may have closed the `Resilience`.
    context.assertOpen();
    const startedAtMs = monotonicMs();
    const { run, deadlineMs, budget, hasTargets } = this.#planOf(options, parent);
    const { key } = options;
    const state = hasTargets ? this.#keys.beforeTargets(key, startedAtMs) : this.#keys.of(key, startedAtMs);
    const call = new LiveCall({
      hooks: this.#hooks,
      lane: state,
      work,
      run,
      serial: context.nextSerial(),
      startedAtMs,
      deadlineMs: deadlineMs === false ? undefined : deadlineMs,
      signal: options.signal,
      parentSignal: parent?.signal,
      context: values,
      idempotent: options.idempotent ?? true,
      replayable: options.replayable ?? true,
      priority: options.priority,
      estimate: options.estimate,
    });
    return { call, state, budget };
  }

  /** A call without its own settings, deadline or parent shares the plan of all calls with its strategy. */
  #planOf(options: ExecuteOptions, parent: ParentCall | undefined): Plan {
    const { strategy, settings, deadlineMs, targets } = options;
    if (settings !== undefined || deadlineMs !== undefined || parent !== undefined || choosesTargets(options)) {
      return this.#makePlan(options, parent);
    }
    if (typeof targets === 'object') return this.#planWithTargets(targets, options);
    if (strategy === undefined) {
      this.#usualPlan ??= this.#makePlan(options, undefined);
      return this.#usualPlan;
    }
    const known = this.#plans.get(strategy);
    if (known !== undefined) return known;
    const plan = this.#makePlan(options, undefined);
    this.#plans.set(strategy, plan);
    return plan;
  }

  #planWithTargets(targets: object, options: ExecuteOptions): Plan {
    if (options.strategy !== undefined) return this.#makePlan(options, undefined);
    const known = this.#plansByTargets.get(targets);
    if (known !== undefined) return known;
    const plan = this.#makePlan(options, undefined);
    this.#plansByTargets.set(targets, plan);
    return plan;
  }

  /** The stages and the deadline of a call: those of the operation, unless the settings of the call need others. */
  #makePlan(options: ExecuteOptions, parent: ParentCall | undefined): Plan {
    const usual = this.#resolved.effective;
    const hasOwn = options.settings !== undefined || options.strategy !== undefined;
    const own = hasOwn ? resolveCallSettings(this.#resolved, options) : usual;
    const deadlineMs = limitToParent(options.deadlineMs ?? own.deadlineMs, parent);
    const budget = this.#budgetFor(own);
    // A chain that enforces a deadline works for any: the stage reads the call's own.
    const targets = this.#targetsOf(options);
    if (targets !== undefined) {
      const compiled = targets.targets.map((target, index) => this.#compileTarget(target, index, options, deadlineMs));
      return { run: this.#targets.compile(compiled, targets), deadlineMs, budget, hasTargets: true };
    }
    const keepsDeadline = own.deadlineMs !== false || own.attemptTimeoutMs !== false || deadlineMs === false;
    if (own === usual && keepsDeadline) {
      this.#run ??= this.#compile(usual, budget);
      return { run: this.#run, deadlineMs, budget, hasTargets: false };
    }
    return { run: this.#compileOwn(own, usual, deadlineMs, budget), deadlineMs, budget, hasTargets: false };
  }

  /** Composes the stages of calls with their own settings; `shared` are those that all calls of the key share. */
  #compileOwn(own: ResolvedSettings, shared: ResolvedSettings, deadlineMs: number | false, budget?: TokenBucket): Run {
    const leaseMs = shared.breaker === false ? 0 : shared.breaker.trialLeaseMs;
    const ownLeaseMs = Math.max(leaseMs, computeTrialLeaseMs(own.attemptTimeoutMs, deadlineMs) ?? 0);
    const breaker = own.breaker === false ? false : shared.breaker;
    return this.#compile({ ...own, deadlineMs, breaker }, budget, ownLeaseMs);
  }

  /** The targets of a call: its own, or else those of the operation. */
  #targetsOf({
    targets,
    order,
    whenNoneAvailable,
    targetWaitMs,
    sticky,
  }: ExecuteOptions): ResolvedTargetList | undefined {
    if (targets === false) return undefined;
    const own =
      targets === undefined ? this.#ownTargets?.targets : readTargets(new Check(), 'options.targets', targets);
    if (own === undefined) return undefined;
    return {
      targets: own,
      order: order ?? this.#ownTargets?.order,
      whenNoneAvailable: whenNoneAvailable ?? this.#ownTargets?.whenNoneAvailable,
      targetWaitMs: targetWaitMs ?? this.#ownTargets?.targetWaitMs,
      sticky: sticky ?? this.#ownTargets?.sticky,
    };
  }

  #compileTarget(
    target: ResolvedTarget,
    index: number,
    { settings, strategy }: ExecuteOptions,
    deadlineMs: number | false,
  ): CompiledTarget {
    const shared = this.#settingsOf(target, index);
    const hasOwn = settings !== undefined || strategy !== undefined;
    const path = `options.targets[${index}].settings`;
    const ofTarget = target.settings === undefined ? {} : { target: { settings: target.settings, path } };
    const own = hasOwn ? resolveCallSettings(this.#resolved, { settings, strategy, ...ofTarget }) : shared;
    const budget = this.#budgetFor(own);
    const run = this.#compileOwn(own, shared, deadlineMs, budget);
    const runAnyway = this.#compileOwn({ ...own, quota: false, breaker: false }, shared, deadlineMs, budget);
    return { target, shared, quota: own.quota, run, runAnyway };
  }

  /** The settings that the lanes of a target share between calls; the same object until they change. */
  #settingsOf(target: ResolvedTarget, index: number): ResolvedSettings {
    if (target.settings === undefined) return this.#resolved.effective;
    const known = this.#settingsOfTargets.get(target);
    if (known !== undefined) return known;
    const path = `options.targets[${index}].settings`;
    const settings = resolveCallSettings(this.#resolved, { target: { settings: target.settings, path } });
    this.#settingsOfTargets.set(target, settings);
    return settings;
  }

  /** Retries and hedges share it. Hedges without retries have the default one: without any, load could multiply. */
  #budgetFor({ retry, hedge }: ResolvedSettings): TokenBucket | undefined {
    const rules = retry !== false ? retry.budget : hedge !== false && resolveBudgetSettings({});
    if (rules === false) return undefined;
    this.#budget ??= new TokenBucket(rules);
    return this.#budget;
  }

  #compile(settings: ResolvedSettings, budget: TokenBucket | undefined, leaseMs?: number): Run {
    const { reporter, random } = this.#context;
    return compileStages(settings, { reporter, random, budget, ...(leaseMs !== undefined && { leaseMs }) });
  }

  #start({ call }: PreparedCall): Promise<unknown> {
    if (this.#context.reporter.callStarted(call)) call.delayStart();
    return call.start(this.#context.links);
  }

  /** Ends a call that has its value, now or when its outcome is known; returns the time. */
  #onValue(prepared: PreparedCall, value: unknown): number {
    const { streaming } = prepared.call;
    if (streaming === undefined) return this.#succeed(prepared, value);
    streaming.afterOutcome((outcome) => this.#onLateOutcome(prepared, outcome));
    return monotonicMs();
  }

  #onLateOutcome(prepared: PreparedCall, outcome: AttemptOutcome): void {
    if (outcome.status === 'success') this.#succeed(prepared);
    else if ('error' in outcome) this.#onError(prepared, outcome.error);
    else this.#finish(prepared, new FinishedCall(prepared.call, LEFT, monotonicMs()), prepared.call.decisive);
  }

  #succeed({ call, state, budget }: PreparedCall, value?: unknown): number {
    const endedAtMs = monotonicMs();
    const durationMs = endedAtMs - call.startedAtMs;
    this.#leave(call, state, endedAtMs, value);
    budget?.refill();
    const { decisive } = call;
    getKeyState(decisive).counter.succeeded(durationMs, endedAtMs, endedAtMs - decisive.startedAtMs);
    this.#context.reporter.callSucceeded(call, durationMs);
    return endedAtMs;
  }

  /** Ends a call whose stages threw instead of returning a promise. */
  #onThrow(prepared: PreparedCall, error: unknown): FinishedCall {
    prepared.call.fail(error);
    return this.#onError(prepared, error);
  }

  #onError(prepared: PreparedCall, error: unknown): FinishedCall {
    const { call } = prepared;
    const finished = new FinishedCall(call, call.ending(error), monotonicMs());
    remember(error, finished);
    this.#finish(prepared, finished, call.attemptOf(error), error);
    return finished;
  }

  /** @param last the attempt that the call ended with: its key counts the call. */
  #finish({ call, state }: PreparedCall, finished: FinishedCall, last: StageAttempt, error?: unknown): void {
    this.#leave(call, state, finished.endedAtMs);
    getKeyState(last).counter.failed(finished);
    const { durationMs, invocations } = finished;
    this.#context.reporter.callFailed(call, finished, { durationMs, attempts: invocations }, error);
  }

  #leave(call: LiveCall, state: KeyState, endedAtMs: number, value?: unknown): void {
    state.leave(endedAtMs);
    this.#context.leave();
    call.release(this.#context.links, endedAtMs, value);
  }
}

/** True for options that need a plan of their own: another choice of targets, or none. */
function choosesTargets({ targets, order, whenNoneAvailable, targetWaitMs, sticky }: ExecuteOptions): boolean {
  const chooses = order !== undefined || whenNoneAvailable !== undefined || targetWaitMs !== undefined;
  return chooses || sticky !== undefined || targets === false;
}

/** Limits the deadline of a call to that of its parent. */
function limitToParent(deadlineMs: number | false, parent: ParentCall | undefined): number | false {
  if (parent === undefined) return deadlineMs;
  // Rounded up: the parent's deadline comes first, and breakers ignore it.
  const remainingMs = Math.ceil(parent.remainingMs());
  // Not a number only if the parent is not a call of holdfast.
  if (!Number.isFinite(remainingMs)) return deadlineMs;
  return deadlineMs === false ? remainingMs : Math.min(deadlineMs, remainingMs);
}
