import { type ResolvedOperation, resolvedFor } from '../config/configuration.js';
import { trialLeaseMs } from '../config/resolve-settings.js';
import type { ResolvedSettings } from '../config/settings.js';
import { type Call, type CallEnding, LiveCall, type Run } from '../pipeline/index.js';
import type { BudgetSnapshot } from '../retry/index.js';
import { deepFreeze, monotonicMs, rejectLater } from '../runtime/index.js';
import { CallCounter, type Stats } from '../telemetry/index.js';
import { type BreakerHandle, KeyedBreakerHandle } from './breaker-handle.js';
import { CallTeller } from './call-teller.js';
import { ChainMaker } from './chain.js';
import { FinishedCall } from './ended-call.js';
import { remember } from './explain.js';
import type { HealthSource } from './health.js';
import type { KeyState } from './lane.js';
import { KeyStates } from './lanes.js';
import { assertKey, checkedCall, type ExecuteOptions } from './options.js';
import { type Report, refusedReport } from './report.js';
import type { ResilienceContext } from './shared.js';
import { type Wrappable, type Wrapped, wrapped } from './wrap.js';

/** A function to protect. It is given the call, above all `call.signal`. */
export type Work<T> = (call: Call) => T | PromiseLike<T>;

/** One named operation: the same doors as on the whole, without saying the name each time. */
export interface Operation {
  readonly name: string;
  /** The settings in force, until they change. */
  readonly settings: ResolvedSettings;
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
  /**
   * Lets go of a held quota by hand, once somebody has paid, say. Calls that are waiting for it wait on; those that come from
   * now on pass. Does nothing when it is not held.
   *
   * @throws {ConfigurationError} for a key that is empty, too long or no string.
   */
  releaseQuota(key?: string): void;
}

interface PreparedCall {
  readonly call: LiveCall;
  readonly lane: KeyState;
}

/** How a call goes. */
interface Plan {
  readonly run: Run;
  readonly deadlineMs: number | false;
}

type OnFailure = (error: unknown, ended: FinishedCall) => void;

const SUCCESS: CallEnding = { stopReason: 'success', stopRule: undefined, failure: undefined };

/** An operation whose stages have been composed once, for all of its calls until its settings change. */
export class OperationRuntime implements Operation, HealthSource {
  readonly name: string;
  readonly #shared: ResilienceContext;
  readonly #tell: CallTeller;
  readonly #lanes: KeyStates;
  readonly #chains: ChainMaker;
  #resolved: ResolvedOperation;
  /** The usual stages, composed when the first call needs them: a change has thousands of operations follow at once. */
  #run: Run | undefined;
  /** The plans of calls with a strategy of their own, until the settings change. */
  readonly #ofStrategies = new Map<string, Plan>();

  constructor(name: string, resolved: ResolvedOperation, shared: ResilienceContext) {
    this.name = name;
    this.#shared = shared;
    this.#tell = new CallTeller(shared.events);
    this.#lanes = new KeyStates({ shared, operation: name, breaker: resolved.effective.breaker });
    this.#chains = new ChainMaker(shared, this.#lanes);
    this.#resolved = resolved;
  }

