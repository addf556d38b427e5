import { Check, isArray } from '../input/index.js';
import type { BackoffStrategy } from '../retry/backoff.js';
import type { Jitter } from '../retry/jitter.js';
import { type Draft, limitTo, type Mapped, type Mapping, mapNumber, markLost } from './mapping.js';
import {
  ALL_OFF,
  BREAKER_NOTE,
  checkAmount,
  findNearestStrategy,
  growWaitsMs,
  OptionReader,
  RETRY_DEFAULTS,
  RETRY_NOTE,
  repeatLast,
  WRITTEN_OUT,
} from './peers.js';

/** The options that policies of cockatiel were created with, by the function that created them. */
export interface CockatielOptions {
  /** The options of `retry(policy, options)`. */
  readonly retry?: CockatielRetry | undefined;
  /** The options of `circuitBreaker(policy, options)`. */
  readonly breaker?: CockatielBreaker | undefined;
  /** The arguments of `timeout(duration, strategy)`: milliseconds, or both of them as an object. */
  readonly timeout?: CockatielTimeout | number | undefined;
  /** The arguments of `bulkhead(limit, queue)`. */
  readonly bulkhead?: unknown;
  readonly fallback?: unknown;
}

/** The options of `retry(policy, options)`. */
export interface CockatielRetry {
  readonly maxAttempts?: number | undefined;
  /** Default: no wait. */
  readonly backoff?: CockatielBackoff | undefined;
}

/** The options of `circuitBreaker(policy, options)`. */
export interface CockatielBreaker {
  /** The argument of the breaker, or `custom` for a breaker of your own. */
  readonly breaker: number | CockatielTrip | 'custom';
  readonly halfOpenAfter: CockatielBackoff;
  readonly initialState?: unknown;
}

/**
 * The argument of a `ConsecutiveBreaker`, as a number or by its name, of a `SamplingBreaker` (with `duration`), or of a
 * `CountBreaker` (with `size`).
 */
export interface CockatielTrip {
  readonly threshold: number;
  readonly duration?: number | undefined;
  readonly minimumRps?: number | undefined;
  readonly size?: number | undefined;
  readonly minimumNumberOfCalls?: number | undefined;
}

/**
 * The argument of a backoff: milliseconds (`ConstantBackoff`), a list of them (`IterableBackoff`), the options of an
 * `ExponentialBackoff`, or a function (`DelegateBackoff`). `custom` stands for a backoff of your own.
 */
export type CockatielBackoff =
  | number
  | readonly number[]
  | CockatielExponential
  | ((...args: never) => unknown)
  | 'custom';

/** The options of an `ExponentialBackoff`. */
export interface CockatielExponential {
  readonly initialDelay?: number | undefined;
  readonly maxDelay?: number | undefined;
  readonly exponent?: number | undefined;
  /** A generator of cockatiel, or its name, such as `fullJitterGenerator`. */
  readonly generator?: string | ((...args: never) => unknown) | undefined;
}

/** The arguments of `timeout(duration, strategy)`. */
export interface CockatielTimeout {
  readonly duration: number;
  /** `aggressive`, or `optimistic` for the cooperative one. */
  readonly strategy?: string | undefined;
  readonly abortOnReturn?: unknown;
}

const POLICIES = ['retry', 'breaker', 'timeout', 'bulkhead', 'fallback'];

/** What to pass instead of an instance. */
const EXPECTED_OPTIONS = {
  suggestion: 'Pass the options that the policy was created with, such as { retry: { maxAttempts: 3 } }.',
};
const EXPECTED_BACKOFF = {
  message: 'must be milliseconds, a list of them, or the options of an ExponentialBackoff',
  suggestion: "Pass the argument that the backoff was created with; 'custom' stands for a backoff of your own.",
};
const EXPECTED_TRIP = {
  message: 'must be a number of failures, or the options of a SamplingBreaker or CountBreaker',
  suggestion: "Pass the argument that the breaker was created with; 'custom' stands for a breaker of your own.",
};

