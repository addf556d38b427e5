import { CACHE_OPTIONS, type CacheOptions } from '../cache/index.js';
import type { Catalog } from '../config/presets/catalog.js';
import type { StrategyName } from '../config/presets/names.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { checkFallback, type Fallback, readFallback } from '../fallback/index.js';
import type { ParentCall } from '../groups/index.js';
import { HEDGE_SETTINGS, type HedgeSettings } from '../hedge/settings.js';
import {
  anyRecord,
  anyThat,
  Check,
  copyOnce,
  flag,
  functionError,
  isArray,
  type NumberRule,
  name,
  numberWithin,
  oneOf,
  orFalse,
  type Part,
  part,
  partOrFalse,
  readOnce,
  type Setting,
  setting,
} from '../input/index.js';
import { PRIORITIES } from '../limits/index.js';
import type { Priority, UsageEstimate } from '../pipeline/index.js';
import { RETRY_SETTINGS, type RetrySettings } from '../retry/settings.js';
import { isSignal } from '../runtime/index.js';
import { type Dialect, isDialect } from '../streams/index.js';
import { readTargets, TARGET_OPTIONS, type Target, type TargetOptions } from './target-options.js';

/**
 * Options of one call.
 *
 * @typeParam Strategy the names of strategies, for editors to complete.
 * @typeParam T the type of the value, which a fallback gives as well.
 */
