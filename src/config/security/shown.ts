import { describe } from '../../errors/errors.js';
import { SECURITY_LIMITS } from './limits.js';

/** Characters that cannot be seen, turn the direction of writing, or end a line. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const PLAIN_KEY = /^[\w$-]{1,60}$/;
const LONGEST_SHOWN = 60;

/**
 * Names a value from outside in a few words that are safe to print. Never throws, and takes no time worth speaking of,
 * however large the value.
 */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (value.length > SECURITY_LIMITS.maxStringLength) return `a string of ${value.length} characters`;
      return visible(describe(value));
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

/** The path of a field, in which no key can pass for something else. */
export function pathTo(path: string, key: string): string {
  if (PLAIN_KEY.test(key)) return `${path}.${key}`;
  const start = key.length > LONGEST_SHOWN ? `${key.slice(0, LONGEST_SHOWN - 1)}…` : key;
  return `${path}[${visible(JSON.stringify(start))}]`;
}

function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