/** The options that a config has no counterpart for, and what to do instead. */
const LOST = {
  bulkhead: 'set concurrency: { limit, queue } for the operation',
  fallback: 'a config holds no fallback values: write fallback in the options of execute()',
};

interface Spread {
  readonly jitter: Jitter;
  /** Whether the distribution of waits is the same. */
  readonly isSame: boolean;
  readonly why: string;
}

/** The jitter nearest to each generator, by its name. */
const SPREADS: ReadonlyMap<string, Spread> = new Map([
  ['noJitterGenerator', { jitter: 'none', isSame: true, why: 'no jitter' }],
  ['fullJitterGenerator', { jitter: 'full', isSame: true, why: 'the same spread' }],
  ['halfJitterGenerator', { jitter: 'equal', isSame: true, why: 'the same spread' }],
  // Measured: nine of ten waits end where those of `full` do; those of our `decorrelated` end at twice as much.
  ['decorrelatedJitterGenerator', { jitter: 'full', isSame: false, why: 'the nearest one to its decorrelated jitter' }],
]);
const CUSTOM_SPREAD: Spread = { jitter: 'full', isSame: false, why: 'a generator of your own cannot be read' };
const NO_SPREAD: Spread = { jitter: 'none', isSame: true, why: 'no jitter' };

const REACHED = 'reaching the rate is enough: cockatiel opened only above it';
const SHARE = { above: 0, max: 1 };
const WHOLE = { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true };
const SECOND_MS = 1_000;
/** Without `minimumRps`, cockatiel requires as many calls a second as make five failures. */
const FAILURES_PER_SECOND = 5;

/**
 * Drafts a config from the options that policies of cockatiel were created with.
 *
 * @throws {ConfigurationError} listing everything that is wrong with them, such as instances of cockatiel.
 */
export function buildCockatielDraft(given: unknown): Draft {
  const check = new Check();
  const options = new OptionReader(check, 'from.cockatiel', given, POLICIES, EXPECTED_OPTIONS);
  const has = (policy: string): boolean => options.get(policy) !== undefined;
  const mappings = [
    ...(has('retry') ? mapRetry(check, options) : []),
    ...(has('breaker') ? mapBreaker(check, options) : []),
    ...(has('timeout') ? mapTimeout(check, options) : []),
    ...options.mapLost(LOST),
  ];
  if (!POLICIES.some(has)) check.addIssue('from.cockatiel', `must have at least one of ${POLICIES.join(', ')}`, given);
  check.throwIfInvalid();
  return {
    score: WRITTEN_OUT,
    mappings,
    base: { settings: { ...ALL_OFF, ...(has('breaker') ? { breaker: {} } : {}) } },
    warnings: [],
    removal: 'Replace policy.execute(fn) by resilience.execute(operation, fn), and remove cockatiel.',
  };
}

function mapRetry(check: Check, options: OptionReader): Mapping[] {
  const path = options.pathOf('retry');
  const retry = new OptionReader(check, path, options.get('retry'), ['maxAttempts', 'backoff'], EXPECTED_OPTIONS);
  const retries = Math.ceil(retry.readAmount('maxAttempts', Infinity, { isUnbounded: true }));
  const backoff = readBackoff(check, retry, 'backoff', 0);
  const why = 'one more: cockatiel counts retries, and the first attempt counts here';
  return [
    retry.map('maxAttempts', mapNumber('retry.maxAttempts', retries + 1, why), 'retry.maxAttempts'),
    retry.map('backoff', mapWaits(backoff, limitTo('retry.maxAttempts', retries + 1) - 1), 'retry.backoff'),
    {
      option: 'retry(policy)',
      received: 'the errors that the policy handles',
      outcome: 'changed',
      settings: { ...RETRY_DEFAULTS, 'retry.maxElapsedMs': false },
      to: ['retry.kinds'],
      why: RETRY_NOTE,
    },
  ];
}

