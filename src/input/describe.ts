import { isArray } from './is-list.js';
import { escapeControlCharacters } from './printable.js';

const LONGEST_SHOWN = 60;

/**
 * Names a value of any kind in a few words for an error message. Never throws, and never prints what an object holds.
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string ${quoted(value)}`;
    case 'bigint':
      return shorten(`${value}n`);
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      return isArray(value) ? 'an array' : 'an object';
    default:
      // Numbers (NaN and -0 among them), booleans, symbols and undefined.
      return Object.is(value, -0) ? '-0' : escapeControlCharacters(shorten(String(value)));
  }
}

/** The path of a field. One whose name could pass for something else, or hide, is quoted. */
export function pathOfKey(path: string, key: string): string {
  return PLAIN.test(key) ? `${path}.${key}` : `${path}[${quoted(key)}]`;
}

const PLAIN = /^[\w$-]{1,60}$/;

function quoted(text: string): string {
  return escapeControlCharacters(JSON.stringify(shorten(text)));
}

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1)}…`;
}
