import { type ClassifyRule, checkRules, readRules } from '../classify/index.js';
import { type ConfigChange, findChanges } from '../config/change.js';
import type { Configuration } from '../config/configuration.js';
import type { ConfigInput, OperationInput } from '../config/document.js';
import { buildEffectiveConfig, type EffectiveConfig } from '../config/effective-config.js';
import { findInsecureCombinations, findInsecureValues, OUTSIDE } from '../config/insecure.js';
import { startConfiguration } from '../config/load/index.js';
import { parseDocument } from '../config/parse-document.js';
import { describeOptions, type OwnPresets } from '../config/presets/catalog.js';
import type { AnyText, Listed, PresetName, StrategyName } from '../config/presets/names.js';
import { isLoadRecorder, type LoadRecorder } from '../config/usage.js';
import type { EnvironmentInput } from '../environment/index.js';
import { ConfigurationError, type ConfigurationIssue } from '../errors/index.js';
import type { GroupReport } from '../groups/index.js';
import { Check, configurationError, didYouMean, readOnce } from '../input/index.js';
import type { Call } from '../pipeline/index.js';
import {
  deepFreeze,
  followAnswer,
  monotonicMs,
  type OfType,
  type Random,
  rejectLater,
  wallMs,
} from '../runtime/index.js';
import { GuardedStream, type ProtectedStream, type StreamSource } from '../streams/index.js';
import { CallCounter, EVENT_TYPES, type EventType, type HoldfastEvent } from '../telemetry/index.js';
import type { BreakerHandle } from './breaker-handle.js';
import { type ConfigureOptions, parseConfigureOptions } from './configure-options.js';
import { type OperationTask, startGroup } from './group.js';
import {
  type GroupOptions,
  type ParsedTask,
  parseGroupOptions,
  parseTasks,
  type TasksAfter,
  type TasksOf,
  type TaskValues,
} from './group-options.js';
import { computeHealth, type Health } from './health.js';
import { type Operation, OperationRuntime, type StreamWork, type Work } from './operation.js';
import { checkFallbacks, type FallbacksByOperation, readFallbacks, resolveFallbacks } from './operation-fallbacks.js';
import {
  type AnyExecuteOptions,
  type ExecuteOptions,
  parseExecuteOptions,
  parseStreamOptions,
  type StreamOptions,
} from './options.js';
import { buildRefusedReport, type Report } from './report.js';
import { type ContextHook, ResilienceContext } from './resilience-context.js';
import type { OperationStats, Snapshot } from './snapshot.js';
import {
  checkTargetSettings,
  type ResolvedTargetList,
  readTargetLists,
  resolveTargetLists,
  type TargetList,
} from './target-options.js';
import type { Wrappable, Wrapped } from './wrap.js';

/**
 * Options of {@link createResilience}.
 *
 * @typeParam Presets the names of your own presets, for editors to complete.
 * @typeParam Strategies the names of your own strategies.
 * @typeParam Name the names of the operations in the config.
 */
export interface ResilienceOptions<
  Presets extends string = string,
  Strategies extends string = string,
  Name extends string = string,
