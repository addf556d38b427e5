import { escapeControlCharacters } from '../errors/index.js';
import { isArray } from './values.js';

const LONGEST_SHOWN = 60;

/** Describes any value in a few words for an error message. Never throws, and never prints what an object holds. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string ${quote(value)}`;
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

/** The path of a field. A name that could be mistaken for something else, or hide text, is quoted. */
export function formatKeyPath(path: string, key: string): string {
  return PLAIN.test(key) ? `${path}.${key}` : `${path}[${quote(key)}]`;
}

const PLAIN = /^[\w$-]{1,60}$/;

function quote(text: string): string {
  return escapeControlCharacters(JSON.stringify(shorten(text)));
}

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1)}…`;
}