export interface ExecuteOptions<Strategy extends string = StrategyName, out T = never> extends TargetOptions {
  /** Tells apart upstreams of one operation, such as a model, a tenant or a region: each has its own breaker. */
  readonly key?: string | undefined;
  /** The caller's signal: when it aborts, the call ends at once with its reason, and no breaker counts it. */
  readonly signal?: AbortSignal | undefined;
  /** The longest this call may take, in milliseconds; `false`: no limit. */
  readonly deadlineMs?: number | false | undefined;
  /**
   * Whether the provider may execute the request twice. `false`: retried only if the provider certainly executed nothing,
   * such as after a refused connection, and never hedged. Default `true`.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * Whether `fn` can run again. `false`: it is never called twice, such as one that sends a stream.
   * Default `true`.
   */
  readonly replayable?: boolean | undefined;
  /** Which of several waiting calls is served first, and shed last. Default `normal`. */
  readonly priority?: Priority | undefined;
  /**
   * What each attempt will probably consume, for `pacing` by tokens. Missing numbers are estimated from earlier attempts of
   * the key.
   */
  readonly estimate?: UsageEstimate | undefined;
  /** Settings of this call alone. What all calls share can only be switched off: breaker, limits, rates and retry budget. */
  readonly settings?: CallSettings | undefined;
  /** A strategy for this call alone: its retries and time limits overlay those of the operation. */
  readonly strategy?: Strategy | undefined;
  /**
   * The parent call: this call ends when the parent ends, and never takes longer than the parent has left. `false`: none.
   * Default: with `asyncContext: true` the call whose function it is made in, otherwise none.
   */
  readonly parent?: ParentCall | false | undefined;
  /**
   * The upstreams that the call may go to, the preferred one first: a failed attempt moves to the next one. Replaces those of
   * `createResilience({ targets })`; `false`: none. Keep the array in a constant, since it is checked once.
   */
  readonly targets?: readonly (string | Target)[] | false | undefined;
  /** What answers the call if it fails. `false`: nothing. Default: the fallback of the operation, if it has one. */
  readonly fallback?: Fallback<T> | false | undefined;
  /** Lets identical calls share one execution, and keeps its value if `ttlMs` says so. Default: no sharing. */
  readonly cache?: CacheOptions | undefined;
  /** Values for `call.context`. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of one call whose value is a guarded stream. It cannot be shared: a stream is read once. */
export interface StreamOptions<Strategy extends string = StrategyName, out T = never>
  extends Omit<ExecuteOptions<Strategy, T>, 'cache'> {
  /** How the events are read. Default: recognised by the first event; every event of an unknown API is content. */
  readonly dialect?: Dialect | undefined;
}

/** The options of a call whose value may be anything. */
export type AnyExecuteOptions = ExecuteOptions<StrategyName, unknown>;

/** Retry settings of one call. The budget belongs to the operation: `false` exempts this call from it. */
export interface CallRetrySettings extends Omit<RetrySettings, 'budget'> {
  readonly budget?: false | undefined;
}

/** Hedge settings of one call. */
export type CallHedgeSettings = Omit<HedgeSettings, 'quantile'>;

/**
 * Settings of one call. What all calls of its operation share can only be switched off: the breaker, `concurrency`, `pacing`
 * and the retry budget.
 */
export interface CallSettings extends Omit<Settings, 'retry' | 'hedge' | 'pacing' | 'concurrency' | 'breaker'> {
  /** Whether and how to retry. Default: as the operation. */
  readonly retry?: CallRetrySettings | false | undefined;
  /** `false`: this call neither waits for its turn nor counts for the rates. */
  readonly pacing?: false | undefined;
  /** When another attempt starts beside one that takes long. All calls of a key share the `quantile` of a learned delay. */
  readonly hedge?: CallHedgeSettings | false | undefined;
  /** `false`: this call needs no permit to run. */
  readonly concurrency?: false | undefined;
  /** `false`: this call bypasses the breaker and is not counted by it. */
  readonly breaker?: false | undefined;
}

const IN_CONFIG = 'Set it in config.operations.';

/** What all calls of an operation share. */
const SHARED: Setting<false> = setting(
  anyThat<false>((value) => value === false, 'must be false or absent: it is shared by all calls of the operation'),
  { description: '', advice: IN_CONFIG },
);

const TOKENS: NumberRule = { min: 0, max: 1_000_000_000 };

const CALL_RETRY: Part<CallRetrySettings> = part({ ...RETRY_SETTINGS.settings, budget: SHARED }, RETRY_SETTINGS.info);

const { quantile: _, ...ownHedge } = HEDGE_SETTINGS.settings;
const CALL_HEDGE: Part<CallHedgeSettings> = part(ownHedge, {
  ...HEDGE_SETTINGS.info,
  elsewhere: { quantile: IN_CONFIG },
});

const CALL_SETTINGS: Part<CallSettings> = part(
  {
    ...SETTINGS.settings,
    retry: setting(partOrFalse(CALL_RETRY), {
      description: '',
      advice: 'Write settings, such as { maxAttempts: 3 }, or false for no retries.',
    }),
    pacing: SHARED,
    hedge: setting(partOrFalse(CALL_HEDGE), {
      description: '',
      advice: 'Write settings, such as { delayMs: 2000 }, or false for no hedges.',
    }),
    concurrency: SHARED,
    breaker: SHARED,
  },
  SETTINGS.info,
);

const ESTIMATE: Part<UsageEstimate> = part({
  inputTokens: setting(numberWithin(TOKENS)),
  outputTokens: setting(numberWithin(TOKENS)),
});

/** Declares {@link ExecuteOptions}. */
export const CALL_OPTIONS: Part<AnyExecuteOptions> = part(
  {
    key: setting(name()),
    signal: setting(anyThat<AbortSignal>(isSignal, 'must be an AbortSignal')),
    deadlineMs: SETTINGS.settings.deadlineMs,
    idempotent: setting(flag()),
    replayable: setting(flag()),
    settings: setting(CALL_SETTINGS),
    strategy: setting(name()),
    priority: setting(oneOf(PRIORITIES)),
    estimate: setting(ESTIMATE),
    parent: setting(orFalse(anyThat<ParentCall>(isCall, 'must be the call that the surrounding function received'))),
    targets: setting(orFalse(anyThat<readonly (string | Target)[]>(isArray, 'must be an array of targets'))),
    ...TARGET_OPTIONS,
    // Checked by itself, since it has many forms.
    fallback: setting(anyThat<Fallback | false>(() => true, '')),
    cache: setting(CACHE_OPTIONS),
    context: setting(anyRecord()),
  },
  {
    advice: 'Write options, such as { deadlineMs: 60000 }.',
    elsewhere: {
      fallbacks: 'Write fallback.',
      pacing: IN_CONFIG,
      concurrency: IN_CONFIG,
      breaker: IN_CONFIG,
      defaults: IN_CONFIG,
      operations: IN_CONFIG,
      config: IN_CONFIG,
    },
  },
);

const { cache: _cache, ...forStreams } = CALL_OPTIONS.settings;
/** Declares {@link StreamOptions}. */
export const STREAM_OPTIONS: Part<StreamOptions<StrategyName, unknown>> = part(
  { ...forStreams, dialect: setting(anyThat<Dialect>(isDialect, 'must be a dialect')) },
  { ...CALL_OPTIONS.info, elsewhere: { ...CALL_OPTIONS.info.elsewhere, cache: 'A stream cannot be shared.' } },
);

/** The order of arguments; methods of an operation have no first one. */
const ORDER = 'Write the name of the operation first, then the function, then options.';

/** The options of a call without any. */
const NO_OPTIONS: ExecuteOptions = Object.freeze({});

/**
 * Reads the options of a call once and checks them. A call that is refused creates no operation.
 *
 * @throws {ConfigurationError} if `fn` is not a function, or listing every issue of the options.
 */
export function parseExecuteOptions<T>(
  fn: unknown,
  given: ExecuteOptions<StrategyName, T> | undefined,
  catalog: Catalog,
  operation?: unknown,
): ExecuteOptions<StrategyName, T> {
  if (typeof fn !== 'function') throw functionError(fn, ORDER, [operation, given]);
  if (given === undefined) return NO_OPTIONS;
  const own = readCallOptions('options', given);
  const check = new Check();
  if (check.settings('options', own, CALL_OPTIONS)) {
    checkParts(check, 'options', own, catalog);
  }
  check.throwIfInvalid();
  return own;
}

/** Checks what {@link CALL_OPTIONS} does not declare. */
export function checkParts(
  check: Check,
  path: string,
  { strategy, targets, fallback }: Pick<AnyExecuteOptions, 'strategy' | 'targets' | 'fallback'>,
  catalog: Catalog,
): void {
  catalog.checkStrategy(check, `${path}.strategy`, strategy);
  if (targets !== undefined && targets !== false) readTargets(check, `${path}.targets`, targets);
  if (fallback !== undefined && fallback !== false) checkFallback(check, `${path}.fallback`, fallback);
}

/**
 * Reads the options of a call whose value is a stream. Returns its dialect, and the options of any call.
 *
 * @throws {ConfigurationError} if `fn` is not a function, or listing every issue of the options.
 */
export function parseStreamOptions(
  fn: unknown,
  given: StreamOptions<StrategyName, unknown> | undefined,
  catalog: Catalog,
  operation?: unknown,
): { readonly dialect: Dialect | undefined; readonly own: AnyExecuteOptions } {
  if (given === undefined) return { dialect: undefined, own: parseExecuteOptions(fn, given, catalog, operation) };
  const read = readCallOptions('options', given);
  const check = new Check();
  check.settings('options', read, STREAM_OPTIONS);
  check.throwIfInvalid();
  const { dialect, ...others } = read;
  return { dialect, own: parseExecuteOptions(fn, others, catalog, operation) };
}

/**
 * Copies options of a call, reading every field once.
 *
 * @throws {ConfigurationError} if a getter or a Proxy throws.
 */
export function readCallOptions<
  T extends Pick<AnyExecuteOptions, 'settings' | 'estimate' | 'sticky' | 'fallback' | 'cache'>,
>(path: string, given: T): T {
  return readOnce(path, given, (own) => {
    const { settings, estimate, sticky, fallback, cache } = own;
    const isFlat = settings === undefined && estimate === undefined && sticky === undefined;
    if (isFlat && fallback === undefined && cache === undefined) return own;
    // It is a copy already.
    if (settings !== undefined) Object.assign(own, { settings: copyOnce(`${path}.settings`, settings) });
    if (estimate !== undefined) Object.assign(own, { estimate: copyOnce(`${path}.estimate`, estimate) });
    if (sticky !== undefined) Object.assign(own, { sticky: copyOnce(`${path}.sticky`, sticky, 1) });
    if (fallback !== undefined) Object.assign(own, { fallback: readFallback(`${path}.fallback`, fallback) });
    if (cache !== undefined) Object.assign(own, { cache: copyOnce(`${path}.cache`, cache, 1) });
    return own;
  });
}

/** @throws {ConfigurationError} if it is not a valid key. */
export function assertKey(key: unknown): void {
  const check = new Check();
  check.name('key', key);
  check.throwIfInvalid();
}

/** Accepts a call of another copy of the package as well. */
function isCall(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return (
      'remainingMs' in value && typeof value.remainingMs === 'function' && 'signal' in value && isSignal(value.signal)
    );
  } catch {
    return false;
  }
}