  get settings(): ResolvedSettings {
    return deepFreeze(this.#resolved.effective);
  }

  /** Goes by other settings from now on. Calls under way end by the old ones; breakers, quotas and numbers stay. */
  updateSettings(resolved: ResolvedOperation): void {
    if (resolved === this.#resolved) return;
    this.#resolved = resolved;
    this.#chains.updateSettings(resolved.effective);
    this.#run = undefined;
    this.#ofStrategies.clear();
  }

  execute<T>(fn: Work<T>, options?: ExecuteOptions): Promise<T> {
    let begun: PreparedCall;
    try {
      begun = this.#prepare(fn, options);
    } catch (error) {
      return rejectLater(error);
    }
    return new Promise<T>((resolve, reject) => this.#settle<T>(begun, resolve, reject));
  }

  inspect<T>(fn: Work<T>, options?: ExecuteOptions): Promise<Report<T>> {
    let begun: PreparedCall;
    try {
      begun = this.#prepare(fn, options);
    } catch (error) {
      return Promise.resolve(refusedReport(this.name, error));
    }
    return new Promise((resolve) => {
      this.#settle<T>(
        begun,
        (value, endedAtMs) => {
          const ended = new FinishedCall(begun.call, SUCCESS, endedAtMs);
          resolve({ ...ended.record(), ok: true, value });
        },
        (error, ended) => resolve({ ...ended.record(), ok: false, error }),
      );
    });
  }

  wrap<This, Args extends readonly unknown[], T>(
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions,
  ): Wrapped<This, Args, T> {
    const own = checkedCall(fn, options, this.#resolved.catalog);
    return wrapped(fn, (work) => this.execute(work, own));
  }

  stats(key?: string): Stats {
    if (key === undefined) return this.counted().stats();
    return (this.#lanes.find(key)?.counter ?? new CallCounter()).stats();
  }

  breaker(key?: string): BreakerHandle {
    if (key !== undefined) assertKey(key);
    return new KeyedBreakerHandle(this.#shared, this.#lanes, this.name, key);
  }

  releaseQuota(key?: string): void {
    if (key !== undefined) assertKey(key);
    const lane = this.#lanes.find(key);
    if (lane === undefined || lane.quota.remainingMs(monotonicMs()) === 0) return;
    lane.quota.release();
    this.#chains.tell.released(lane);
  }

  get holdsQuotas(): boolean {
    return this.#resolved.effective.quota !== false;
  }

  lanes(): Iterable<KeyState> {
    return this.#lanes.all();
  }

  budget(): BudgetSnapshot | undefined {
    return this.#chains.budget();
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

  /** Everything that can refuse the input stands here, before anything is counted. */
  #prepare(work: Work<unknown>, given: ExecuteOptions | undefined): PreparedCall {
    const shared = this.#shared;
    const options = checkedCall(work, given, this.#resolved.catalog);
    const context = shared.contextOf(options.context, this.name);
    // After the hook, since that may have closed us.
    shared.assertOpen();
    const startedAtMs = monotonicMs();
    const { run, deadlineMs } = this.#planOf(options);
    const lane = this.#lanes.of(options.key, startedAtMs);
    lane.enter();
    const call = new LiveCall({
      host: lane,
      work,
      run,
      serial: shared.enter(),
      startedAtMs,
      deadlineMs: deadlineMs === false ? undefined : deadlineMs,
      signal: options.signal,
      context,
      idempotent: options.idempotent ?? true,
      replayable: options.replayable ?? true,
    });
    return { call, lane };
  }

  /** A call that brings a strategy and no settings goes like all others that do. */
  #planOf(options: ExecuteOptions): Plan {
    const { strategy, settings, deadlineMs } = options;
    if (strategy === undefined || settings !== undefined || deadlineMs !== undefined) return this.#newPlan(options);
    const known = this.#ofStrategies.get(strategy);
    if (known !== undefined) return known;
    const plan = this.#newPlan(options);
    this.#ofStrategies.set(strategy, plan);
    return plan;
  }

  /** The stages and the deadline of a call: those of the operation, unless the call brings settings that need others. */
  #newPlan(options: ExecuteOptions): Plan {
    const usual = this.#resolved.effective;
    const hasOwn = options.settings !== undefined || options.strategy !== undefined;
    const own = hasOwn ? resolvedFor(this.#resolved, options) : usual;
    const deadlineMs = options.deadlineMs ?? own.deadlineMs;
    // A chain that keeps one deadline keeps any other: the call says when its own is.
    const keepsDeadline = own.deadlineMs !== false || own.attemptTimeoutMs !== false || deadlineMs === false;
    if (own === usual && keepsDeadline) {
      this.#run ??= this.#chains.make(usual);
      return { run: this.#run, deadlineMs };
    }
    const leaseMs = usual.breaker === false ? 0 : usual.breaker.trialLeaseMs;
    const ownLeaseMs = Math.max(leaseMs, trialLeaseMs(own.attemptTimeoutMs, deadlineMs) ?? 0);
    const breaker = own.breaker === false ? false : usual.breaker;
    return { run: this.#chains.make({ ...own, deadlineMs, breaker }, ownLeaseMs), deadlineMs };
  }

  /** Runs a call to its end and hands the end over. Whatever goes wrong on the way there, it does hand it over. */
  #settle<T>(
    { call, lane }: PreparedCall,
    onSuccess: (value: T, endedAtMs: number) => void,
    onFailure: OnFailure,
  ): void {
    this.#tell.started(call);
    call.start(this.#shared.links).then(
      (value) => {
        const endedAtMs = monotonicMs();
        const durationMs = endedAtMs - call.startedAtMs;
        try {
          this.#leave(call, lane, endedAtMs);
          lane.counter.succeeded(durationMs, endedAtMs, endedAtMs - call.attempt.beganAtMs);
          this.#tell.succeeded(call, durationMs);
        } finally {
          // The stages carry what the function gives without looking at it; here its type comes back.
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion
          onSuccess(value as T, endedAtMs);
        }
      },
      (error: unknown) => {
        const ended = new FinishedCall(call, call.ending(error), monotonicMs());
        try {
          this.#leave(call, lane, ended.endedAtMs);
          remember(error, ended);
          lane.counter.failed(ended);
          this.#tell.failed(call, ended, error);
        } finally {
          onFailure(error, ended);
        }
      },
    );
  }

  #leave(call: LiveCall, lane: KeyState, endedAtMs: number): void {
    lane.leave(endedAtMs);
    this.#shared.leave();
    call.unlink(this.#shared.links);
  }
}
