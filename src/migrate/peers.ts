import {
  Check,
  describe,
  type Fields,
  isName,
  isObject,
  isReadableRecord,
  type NumberRule,
  readOrRefuse,
} from '../input/index.js';
import { type BackoffStrategy, computeBackoffMs } from '../retry/backoff.js';
import { type Mapped, type Mapping, markLost, type Score } from './mapping.js';

/** Switches off what another library never did, so that no call behaves differently on the day of the migration. */
export const ALL_OFF: Readonly<Record<string, unknown>> = {
  deadlineMs: false,
  attemptTimeoutMs: false,
  retry: false,
  quota: false,
  breaker: false,
};

/** Other libraries retry unknown errors, have no budget for retries, and do not scale waits. */
export const RETRY_DEFAULTS: Readonly<Record<string, unknown>> = {
  'retry.multiplier': 1,
  'retry.kinds': { unknown: true },
  'retry.budget': false,
};

export const RETRY_NOTE: string =
  'failures that a retry cannot cure (auth, invalid_request, quota_exhausted, ...) are not retried; ' +
  'a wait that the provider asks for (Retry-After) is kept, and while it is overloaded waits start at twice the length';

export const BREAKER_NOTE: string =
  'the breaker ignores failures that do not show an outage (an invalid request, an exhausted quota, a cancelled ' +
  'call); rules in createResilience({ classify: rules }) decide what an error means';

/** Another library has no presets. The config writes every setting out instead, so that nothing has to be guessed. */
export const WRITTEN_OUT: Score = {
  preset: 'none',
  confidence: 1,
  level: 'high',
  reasons: ['Every setting is written out, so no preset is needed.'],
};

/** Reads the options of another library: each one once, collecting everything that is wrong with them in `check`. */
export class OptionReader {
  readonly #check: Check;
  readonly #path: string;
  readonly #fields: Fields;
  readonly #defaults = new Map<string, unknown>();

  /**
   * @param names all options; another one is refused.
   * @param expected what is accepted instead of something that is not a plain object.
   * @throws {ConfigurationError} if a getter throws.
   */
  constructor(check: Check, path: string, given: unknown, names: readonly string[], expected: Expected = {}) {
    this.#path = path;
    const isPlain = isReadableRecord(given);
    if (!isPlain) {
      const message = `${expected.message ?? 'must be a plain object'}${describeInstance(path, given)}`;
      check.addIssue(path, message, given, expected.suggestion);
    }
    // If the whole has been refused, missing options are not reported.
    this.#check = isPlain ? check : new Check();
    this.#fields = isPlain ? readOrRefuse(path, given, () => ({ ...given })) : {};
    this.#check.fields(path, this.#fields, names);
  }

  /** Returns the given value, unchecked. */
  get(name: string, otherwise?: unknown): unknown {
    this.#defaults.set(name, otherwise);
    const value = this.#fields[name];
    return value === undefined ? otherwise : value;
  }

  pathOf(name: string): string {
    return `${this.#path}.${name}`;
  }

