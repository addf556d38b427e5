import { breakerStage, type CircuitBreaker } from '../breaker/breaker.js';
import { type QuotaHold, type QuotaParts, type QuotaRules, quotaStage } from '../limits/limits.js';
import { type Call, type Conclusion, compose, LiveCall, type Run, type StagedCall } from '../pipeline/pipeline.js';
import { type BudgetSnapshot, RetryBudget, type RetryParts, type RetryRules, retryStage } from '../retry/retry.js';
import { monotonicMs, rejected } from '../runtime/runtime.js';
import { CallCounter, type Stats } from '../telemetry/telemetry.js';
import { timeLimit } from '../timeout/timeout.js';
import { type BreakerHandle, LaneBreaker } from './breaker-handle.js';
import { CallTeller } from './call-teller.js';
import { EndedCall } from './ended-call.js';
import { remember } from './explain.js';
import type { Lane } from './lane.js';
import { Lanes } from './lanes.js';
import { assertKey, checkedCall, type ExecuteOptions } from './options.js';
import { type Report, refusedReport } from './report.js';
import {
  callSettings,
  type EffectiveSettings,
  type LayeredSettings,
  type OperationSettings,
  trialLeaseMs,
} from './settings.js';
import type { Shared } from './shared.js';
import { StageTeller } from './stage-teller.js';
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
  /**
   * Lets go of a held quota by hand, once somebody has paid, say. Calls that are waiting for it wait on; those that come from
   * now on pass. Does nothing when it is not held.
   */
  releaseQuota(key?: string): void;
}

interface Begun {
  readonly call: LiveCall;
  readonly lane: Lane;
}

type OnFailure = (error: unknown, ended: EndedCall) => void;

const SUCCESS: Conclusion = { stopReason: 'success', because: undefined, failure: undefined };

/** An operation whose stages have been composed once, for all of its calls. */
export class ComposedOperation implements Operation {
  readonly name: string;
  readonly settings: EffectiveSettings;
  readonly #layered: LayeredSettings;
  readonly #shared: Shared;
  readonly #tell: CallTeller;
  readonly #lanes: Lanes;
  /** Made when first needed: a call may retry where its operation does not. */
  #budget: RetryBudget | undefined;
  readonly #tellStages: StageTeller;
  readonly #run: Run;

  constructor(name: string, { effective, layered }: OperationSettings, shared: Shared) {
    const { breaker } = effective;
    this.name = name;
    this.settings = effective;
    this.#layered = layered;
    this.#shared = shared;
    this.#tell = new CallTeller(shared.events);
    this.#lanes = new Lanes({ shared, operation: name, breaker });
    this.#tellStages = new StageTeller(shared.events, (attempt) => this.#laneOf(attempt).counter.retryRefused());
    this.#run = this.#compose(effective);
  }

