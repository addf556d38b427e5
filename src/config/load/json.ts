import { buildIssue, ConfigurationError, type ConfigurationIssue } from '../../errors/index.js';
import { DEEPEST_TEXT, describe } from '../../input/index.js';

/** What may come next in the text, as the beginning of a token. */
const EXPECTED = {
  'a value': /^[{["\w-]/,
  'a value or ]': /^[{["\w\]-]/,
  'a key in double quotes': /^"/,
  'a key in double quotes or }': /^["}]/,
  'a colon': /^:/,
  'a comma or }': /^[,}]/,
  'a comma or ]': /^[,\]]/,
  'the end of the text': /^$/,
} as const;

type Expected = keyof typeof EXPECTED;

/** An array, or the keys of an object so far. */
type Level = 'array' | Set<unknown>;

// Unrolled, so that no text makes it backtrack.
const CHARACTERS = String.raw`[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\u0000-\u001f]*)*`;
const LITERAL = String.raw`(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])`;
const TOKEN = new RegExp(String.raw`[{}[\]:,]|"${CHARACTERS}"|${LITERAL}|$`, 'y');
const UNCLOSED_STRING = new RegExp(`"${CHARACTERS}`, 'y');
const SPACE = /[ \t\n\r]*/y;

/**
 * Parses JSON.
 *
 * @throws {ConfigurationError} with line and column if the text is not JSON or nested too deep, or if an object
 * repeats a key.
 */
export function parseJson(source: string, text: string): unknown {
  const issue = findJsonIssue(source, text);
  if (issue !== undefined) throw new ConfigurationError([issue]);
  return JSON.parse(text);
}

/**
 * Returns why a text is not JSON with one meaning, or `undefined` if it is.
 *
 * JSON.parse() alone is not enough: it silently keeps the last of equal keys, and not every version of Node gives the
 * position of an error. This function is not recursive, so deep nesting is refused before it overflows the stack.
 */
export function findJsonIssue(source: string, text: string): ConfigurationIssue | undefined {
  const levels: Level[] = [];
  let expected: Expected = 'a value';
  let offset = 0;
  for (;;) {
    offset += matchAt(SPACE, text, offset)?.length ?? 0;
    const token = matchAt(TOKEN, text, offset);
    if (token === undefined || !EXPECTED[expected].test(token)) return buildSyntaxIssue(source, text, offset, expected);
    if (token === '') return undefined;
    const key = readKey(expected, token);
    if (key !== undefined && !addKey(levels, key)) {
      const message = `must be JSON without repeated keys: found a repeated key at ${describePosition(text, offset)}`;
      return buildIssue(source, message, describe(key));
    }
    expected = key === undefined ? advance(levels, token) : 'a colon';
    if (levels.length > DEEPEST_TEXT) {
      const message = `must be JSON that is nested at most ${DEEPEST_TEXT} levels deep: found more at ${describePosition(text, offset)}`;
      return buildIssue(source, message, describe(token));
    }
    offset += token.length;
  }
}

function readKey(expected: Expected, token: string): string | undefined {
  return expected.startsWith('a key') && token !== '}' ? String(JSON.parse(token)) : undefined;
}

/** Opens and closes levels, and returns what is expected after a token that is not a key. */
function advance(levels: Level[], token: string): Expected {
  if (token === ':') return 'a value';
  if (token === ',') return levels.at(-1) === 'array' ? 'a value' : 'a key in double quotes';
  if (token === '{') {
    levels.push(new Set());
    return 'a key in double quotes or }';
  }
  if (token === '[') {
    levels.push('array');
    return 'a value or ]';
  }
  if (token === '}' || token === ']') levels.pop();
  if (levels.length === 0) return 'the end of the text';
  return levels.at(-1) === 'array' ? 'a comma or ]' : 'a comma or }';
}

/** Returns `false` if the innermost object has this key already. */
function addKey(levels: readonly Level[], key: string): boolean {
  const keys = levels.at(-1);
  if (keys === undefined || keys === 'array') return true;
  const { size } = keys;
  return keys.add(key).size > size;
}

/** A string with a forbidden character or without an end is reported where it goes wrong, not where it begins. */
function buildSyntaxIssue(source: string, text: string, start: number, expected: Expected): ConfigurationIssue {
  const isString = text[start] === '"' && EXPECTED[expected].test('"');
  const offset = start + (isString ? (matchAt(UNCLOSED_STRING, text, start)?.length ?? 0) : 0);
  // Spread into code points, so that no surrogate pair is cut in half.
  const [character = '', next = ''] = text.slice(offset, offset + 4);
  const isEscape = isString && character === '\\';
  const inString = isEscape ? 'a valid escape sequence' : 'the closing quotation mark or an escape sequence';
  const message = `must be JSON: expected ${isString ? inString : expected} at ${describePosition(text, offset)}`;
  const found = isEscape ? character + next : character;
  return buildIssue(source, message, found === '' ? 'the end of the text' : describe(found));
}

/** Describes a position for people. Like editors, it counts lines and columns from 1. */
function describePosition(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** Returns what a sticky pattern matches at an offset. */
function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}