  /** A number from 0; see {@link checkAmount}. It is refused if it is missing without a default. */
  readAmount(name: string, otherwise?: number, rule?: AmountRule): number {
    const value = this.get(name, otherwise);
    return checkAmount(this.#check, this.pathOf(name), value, rule) ? value : 1;
  }

  /** A number within bounds. It is refused if it is missing without a default. */
  readNumber(name: string, bounds: NumberRule, otherwise?: number): number {
    const value = this.get(name, otherwise);
    this.#check.number(this.pathOf(name), value ?? null, bounds);
    return typeof value === 'number' ? value : 1;
  }

  /** `true` or `false`. */
  readFlag(name: string, otherwise: boolean): boolean {
    const value = this.get(name, otherwise);
    this.#check.boolean(this.pathOf(name), value);
    return value === true;
  }

  /** What was given for an option, described so that it is safe to print. */
  describe(name: string): string {
    const value = this.#fields[name];
    return value === undefined ? `the default, ${describe(this.#defaults.get(name))}` : describe(value);
  }

  /** Maps one option. `label` names it in the note if that is not its own name. */
  map(name: string, mapped: Mapped, label: string = name): Mapping {
    return { option: label, received: this.describe(name), ...mapped };
  }

  /** Maps the options that were given and that the config has no counterpart for, by what to do instead. */
  mapLost(reasons: Readonly<Record<string, string>>, prefix = ''): Mapping[] {
    return Object.entries(reasons)
      .filter(([name]) => this.#fields[name] !== undefined)
      .map(([name, why]) => this.map(name, markLost(why), prefix + name));
  }
}

/** Names the class of an instance: passing the policy instead of its options is the usual mistake. */
function describeInstance(path: string, given: unknown): string {
  if (!isObject(given)) return '';
  const name = readOrRefuse<unknown>(path, given, () => Reflect.get(given, 'constructor')?.name);
  return typeof name === 'string' && isName(name) ? `, but this is an instance of ${name}` : '';
}

/** What an option accepts besides a plain object, for the error. */
export interface Expected {
  readonly message?: string;
  readonly suggestion?: string;
}

/** What an amount may be, besides a finite number from 0. */
export interface AmountRule {
  /** 0 is refused. */
  readonly isPositive?: boolean;
  /** Infinity is allowed. */
  readonly isUnbounded?: boolean;
}

/** Checks an amount. It has no upper bound: the bounds of the setting are applied later. */
export function checkAmount(
  check: Check,
  path: string,
  value: unknown,
  { isPositive = false, isUnbounded = false }: AmountRule = {},
): value is number {
  if (typeof value === 'number' && (isPositive ? value > 0 : value >= 0) && (isUnbounded || value < Infinity))
    return true;
  const bound = isPositive ? 'a number above 0' : 'a number of at least 0';
  check.addIssue(path, `must be ${bound}${isUnbounded ? ', or Infinity' : ''}`, value);
  return false;
}

/** In the order in which they are preferred: two waits alone can fit several strategies. */
const STRATEGIES: readonly BackoffStrategy[] = ['fixed', 'exponential', 'linear', 'fibonacci'];
/** Later retries are rare, and most waits have reached their maximum by then. */
const COMPARED = 6;
/** Keeps the ratio of two waits finite if one of them is 0. */
const LEAST_MS = 1e-9;

/**
 * The strategy whose waits come nearest to `waitsMs`, measured by their ratios.
 *
 * @param waitsMs the waits before the first few retries.
 * @param maxDelayMs limits the waits of the strategy.
 */
export function findNearestStrategy(waitsMs: readonly number[], maxDelayMs: number): BackoffStrategy {
  const compared = waitsMs.slice(0, COMPARED);
  const [minDelayMs = 0] = compared;
  const distances = STRATEGIES.map((strategy) =>
    compared.reduce((sum, waitMs, index) => {
      const ownMs = computeBackoffMs({ strategy, minDelayMs, maxDelayMs, multiplier: 1 }, index + 1);
      return sum + Math.abs(Math.log(Math.max(ownMs, LEAST_MS) / Math.max(waitMs, LEAST_MS)));
    }, 0),
  );
  return STRATEGIES[distances.indexOf(Math.min(...distances))] ?? 'fixed';
}

/** The first few waits that grow by a factor. A wait of 0 stays 0, however large the factor. */
export function growWaitsMs(firstMs: number, factor: number, maxDelayMs: number): number[] {
  return Array.from({ length: COMPARED }, (_, index) => growMs(firstMs, factor, index, maxDelayMs));
}

/** A wait after it has grown by a factor a number of times. */
export function growMs(firstMs: number, factor: number, times: number, maxDelayMs: number): number {
  return firstMs === 0 ? 0 : Math.min(firstMs * factor ** times, maxDelayMs);
}

/** The first few waits of a list whose last one repeats. */
export function repeatLast(waitsMs: readonly number[]): number[] {
  return Array.from({ length: COMPARED }, (_, index) => waitsMs[index] ?? waitsMs.at(-1) ?? 0);
}
