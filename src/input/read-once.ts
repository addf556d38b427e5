import type { ConfigurationError } from '../errors/configuration-error.js';
import { configurationError } from './check.js';
import { isRecord } from './is-record.js';

/**
 * A copy of a plain object whose fields have been read exactly once, so that what is checked is what is used. Anything
 * else is given back as it is, for the check to refuse.
 *
 * @param inner copies what lies deeper.
 * @throws {ConfigurationError} when one of its getters throws.
 */
export function readOnce<T>(path: string, given: T, inner?: (own: T) => T): T {
  let own: T;
  try {
    if (!isRecord(given)) return given;
    own = { ...given };
  } catch {
    throw unreadable(path, given);
  }
  return inner === undefined ? own : inner(own);
}

/**
 * What `read` gives of a value that may have getters, or be a Proxy.
 *
 * @throws {ConfigurationError} when one of them throws.
 */
export function readOrRefuse<T>(path: string, value: unknown, read: () => T): T {
  try {
    return read();
  } catch {
    throw unreadable(path, value);
  }
}

function unreadable(path: string, value: unknown): ConfigurationError {
  return configurationError(path, 'must be readable, and one of its getters throws', value);
}
