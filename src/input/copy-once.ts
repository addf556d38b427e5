import type { ConfigurationError } from '../errors/configuration-error.js';
import { configurationError } from './check.js';
import { isArray, isRecord } from './values.js';

/** Settings are never nested deeper than this, and nothing below can be right. */
const DEEPEST = 8;
/** No list among settings may be longer. */
const LONGEST_LIST = 100;

/**
 * Copies a plain object, and the plain objects and arrays in it, reading every field exactly once: what is checked is what is used.
 * Everything else, such as an instance of a class, is left as it is, for the check to refuse.
 *
 * @param depth how many levels are copied; 1 leaves the objects in it as they are.
 * @throws {ConfigurationError} if a getter or a Proxy throws.
 */
export function copyOnce<T>(path: string, given: T, depth?: number): T;
export function copyOnce(path: string, given: unknown, depth: number = DEEPEST): unknown {
  const own = readOrRefuse(path, given, () => (isRecord(given) ? { ...given } : undefined));
  if (own === undefined) return given;
  if (depth === 1) return own;
  for (const [name, value] of Object.entries(own)) {
    if (typeof value !== 'object') continue;
    const place = `${path}.${name}`;
    own[name] = isArray(value) ? copyList(place, value) : copyOnce(place, value, depth - 1);
  }
  return own;
}

/** Copies an array, as it is read by whatever checks it. */
function copyList(path: string, given: readonly unknown[]): unknown {
  return readOrRefuse(path, given, () => (given.length > LONGEST_LIST ? given : Array.from(given)));
}

/**
 * Copies one level of a plain object, and passes the copy through `inner`, which copies what lies deeper.
 *
 * @throws {ConfigurationError} if a getter or a Proxy throws.
 */
export function readOnce<T>(path: string, given: T, inner?: (own: T) => T): T {
  const own = copyOnce(path, given, 1);
  return inner === undefined || Object.is(own, given) ? own : inner(own);
}

/**
 * Returns what `read` reads from an untrusted value.
 *
 * @throws {ConfigurationError} if a getter or a Proxy throws.
 */
export function readOrRefuse<T>(path: string, value: unknown, read: () => T): T {
  try {
    return read();
  } catch {
    throw unreadable(path, value);
  }
}

function unreadable(path: string, value: unknown): ConfigurationError {
  return configurationError(path, 'must be readable, but one of its getters throws', value);
}