> extends OwnPresets<Presets, Strategies> {
  /** The preset. Takes precedence over that in `config`. Default: that of `config` or the environment, or else `auto`. */
  readonly preset?: PresetName<Presets> | undefined;
  /** Settings of the operations. Default: those of the preset for each. */
  readonly config?: ConfigInput<PresetName<Presets>, StrategyName<Strategies>, Name> | undefined;
  /**
   * The source of the detected environment, and of `HOLDFAST_PRESET` and `HOLDFAST_CONFIG`. Default: the running process.
   */
  readonly environment?: EnvironmentInput | undefined;
  /**
   * The upstreams of operations that have several, by the name of the operation: a failed attempt moves to the next one. A
   * call can bring its own.
   */
  readonly targets?: Readonly<Record<string, TargetList>> | undefined;
  /** Classification rules, tried before the built-in ones; the first that matches decides. */
  readonly classify?: readonly ClassifyRule[] | undefined;
  /**
   * What answers calls that fail, by operation; the `fallback` of a call replaces it. Operations that lead back to each
   * other are refused. Default: nothing.
   */
  readonly fallbacks?: FallbacksByOperation | undefined;
  /** Source of jitter and ids. Default `Math.random`. */
  readonly random?: Random | undefined;
  /** Called at the start of each call; what it returns is in `call.context`. */
  readonly context?: ContextHook | undefined;
  /** A `UsageMonitor`: records the start, and the time to load the configuration or its failure. */
  readonly usage?: LoadRecorder | undefined;
  /**
   * How calls of operations that no config names are handled. `create`: the call creates the operation, with the settings
   * of all operations. `refuse`: the call rejects with a `ConfigurationError`, and does not compile if the names are in
   * `config`. Default `create`.
   */
  readonly unknownOperations?: 'create' | 'refuse' | undefined;
  /**
   * Keeps each call in an `AsyncLocalStorage` while its function runs: `currentCall()` returns it there, and a call that is
   * made there has it as its parent. Default `false`, since on Node 20 and 22 it slows down every promise of the process.
   */
  readonly asyncContext?: boolean | undefined;
}

/** Options whose config names every operation. */
export interface StrictOptions<Name extends string, Presets extends string = string, Strategies extends string = string>
  extends ResilienceOptions<Presets, Strategies, Name> {
  readonly unknownOperations: 'refuse';
  readonly config: ConfigInput<PresetName<Presets>, StrategyName<Strategies>, Name> & {
    readonly operations: Readonly<Record<Name, OperationInput<StrategyName<Strategies>>>>;
  };
}

/** The names of operations in a config, for editors to complete, and any other: a call creates its operation. */
export type OpenName<Name extends string> = string extends Name ? string : Listed<Name> | AnyText;

/**
 * Protects named operations. Instances are independent.
 *
 * @typeParam Name the names of operations: those of the config with `unknownOperations: 'refuse'`, and any text otherwise.
 * @typeParam Strategy the names of strategies, for editors to complete.
 */