function mapBreaker(check: Check, options: OptionReader): Mapping[] {
  const names = ['breaker', 'halfOpenAfter', 'initialState'];
  const breaker = new OptionReader(check, options.pathOf('breaker'), options.get('breaker'), names, EXPECTED_OPTIONS);
  return [
    breaker.map('breaker', mapTrip(check, breaker), 'breaker.breaker'),
    breaker.map('halfOpenAfter', mapOpenings(readBackoff(check, breaker, 'halfOpenAfter')), 'breaker.halfOpenAfter'),
    ...breaker.mapLost({ initialState: 'a breaker starts closed' }, 'breaker.'),
    {
      option: 'circuitBreaker(policy)',
      received: 'the errors that the policy handles',
      outcome: 'changed',
      to: ['breaker'],
      why: BREAKER_NOTE,
    },
  ];
}

function mapTimeout(check: Check, options: OptionReader): Mapping[] {
  const given = options.get('timeout');
  const timeout = new OptionReader(
    check,
    options.pathOf('timeout'),
    typeof given === 'number' ? { duration: given } : given,
    ['duration', 'strategy', 'abortOnReturn'],
    EXPECTED_OPTIONS,
  );
  const duration = timeout.readAmount('duration');
  const strategy = timeout.get('strategy');
  check.oneOf(timeout.pathOf('strategy'), strategy, ['aggressive', 'optimistic']);
  const where = 'it limits one attempt; if it wrapped the retries, move it to deadlineMs';
  const mapped = mapNumber('attemptTimeoutMs', duration, where);
  const cooperative = {
    outcome: 'changed',
    why: `${where}; it ends the attempt at once, as the aggressive one`,
  } as const;
  return [
    options.map('timeout', strategy === 'optimistic' ? { ...mapped, ...cooperative } : mapped),
    ...timeout.mapLost({ abortOnReturn: 'the signal of a successful attempt is not aborted' }, 'timeout.'),
  ];
}

function mapTrip(check: Check, options: OptionReader): Mapped {
  const given = options.get('breaker');
  const path = options.pathOf('breaker');
  if (given === 'custom') return markLost('a breaker of your own cannot be read: the default decides when it opens');
  const trip = new OptionReader(
    check,
    path,
    typeof given === 'number' ? { threshold: given } : given,
    ['threshold', 'duration', 'minimumRps', 'size', 'minimumNumberOfCalls'],
    EXPECTED_TRIP,
  );
  if (trip.get('duration') !== undefined) return mapSampling(trip);
  if (trip.get('size') !== undefined) return mapCount(trip);
  const failures = trip.readAmount('threshold', undefined, { isPositive: true });
  return mapNumber('breaker.trip.consecutiveFailures', Math.ceil(failures), 'failures without a success in between');
}

function mapSampling(trip: OptionReader): Mapped {
  const share = trip.readNumber('threshold', SHARE);
  const windowMs = limitTo('breaker.trip.windowMs', trip.readAmount('duration', undefined, { isPositive: true }));
  const perSecond = trip.readAmount('minimumRps', 0) || FAILURES_PER_SECOND / share;
  const settings = {
    'breaker.trip.failureRate': limitTo('breaker.trip.failureRate', share),
    'breaker.trip.minimumCalls': limitTo('breaker.trip.minimumCalls', Math.ceil((windowMs / SECOND_MS) * perSecond)),
    'breaker.trip.windowMs': windowMs,
  };
  return { outcome: 'changed', settings, why: `calls a second become calls in the window; ${REACHED}` };
}

function mapCount(trip: OptionReader): Mapped {
  const share = trip.readNumber('threshold', SHARE);
  const size = trip.readNumber('size', WHOLE);
  const hasMinimum = trip.get('minimumNumberOfCalls') !== undefined;
  const calls = hasMinimum ? trip.readNumber('minimumNumberOfCalls', WHOLE) : size;
  const settings = {
    'breaker.trip.failureRate': limitTo('breaker.trip.failureRate', share),
    'breaker.trip.minimumCalls': limitTo('breaker.trip.minimumCalls', calls),
  };
  const why = `the window is the last minute (see windowMs) instead of the last calls; ${REACHED}`;
  return { outcome: 'changed', settings, why };
}

