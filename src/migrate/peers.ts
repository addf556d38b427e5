import { Check, describe, type Fields, isReadableRecord, type NumberRule, readOrRefuse } from '../input/index.js';
import { type Mapped, type Mapping, markLost, type NumberPath } from './mapping.js';
import type { Comparable } from './score.js';

/** Switches off what another library never did, so that no call behaves differently on the day of the migration. */
export const ALL_OFF: Readonly<Record<string, unknown>> = {
  deadlineMs: false,
  attemptTimeoutMs: false,
  retry: false,
  quota: false,
  breaker: false,
};

/** Other libraries retry errors that nothing is known about, have no budget for retries, and do not scale waits. */
export const RETRY_DEFAULTS: Readonly<Record<string, unknown>> = {
  'retry.multiplier': 1,
  'retry.kinds': { unknown: true },
  'retry.budget': false,
};

export const RETRY_NOTE: string =
  'failures that a retry cannot cure (auth, invalid_request, quota_exhausted, ...) are not retried; ' +
  'a wait that the provider asks for (Retry-After) is kept, and while it is overloaded waits start at twice the length';

export const BREAKER_NOTE: string =
  'failures that say nothing about the provider (an invalid request, an exhausted quota, a cancelled call) are not ' +
  'counted; rules in createResilience({ classify: rules }) decide what an error means';

/** What is compared with the presets: the numbers that mappings set. Without retries there is one attempt. */
export function readComparable(mappings: readonly Mapping[]): Comparable {
  const settings: Fields = Object.fromEntries(mappings.flatMap((mapping) => Object.entries(mapping.settings ?? {})));
  const numberAt = (path: NumberPath): number | undefined => {
    const value = settings[path];
    return typeof value === 'number' ? value : undefined;
  };
  return {
    attempts: numberAt('retry.maxAttempts') ?? 1,
    failures: numberAt('breaker.trip.consecutiveFailures'),
    openMs: numberAt('breaker.openMs'),
  };
}

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
    if (!isPlain) check.addIssue(path, expected.message ?? 'must be a plain object', given, expected.suggestion);
    // Missing options of something that has been refused as a whole are not worth an issue each.
    this.#check = isPlain ? check : new Check();
    this.#fields = isPlain ? readOrRefuse(path, given, () => ({ ...given })) : {};
    this.#check.fields(path, this.#fields, names);
  }

  /** What was given, unchecked. */
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

/** Checks an amount. It has no upper bound: whatever the setting does not allow is limited later. */
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