export interface Resilience<Name extends string = string, Strategy extends string = StrategyName> {
  /**
   * Calls `fn` under the protection of an operation and resolves to its value. Operation names are free; each operation has
   * its own settings, breaker and numbers.
   *
   * If the value is a stream (an async iterable, a `ReadableStream`, a `Response` whose body is not read yet), it is passed
   * on unchanged and the call ends: only `call.signal` still follows the caller's signal, as long as the stream is in use.
   * The deadline no longer applies, failures within the stream are neither retried nor counted by the breaker, and
   * `close()` does not wait for it.
   *
   * If the call fails, it rejects with the error that `fn` threw, unchanged, unless holdfast itself ended it.
   * `explain(error)` returns what holdfast knows about either.
   *
   * @example
   * ```ts
   * const reply = await resilience.execute('chat', (call) => openai.responses.create(request, { signal: call.signal }));
   * ```
   *
   * @throws {DeadlineExceededError} when all attempts and waits together took longer than `deadlineMs`.
   * @throws {AttemptTimeoutError} when the last attempt took longer than `attemptTimeoutMs`.
   * @throws {BreakerOpenError} when the breaker rejected the call; `fn` was not called.
   * @throws {QuotaHeldError} when its quota is on hold for longer than the call could wait; `fn` was not called.
   * @throws {CapacityError} when `concurrency` or `pacing` did not let it run soon; `fn` was not called.
   * @throws {NoTargetError} when no target accepts the call; `fn` was not called.
   * @throws {ConfigurationError} for bad input; `fn` was not called.
   * @throws {ResilienceClosedError} after {@link close}; `fn` was not called.
   * @throws the caller's abort reason, when `options.signal` aborted.
   */
  execute<T>(operation: Name, fn: Work<T>, options?: ExecuteOptions<Strategy, NoInfer<T>>): Promise<T>;
  execute<T>(
    operation: Name,
    fn: (call: Call) => T,
    options?: ExecuteOptions<Strategy, NoInfer<Awaited<T>>>,
  ): Promise<Awaited<T>>;
  /**
   * Like {@link execute}, but never rejects: resolves to a report with the value or the error, and the record of the call.
   *
   * @example
   * ```ts
   * const report = await resilience.inspect('chat', ask);
   * if (report.ok) console.log(report.value);
   * else console.warn(report.stopReason, report.attempts.length, report.error);
   * ```
   */
  inspect<T>(operation: Name, fn: Work<T>, options?: ExecuteOptions<Strategy, NoInfer<T>>): Promise<Report<T>>;
  inspect<T>(
    operation: Name,
    fn: (call: Call) => T,
    options?: ExecuteOptions<Strategy, NoInfer<Awaited<T>>>,
  ): Promise<Report<Awaited<T>>>;
  /**
   * Calls `fn`, whose value is a stream, under the protection of an operation, and returns the guarded stream at once. Its
   * events are those of the source, unchanged, in their order and each once.
   *
   * Until the first content the call is retried, hedged and moved to other targets like any other; its beginning is held
   * back, and the deadline and the attempt timeout end there. From then on the settings in `stream` limit the silence
   * between contents and the whole; nothing is repeated any more. Breaker, limits and numbers count the call when the
   * stream ends. `explain(error).partial` has what arrived before an error.
   *
   * A reader that leaves the loop closes the source at once; no breaker counts that. `close()` waits for the end.
   *
   * @example
   * ```ts
   * const request = { model: 'gpt-5', input: 'Say hello.', stream: true } as const;
   * const stream = resilience.stream('chat', (call) => openai.responses.create(request, { signal: call.signal }));
   * for await (const event of stream) if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);
   * ```
   *
   * Never throws by itself. While it is read it throws the errors of {@link execute}, the error of the source, and:
   *
   * @throws {StreamStalledError} when the source is silent for too long, or takes too long in total.
   * @throws {StreamTruncatedError} when the source ends before the answer is complete.
   * @throws {StreamFailedError} when the provider says within the stream that it has failed, and that is no `Error`.
   */
  stream<T>(
    operation: Name,
    fn: StreamWork<T>,
    options?: StreamOptions<Strategy, StreamSource<NoInfer<T>>>,
  ): ProtectedStream<T>;
  /**
   * Returns a function that calls `fn` within {@link execute}: same arguments, same `this`, always a promise.
   *
   * @example
   * ```ts
   * const complete = resilience.wrap('chat', (prompt: string) => openai.responses.create({ model: 'gpt-5', input: prompt }));
   * const reply = await complete('Say hello.');
   * ```
   *
   * @throws {ConfigurationError} for bad input, at once.
   * @throws {ResilienceClosedError} for an operation that is new, after {@link close}.
   */
  wrap<This, Args extends readonly unknown[], T>(
    operation: Name,
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions<Strategy, NoInfer<T>>,
  ): Wrapped<This, Args, T>;
  /**
   * Runs tasks that depend on each other, under one deadline, and resolves when all of them have settled. Each runs as a
   * call of its operation, as soon as the tasks in its `after` are done, with their values. A task that is not done cancels
   * the tasks after it, directly or through others; all others continue. A task that failed does not reject the promise.
   *
   * @example
   * ```ts
   * const { ok, results, errors } = await resilience.group(
   *   {
   *     plan: (call: Call) => openai.responses.create({ model: 'gpt-5', input: 'Plan it.' }, { signal: call.signal }),
   *     write: { after: ['plan'], operation: 'chat', run: (_, { plan }) => ask(plan.output_text) },
   *   },
   *   { deadlineMs: 60_000 },
   * );
   * ```
   *
   * @throws {ConfigurationError} for bad input, such as tasks that wait for each other in a cycle; no task has started.
   * @throws {ResilienceClosedError} after {@link close}; no task has started.
   */
  group<Tasks extends Record<string, unknown>, After, Returned>(
    tasks: Tasks & TasksAfter<After, keyof Tasks> & TasksOf<Returned, After, Name, Strategy>,
    options?: GroupOptions<Name>,
  ): Promise<GroupReport<TaskValues<Tasks>>>;
  /**
   * Returns one operation, with the same methods without the name. Creates the operation if it is new.
   *
   * @throws {ConfigurationError} for a name that is empty, too long or not a string.
   * @throws {ResilienceClosedError} for an operation that is new, after {@link close}.
   */
  operation(name: Name): Operation<Strategy>;
  /**
   * Returns the breaker of a known operation, or of one of its keys.
   *
   * @example
   * ```ts
   * resilience.breaker('chat', 'gpt-5').isolate(); // rejects every call until close() or reset()
   * ```
   *
   * @throws {ConfigurationError} for an operation that is not known, or that has no breaker.
   */
  breaker(operation: Name, key?: string): BreakerHandle;
  /**
   * Returns the numbers of a known operation, or of all together.
   *
   * @throws {ConfigurationError} for an operation that is not known.
   */
  stats(operation?: Name): OperationStats;
  /**
   * Resets the numbers of a known operation, or of all. Breakers keep their state.
   *
   * @throws {ConfigurationError} for an operation that is not known.
   */
  resetStats(operation?: Name): void;
  /**
   * Returns whether the providers are available, by the state of breakers and quotas.
   *
   * @example
   * ```ts
   * const { healthy, openBreakers } = resilience.health();
   * if (!healthy) console.warn('open:', openBreakers);
   * ```
   */
  health(): Health;
  /** Returns the current state as plain JSON: operations, keys, breakers, quota holds, limits, numbers. */
  snapshot(): Snapshot;
  /**
   * Changes the configuration: overlays earlier changes, or replaces them with `replace`. Calls in progress keep their old
   * settings; breakers, quotas and numbers are kept. Every call sees either the old configuration or the new one.
   *
   * @param change the config, or a function that returns it: if it throws, the change is refused and reported like an
   * invalid one, and the error is passed on.
   * @returns every effective setting that changed, and where it came from.
   * @throws {ConfigurationError} listing every issue; nothing has changed.
   * @throws {ResilienceClosedError} after {@link close}.
   *
   * @example
   * ```ts
   * const { changes } = resilience.configure({ operations: { chat: { deadlineMs: 20_000 } } }, { reason: 'incident 12' });
   * ```
   */
  configure(
    change: ConfigInput<PresetName, Strategy> | (() => ConfigInput<PresetName, Strategy>),
    options?: ConfigureOptions,
  ): ConfigChange;
  /**
   * The settings in force for an operation, or for all operations that no config names, each with the layer that it came
   * from.
   *
   * @example
   * ```ts
   * resilience.config('chat').settings['retry.maxAttempts']; // { value: 3, layer: 'library' }
   * ```
   *
   * @throws {ConfigurationError} for a name that is empty, too long or not a string.
   */
  config(operation?: Name): EffectiveConfig;
  /**
   * Listens to one type of event, or to all with `'*'`. Returns a function that unsubscribes. A listener that
   * throws affects no call.
   *
   * @example
   * ```ts
   * const stop = resilience.on('breaker.opened', ({ operation, key }) => console.warn('opened:', operation, key));
   * ```
   *
   * @throws {ConfigurationError} for an unknown type, or a listener that is not a function.
   */
  on<T extends EventType | '*'>(type: T, listener: (event: OfType<HoldfastEvent, T>) => void): () => void;
  /**
   * Accepts no more calls, not even nested ones, and resolves when those in progress have ended, at their deadline at the
   * latest. Afterwards no timer is left. Closing twice has no further effect. A call that waits for its own `close()` ends
   * at its deadline.
   *
   * @example
   * ```ts
   * process.once('SIGTERM', () => void resilience.close());
   * ```
   */
  close(): Promise<void>;
}

