import { isList } from './is-list.js';

const LONGEST_SHOWN = 60;

/**
 * Names a value of any kind in a few words for an error message. Never throws, and never prints what an object holds.
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(shorten(value))}`;
    case 'bigint':
      return shorten(`${value}n`);
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      return isList(value) ? 'an array' : 'an object';
    default:
      // Numbers (NaN and -0 among them), booleans, symbols and undefined.
      return Object.is(value, -0) ? '-0' : shorten(String(value));
  }
}

/** The path of a field whose name may be anything: what is long, empty or invisible is quoted. */
export function pathOfKey(path: string, key: string): string {
  return key.length <= LONGEST_SHOWN && PLAIN.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(shorten(key))}]`;
}

/** Nothing that ends a line, moves a cursor or turns the direction of writing. */
const PLAIN = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1)}…`;
}
