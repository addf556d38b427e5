import { describe } from '../../input/index.js';
import { SECURITY_LIMITS } from './limits.js';

/**
 * Names a value from outside in a few words that are safe to print. Never throws, and takes no time worth speaking of,
 * however large the value.
 */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > SECURITY_LIMITS.maxStringLength
        ? `a string of ${value.length} characters`
        : describe(value);
    // Writing a large one out takes seconds.
    case 'bigint':
      return 'a bigint';
    case 'symbol':
      return 'a symbol';
    case 'object':
      // A Proxy that has been revoked cannot even be asked whether it is an array.
      return value === null ? 'null' : 'an object or an array';
    default:
      return describe(value);
  }
}