/**
 * Creates a {@link Resilience}.
 *
 * @example
 * ```ts
 * const resilience = createResilience({ preset: 'production' });
 * const reply = await resilience.execute('chat', (call) => openai.responses.create(request, { signal: call.signal }));
 * ```
 *
 * @throws {ConfigurationError} listing everything that is wrong with the options.
 */
export function createResilience<
  const Name extends string,
  Presets extends string = string,
  Strategies extends string = string,
>(options: StrictOptions<Name, Presets, Strategies>): Resilience<Name, StrategyName<Strategies>>;
export function createResilience<
  Name extends string = string,
  Presets extends string = string,
  Strategies extends string = string,
>(options?: ResilienceOptions<Presets, Strategies, Name>): Resilience<OpenName<Name>, StrategyName<Strategies>>;
export function createResilience(options: ResilienceOptions = {}): Resilience {
  const own = readOnce('options', options, ({ classify, fallbacks, ...read }) => ({
    ...read,
    ...(classify !== undefined && { classify: readRules('options.classify', classify) }),
    ...(fallbacks !== undefined && { fallbacks: readFallbacks('options.fallbacks', fallbacks) }),
  }));
  const check = new Check();
  if (check.fields('options', own, OPTIONS, describeOptions) === undefined) check.throwIfInvalid();
  const { preset, config, environment, presets, strategies, classify, random = Math.random, context, usage } = own;
  const { unknownOperations = 'create', asyncContext = false, fallbacks } = own;
  const lists = readTargetLists(check, 'options.targets', own.targets);
  if (classify !== undefined) checkRules(check, 'options.classify', classify);
  if (fallbacks !== undefined) checkFallbacks(check, 'options.fallbacks', fallbacks);
  check.func('options.random', random);
  check.func('options.context', context);
  check.boolean('options.asyncContext', asyncContext);
  if (unknownOperations !== 'create' && unknownOperations !== 'refuse') {
    check.addIssue('options.unknownOperations', 'must be one of create, refuse', unknownOperations);
  }
  if (usage !== undefined && !isLoadRecorder(usage)) check.addIssue('options.usage', 'must be a UsageMonitor', usage);
  check.throwIfInvalid();
  const configuration = startConfiguration({ preset, config, environment, presets, strategies, usage });
  const all = unknownOperations === 'refuse' ? configuration.names : undefined;
  const findAlias = (name: string) => configuration.findAlias(name);
  const plans = fallbacks && resolveFallbacks(check, 'options.fallbacks', fallbacks, { findAlias, all });
  const targets = resolveTargetLists(check, 'options.targets', lists, configuration, all);
  check.throwIfInvalid();
  const shared = new ResilienceContext(random, context, classify, asyncContext, plans);
  const { overruledPreset } = configuration;
  // Deferred until the code that creates it has had time to subscribe.
  if (overruledPreset !== undefined) queueMicrotask(() => shared.reporter.configOverruled(overruledPreset));
  return new ResilienceFacade(configuration, shared, unknownOperations === 'refuse', targets);
}