function mapWaits(backoff: Backoff | undefined, retries: number): Mapped {
  if (backoff === undefined) return markLost('a backoff of your own cannot be read: the waits are the default ones');
  const { growth, longestMs, spread } = backoff;
  const maxDelayMs = limitTo('retry.maxDelayMs', longestMs);
  const waitsMs = backoff.waitsMs.slice(0, Math.max(retries, 1)).map((waitMs) => Math.min(waitMs, maxDelayMs));
  const strategy = findNearestStrategy(waitsMs, maxDelayMs);
  return {
    outcome: growth === strategy && spread.isSame && maxDelayMs === longestMs ? 'mapped' : 'changed',
    settings: {
      'retry.strategy': strategy,
      'retry.minDelayMs': waitsMs[0],
      'retry.maxDelayMs': maxDelayMs,
      'retry.jitter': spread.jitter,
    },
    why: `strategy ${strategy}, whose waits come nearest; jitter ${spread.jitter}, ${spread.why}`,
  };
}

function mapOpenings(backoff: Backoff | undefined): Mapped {
  if (backoff === undefined)
    return markLost('a backoff of your own cannot be read: openings last as long as by default');
  const { growth, waitsMs, longestMs } = backoff;
  const openMs = limitTo('breaker.openMs', waitsMs[0] ?? 0);
  const openMaxMs = Math.max(limitTo('breaker.openMs', longestMs), openMs);
  return {
    outcome: growth === 'fixed' && openMs === longestMs ? 'mapped' : 'changed',
    settings: { 'breaker.openMs': openMs, 'breaker.openMaxMs': openMaxMs },
    why:
      growth === 'fixed'
        ? 'each opening lasts as long as the first'
        : 'each opening lasts twice as long as the last, up to the longest; up to a quarter of it is taken off',
  };
}

/** The waits of a backoff. */
interface Backoff {
  /** The strategy with the same waits, if there is one. */
  readonly growth: BackoffStrategy | undefined;
  /** The first few. */
  readonly waitsMs: readonly number[];
  readonly longestMs: number;
  readonly spread: Spread;
}

/** The waits of a backoff; `undefined` if it is a function or a backoff of the user's own, which cannot be read. */
function readBackoff(check: Check, options: OptionReader, name: string, otherwise?: number): Backoff | undefined {
  const given = options.get(name, otherwise);
  const path = options.pathOf(name);
  if (given === 'custom' || typeof given === 'function') return undefined;
  if (typeof given === 'number' || isArray(given)) {
    const list = typeof given === 'number' ? [given] : given;
    if (list.length === 0) check.addIssue(path, 'must hold at least one number of milliseconds', given);
    const pathOf = (index: number): string => (isArray(given) ? `${path}[${index}]` : path);
    const waitsMs = Array.from(list, (each, index) => (checkAmount(check, pathOf(index), each) ? each : 0));
    const growth = isArray(given) ? undefined : 'fixed';
    return { growth, waitsMs: repeatLast(waitsMs), longestMs: Math.max(...waitsMs), spread: NO_SPREAD };
  }
  const names = ['initialDelay', 'maxDelay', 'exponent', 'generator'];
  const exponential = new OptionReader(check, path, given, names, EXPECTED_BACKOFF);
  const firstMs = exponential.readAmount('initialDelay', 128);
  const longestMs = exponential.readAmount('maxDelay', 30_000, { isUnbounded: true });
  const exponent = exponential.readAmount('exponent', 2, { isPositive: true });
  const generator = exponential.get('generator', 'decorrelatedJitterGenerator');
  if (typeof generator !== 'function') check.oneOf(exponential.pathOf('generator'), generator, [...SPREADS.keys()]);
  const generatorName = typeof generator === 'function' ? generator.name : String(generator);
  // The other generators double the wait and ignore the exponent.
  const factor = generatorName === 'decorrelatedJitterGenerator' ? exponent : 2;
  const spread = SPREADS.get(generatorName) ?? CUSTOM_SPREAD;
  return { growth: 'exponential', waitsMs: growWaitsMs(firstMs, factor, longestMs), longestMs, spread };
}