  execute<T>(fn: Work<T>, options?: ExecuteOptions): Promise<T> {
    let begun: Begun;
    try {
      begun = this.#begin(fn, options);
    } catch (error) {
      return rejected(error);
    }
    return new Promise<T>((resolve, reject) => this.#carry<T>(begun, resolve, reject));
  }

  inspect<T>(fn: Work<T>, options?: ExecuteOptions): Promise<Report<T>> {
    let begun: Begun;
    try {
      begun = this.#begin(fn, options);
    } catch (error) {
      return Promise.resolve(refusedReport(this.name, error));
    }
    return new Promise((resolve) => {
      this.#carry<T>(
        begun,
        (value, endedAtMs) => {
          const ended = new EndedCall(begun.call, SUCCESS, endedAtMs);
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

  releaseQuota(key?: string): void {
    if (key !== undefined) assertKey(key);
    const lane = this.#lanes.find(key);
    if (lane === undefined || lane.quota.leftMs(monotonicMs()) === 0) return;
    lane.quota.release();
    this.#tellStages.released(lane);
  }

  /** The state of every key that is known. */
  lanes(): Iterable<Lane> {
    return this.#lanes.all();
  }

  /** What is left for retries; `undefined` where nothing bounds them. */
  budget(): BudgetSnapshot | undefined {
    return this.#budget?.snapshot(monotonicMs());
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

  #compose(settings: EffectiveSettings, leaseMs?: number): Run {
    const { deadlineMs, attemptTimeoutMs, retry, quota, breaker } = settings;
    const shared = { random: this.#shared.random, listener: this.#tellStages };
    return compose(
      [
        retry === false ? undefined : retryStage({ ...this.#retryParts(settings, retry), ...shared }),
        quota === false ? undefined : quotaStage({ ...this.#quotaParts(settings, quota), ...shared }),
        breaker === false ? undefined : breakerStage(this.#breakerOf, leaseMs),
        timeLimit(attemptTimeoutMs, deadlineMs),
      ],
      (call) => call.invoke(),
    );
  }

  #retryParts({ quota, breaker }: EffectiveSettings, rules: RetryRules): Omit<RetryParts, 'random' | 'listener'> {
    if (rules.budget !== false) this.#budget ??= new RetryBudget(rules.budget);
    return {
      rules,
      budget: rules.budget === false ? undefined : this.#budget,
      typicalMs: this.#typicalMsOf,
      refusalAfter: (attempt, delayMs) => {
        if (breaker !== false && this.#refusedForMs(attempt) > delayMs) return 'breaker_open';
        const heldMs = quota === false ? 0 : this.#quotaOf(attempt).leftMs(monotonicMs()) - quota.maxWaitMs;
        return heldMs > delayMs ? 'quota_held' : undefined;
      },
    };
  }

  #quotaParts({ breaker }: EffectiveSettings, rules: QuotaRules): Omit<QuotaParts, 'random' | 'listener'> {
    const refusedForMs = breaker === false ? () => 0 : this.#refusedForMs;
    return { rules, holdOf: this.#quotaOf, typicalMs: this.#typicalMsOf, refusedForMs };
  }

  readonly #typicalMsOf = (attempt: StagedCall): number | undefined => this.#laneOf(attempt).counter.typicalMs;

  readonly #refusedForMs = (attempt: StagedCall): number => this.#breakerOf(attempt)?.refusesForMs() ?? 0;

  readonly #laneOf = (call: StagedCall): Lane =>
    this.#lanes.find(call.key) ?? this.#lanes.of(call.key, call.startedAtMs);

  readonly #breakerOf = (call: StagedCall): CircuitBreaker | undefined => this.#laneOf(call).breaker;

  readonly #quotaOf = (call: StagedCall): QuotaHold => this.#laneOf(call).quota;

  /** Everything that can refuse the input stands here, before anything is counted. */
  #begin(work: Work<unknown>, given: ExecuteOptions | undefined): Begun {
    const shared = this.#shared;
    const options = checkedCall(work, given);
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

  /** The stages and the deadline of a call: those of the operation, unless the call brings settings that need others. */
  #planOf(options: ExecuteOptions): { readonly run: Run; readonly deadlineMs: number | false } {
    const usual = this.settings;
    const own = options.settings === undefined ? usual : callSettings(this.#layered, options.settings);
    const deadlineMs = options.deadlineMs ?? own.deadlineMs;
    // A chain that keeps one deadline keeps any other: the call says when its own is.
    const keepsDeadline = own.deadlineMs !== false || own.attemptTimeoutMs !== false || deadlineMs === false;
    if (own === usual && keepsDeadline) return { run: this.#run, deadlineMs };
    const leaseMs = usual.breaker === false ? 0 : usual.breaker.trialLeaseMs;
    const ownLeaseMs = Math.max(leaseMs, trialLeaseMs(own.attemptTimeoutMs, deadlineMs) ?? 0);
    const breaker = own.breaker === false ? false : usual.breaker;
    return { run: this.#compose({ ...own, deadlineMs, breaker }, ownLeaseMs), deadlineMs };
  }

  /** Runs a call to its end and hands the end over. Whatever goes wrong on the way there, it does hand it over. */
  #carry<T>({ call, lane }: Begun, onSuccess: (value: T, endedAtMs: number) => void, onFailure: OnFailure): void {
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
        const ended = new EndedCall(call, call.conclusion(error), monotonicMs());
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

  #leave(call: LiveCall, lane: Lane, endedAtMs: number): void {
    lane.leave(endedAtMs);
    this.#shared.leave();
    call.unlink(this.#shared.links);
  }
}