const OPTIONS = [
  'preset',
  'config',
  'environment',
  'presets',
  'strategies',
  'targets',
  'classify',
  'fallbacks',
  'random',
  'context',
  'usage',
  'unknownOperations',
  'asyncContext',
];

/** Options of a change, with all defaults filled in. */
type ChangeRules = Required<{ [K in 'layer' | 'replace' | 'untrusted']: NonNullable<ConfigureOptions[K]> }>;

/** Known operations that an error message names at most. */
const SHOWN_NAMES = 10;

class ResilienceFacade implements Resilience {
  #configuration: Configuration;
  #configVersion = 1;
  readonly #context: ResilienceContext;
  readonly #operations = new Map<string, OperationRuntime>();
  #closed: Promise<void> | undefined;

  readonly #refusesUnknown: boolean;
  readonly #targets: ReadonlyMap<string, ResolvedTargetList>;

  constructor(
    configuration: Configuration,
    context: ResilienceContext,
    refusesUnknown: boolean,
    targets: ReadonlyMap<string, ResolvedTargetList>,
  ) {
    this.#configuration = configuration;
    this.#context = context;
    this.#refusesUnknown = refusesUnknown;
    this.#targets = targets;
    context.findOperation = (name) => this.operation(name);
    for (const name of configuration.names) this.#create(name);
  }

