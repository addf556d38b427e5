import { type Check, type Fields, isArray, isObject, isReadableRecord } from '../input/index.js';
import { checkAmount, numberOr } from './amounts.js';
import { peek } from './peek.js';

/** A backoff of cockatiel, as far as it can be read. */
export type Backoff =
  | { readonly kind: 'constant'; readonly waitMs: number }
  | { readonly kind: 'list'; readonly waitsMs: readonly number[] }
  | {
      readonly kind: 'exponential';
      readonly firstMs: number;
      readonly longestMs: number;
      readonly factor: number;
      readonly spread: Spread;
    }
  /** A function or a class of the user's own. */
  | { readonly kind: 'own' };

/** How an exponential backoff of cockatiel spreads its waits: by the names of its generators. */
export type Spread = 'none' | 'full' | 'half' | 'decorrelated' | 'own';

const GENERATORS: ReadonlyMap<string, Spread> = new Map<string, Spread>([
  ['noJitterGenerator', 'none'],
  ['fullJitterGenerator', 'full'],
  ['halfJitterGenerator', 'half'],
  ['decorrelatedJitterGenerator', 'decorrelated'],
]);

const EXPONENTIAL = ['initialDelay', 'maxDelay', 'exponent', 'generator'];
const BACKOFF = ['interval', 'durations', 'options', 'fn', 'next', ...EXPONENTIAL];
const DEFAULTS = { initialDelay: 128, maxDelay: 30_000, exponent: 2 };
const OWN: Backoff = { kind: 'own' };

/** Reads a backoff: an instance, or what its constructor takes. */
export function readBackoff(check: Check, path: string, value: unknown): Backoff {
  if (typeof value === 'number') return constant(check, path, value);
  if (typeof value === 'function') return OWN;
  if (isArray(value)) return list(check, path, value);
  if (isObject(value)) return backoffIn(check, path, value);
  check.addIssue(path, 'must be a number of milliseconds, a list of them, or a backoff of cockatiel', value);
  return OWN;
}

function backoffIn(check: Check, path: string, value: object): Backoff {
  const { interval, durations, options, fn, next, ...exponential } = peek(check, path, value, BACKOFF);
  if (fn !== undefined) return OWN;
  if (interval !== undefined) return constant(check, `${path}.interval`, interval);
  if (isArray(durations)) return list(check, `${path}.durations`, durations);
  if (isObject(options))
    return exponentialIn(check, `${path}.options`, peek(check, `${path}.options`, options, EXPONENTIAL));
  if (next === undefined && isReadableRecord(value)) return exponentialIn(check, path, exponential);
  if (typeof next !== 'function')
    check.addIssue(path, 'must be a backoff of cockatiel, or what one is made with', value);
  return OWN;
}

function constant(check: Check, path: string, value: unknown): Backoff {
  checkAmount(check, path, value);
  return { kind: 'constant', waitMs: numberOr(value, 0) };
}

function list(check: Check, path: string, values: readonly unknown[]): Backoff {
  if (values.length === 0) check.addIssue(path, 'must hold at least one number of milliseconds', values);
  const waitsMs = Array.from(values, (value, index) => {
    checkAmount(check, `${path}[${index}]`, value ?? null);
    return numberOr(value, 0);
  });
  return { kind: 'list', waitsMs };
}

function exponentialIn(check: Check, path: string, { initialDelay, maxDelay, exponent, generator }: Fields): Backoff {
  checkAmount(check, `${path}.initialDelay`, initialDelay);
  checkAmount(check, `${path}.maxDelay`, maxDelay, { infinite: true });
  checkAmount(check, `${path}.exponent`, exponent, { positive: true });
  const spread = spreadOf(check, `${path}.generator`, generator);
  return {
    kind: 'exponential',
    firstMs: numberOr(initialDelay, DEFAULTS.initialDelay),
    longestMs: numberOr(maxDelay, DEFAULTS.maxDelay),
    // The others double, whatever the exponent says.
    factor: spread === 'decorrelated' ? numberOr(exponent, DEFAULTS.exponent) : DEFAULTS.exponent,
    spread,
  };
}

function spreadOf(check: Check, path: string, generator: unknown): Spread {
  if (generator === undefined) return 'decorrelated';
  if (typeof generator === 'function') return GENERATORS.get(generator.name) ?? 'own';
  check.oneOf(path, generator, [...GENERATORS.keys()]);
  return typeof generator === 'string' ? (GENERATORS.get(generator) ?? 'own') : 'own';
}
