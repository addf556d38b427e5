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

/**
 * Makes untrusted text safe for a terminal, a log or a page: characters that move the cursor, change the direction of
 * writing or hide what follows become escapes. So do line ends, and a value stays on one line.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

function quote(text: string): string {
  return escapeControlCharacters(JSON.stringify(shorten(text)));
}

function shorten(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1)}…`;
}