  execute<T>(operation: string, fn: Work<T>, options?: ExecuteOptions<StrategyName, T>): Promise<T>;
  execute<T>(
    operation: string,
    fn: (call: Call) => T,
    options?: ExecuteOptions<StrategyName, Awaited<T>>,
  ): Promise<Awaited<T>>;
  execute(operation: string, fn: Work<unknown>, options?: AnyExecuteOptions): Promise<unknown> {
    const known = this.#find(operation);
    if (known !== undefined) return known.execute(fn, options);
    try {
      const own = parseExecuteOptions(fn, options, this.#configuration.catalog, operation);
      return this.operation(operation).execute(fn, own);
    } catch (error) {
      return rejectLater(error);
    }
  }

  inspect<T>(operation: string, fn: Work<T>, options?: ExecuteOptions<StrategyName, T>): Promise<Report<T>>;
  inspect<T>(
    operation: string,
    fn: (call: Call) => T,
    options?: ExecuteOptions<StrategyName, Awaited<T>>,
  ): Promise<Report<Awaited<T>>>;
  inspect(operation: string, fn: Work<unknown>, options?: AnyExecuteOptions): Promise<Report<unknown>> {
    const known = this.#find(operation);
    if (known !== undefined) return known.inspect(fn, options);
    try {
      const own = parseExecuteOptions(fn, options, this.#configuration.catalog, operation);
      return this.operation(operation).inspect(fn, own);
    } catch (error) {
      return Promise.resolve(buildRefusedReport(operation, error));
    }
  }

  stream<T>(
    operation: string,
    fn: StreamWork<T>,
    options?: StreamOptions<StrategyName, StreamSource<T>>,
  ): ProtectedStream<T>;
  stream(
    operation: string,
    fn: StreamWork<unknown>,
    options?: StreamOptions<StrategyName, StreamSource<unknown>>,
  ): ProtectedStream<unknown> {
    try {
      // A call that is refused creates no operation.
      if (this.#find(operation) === undefined) {
        parseStreamOptions(fn, options, this.#configuration.catalog, operation);
      }
      return this.operation(operation).stream(fn, options);
    } catch (error) {
      const refused = new GuardedStream(monotonicMs());
      refused.fail(error);
      return refused;
    }
  }

  wrap<This, Args extends readonly unknown[], T>(
    operation: string,
    fn: Wrappable<This, Args, T>,
    options?: ExecuteOptions<StrategyName, T>,
  ): Wrapped<This, Args, T> {
    const own = parseExecuteOptions(fn, options, this.#configuration.catalog, operation);
    return this.operation(operation).wrap(fn, own);
  }

  group<Tasks extends Record<string, unknown>, After, Returned>(
    tasks: Tasks & TasksAfter<After, keyof Tasks> & TasksOf<Returned, After, string, StrategyName>,
    options?: GroupOptions,
  ): Promise<GroupReport<TaskValues<Tasks>>>;
  group(tasks: unknown, options?: GroupOptions): Promise<unknown> {
    try {
      const own = parseGroupOptions(options);
      const parsed = parseTasks(tasks, this.#configuration.catalog, own.operation);
      this.#context.assertOpen();
      return startGroup(this.#operationsOf(parsed), own, this.#context);
    } catch (error) {
      return rejectLater(error);
    }
  }

  /** @throws {ConfigurationError} listing every operation that is not known, if unknown ones are refused. */
  #operationsOf(tasks: ReadonlyMap<string, ParsedTask>): ReadonlyMap<string, OperationTask> {
    const check = new Check();
    const operations = new Map<string, OperationTask>();
    for (const [name, task] of tasks) {
      try {
        operations.set(name, { operation: this.operation(task.operation), task });
      } catch (error) {
        if (!ConfigurationError.is(error)) throw error;
        check.issues.push(...error.issues.map((issue) => ({ ...issue, path: task.operationPath })));
      }
    }
    check.throwIfInvalid();
    return operations;
  }

  operation(name: string): OperationRuntime {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    assertName(name);
    const alias = this.#configuration.findAlias(name);
    if (alias !== undefined) return this.operation(alias);
    this.#context.assertOpen();
    return this.#refusesUnknown ? this.#known(name) : this.#create(name);
  }

  #create(name: string): OperationRuntime {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    const operation = new OperationRuntime(
      name,
      this.#configuration.forOperation(name),
      this.#context,
      this.#targets.get(name),
    );
    this.#operations.set(name, operation);
    return operation;
  }

  breaker(operation: string, key?: string): BreakerHandle {
    return this.#known(operation).breaker(key);
  }

  stats(operation?: string): OperationStats {
    if (operation !== undefined) return this.#known(operation).stats();
    const sum = new CallCounter();
    for (const each of this.#operations.values()) sum.add(each.counted());
    return sum.stats();
  }

  resetStats(operation?: string): void {
    const all = operation === undefined ? this.#operations.values() : [this.#known(operation)];
    for (const each of all) each.resetStats();
  }

  health(): Health {
    const operations = [...this.#operations.values()];
    const { isClosed } = this.#context;
    return computeHealth({ operations, isClosed, at: wallMs(), nowMs: monotonicMs() });
  }

  snapshot(): Snapshot {
    const { state, inFlight } = this.#context;
    const operations = [...this.#operations].map(([name, operation]) => [name, operation.snapshot()] as const);
    return {
      version: 1,
      at: wallMs(),
      state,
      inFlight,
      config: { version: this.#configVersion, preset: this.#configuration.preset },
      operations: Object.fromEntries(operations),
    };
  }

  configure(given: ConfigInput | (() => ConfigInput), options?: ConfigureOptions): ConfigChange {
    this.#context.assertOpen();
    // A file replaces its whole layer; other changes overlay theirs.
    const {
      layer = 'runtime',
      replace = layer === 'file',
      untrusted = layer === 'file',
      dryRun = false,
      actor,
      reason,
    } = parseConfigureOptions(options);
    const by = {
      layer,
      ...(actor === undefined ? {} : { actor }),
      ...(reason === undefined ? {} : { reason }),
    };
    let next: Configuration;
    try {
      next = this.#changed(typeof given === 'function' ? readChange(given) : given, { layer, replace, untrusted });
    } catch (error) {
      const { issues } = ConfigurationError.is(error) ? error : configurationError('change', UNREADABLE, error);
      if (!dryRun) this.#context.reporter.configRefused({ ...by, issues });
      throw error;
    }
    // Checked again, since a getter of the change may have closed this `Resilience`.
    this.#context.assertOpen();
    const preset = { from: this.#configuration.preset, to: next.preset };
    const changes = findChanges(this.#configuration, next);
    const change = deepFreeze({ at: wallMs(), ...by, applied: !dryRun, preset, changes });
    if (!dryRun) this.#apply(next, change);
    return change;
  }

  config(operation?: string): EffectiveConfig {
    if (operation !== undefined) assertName(operation);
    return buildEffectiveConfig(this.#configuration, operation);
  }

  on<T extends EventType | '*'>(type: T, listener: (event: OfType<HoldfastEvent, T>) => void): () => void {
    const check = new Check();
    check.listener(EVENT_TYPES, type, listener);
    check.throwIfInvalid();
    return this.#context.reporter.on(type, listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#context.close().then(() => {
      for (const each of this.#operations.values()) each.shutdown();
    });
    return this.#closed;
  }

  /** @throws {ConfigurationError} if the change is not possible; nothing has changed yet. */
  #changed(given: ConfigInput, { layer, replace, untrusted }: ChangeRules): Configuration {
    const change = parseDocument('change', given, this.#configuration.catalog);
    const next = replace
      ? this.#configuration.replaceLayer(layer, change)
      : this.#configuration.patchLayer(layer, change);
    const check = new Check();
    checkTargetSettings(check, 'options.targets', this.#targets, next);
    if (untrusted) check.issues.push(...findInsecureValues('change', change), ...this.#findInsecure(next, layer));
    for (const name of this.#operations.keys()) {
      const alias = next.findAliasSetting(name);
      if (alias === undefined) continue;
      if (alias.layer === 'preset') {
        const message = `must not make '${name}', which is in use as an operation, an alias of '${String(alias.value)}'`;
        const suggestion = `Add it to operations, such as { '${name}': {} }, to keep it an operation.`;
        check.addIssue('change.preset', message, next.preset, suggestion);
      } else {
        const message = 'must not be set for an operation that is in use under its own name';
        check.addIssue(`change.operations.${name}.alias`, message, alias.value);
      }
    }
    check.throwIfInvalid();
    return next;
  }

  /** Finds the insecure combinations that a change from outside introduces, without those that existed before. */
  #findInsecure(next: Configuration, layer: 'runtime' | 'file'): readonly ConfigurationIssue[] {
    const outside = { ...OUTSIDE, [layer]: 'change' };
    const known = new Set(findInsecureCombinations(this.#configuration, outside).map(toText));
    return findInsecureCombinations(next, outside).filter((issue) => !known.has(toText(issue)));
  }

  #apply(next: Configuration, change: ConfigChange): void {
    this.#configuration = next;
    this.#configVersion += 1;
    for (const [name, operation] of this.#operations) operation.updateSettings(next.forOperation(name));
    for (const name of next.names) this.#create(name);
    this.#context.reporter.configChanged(change);
  }

  /** Finds a known operation by its name or an alias. */
  #find(name: string): OperationRuntime | undefined {
    return this.#operations.get(name) ?? this.#operations.get(this.#configuration.findAlias(name) ?? '');
  }

  #known(name: string): OperationRuntime {
    const known = this.#find(name);
    if (known !== undefined) return known;
    const names = [...this.#operations.keys()];
    const shown = names.slice(0, SHOWN_NAMES).join(', ') + (names.length > SHOWN_NAMES ? ', …' : '');
    const message =
      names.length === 0 ? 'must be a known operation, and there are none yet' : `must be one of ${shown}`;
    throw configurationError('operation', message, name, didYouMean(name, names));
  }
}

function toText({ path, received }: ConfigurationIssue): string {
  return `${path} ${received}`;
}

/** @throws {ConfigurationError} if it is returned as a promise, whose rejection is then ignored. */
function readChange(change: () => ConfigInput): ConfigInput {
  const given = change();
  if (!followAnswer(given, () => undefined)) return given;
  throw configurationError('change', 'must be returned synchronously, not as a promise', given);
}

const UNREADABLE = 'must be readable, but reading it threw an error';

/** @throws {ConfigurationError} when it is not a name. */
function assertName(name: unknown): void {
  const check = new Check();
  check.name('operation', name);
  check.throwIfInvalid();
}
