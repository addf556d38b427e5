import { deepFreeze } from '../../runtime/index.js';

/** Something that does not belong in a config, and does harm where its text is displayed or executed. */
export interface ForbiddenPattern {
  /** What it matches, as in "must not contain a script tag". */
  readonly what: string;
  /** Takes linear time on any text. */
  readonly pattern: RegExp;
}

/** Why a text is refused. */
interface TextIssue {
  readonly message: string;
  readonly suggestion: string;
}

/**
 * What no string and no key of an untrusted config may contain, in upper or lower case.
 *
 * Each expression starts with fixed text or a word boundary and repeats one set of characters at a time, so none can
 * backtrack. Template tags are refused by their opening, since the end may be in another string.
 */
export const FORBIDDEN_PATTERNS: readonly ForbiddenPattern[] = deepFreeze([
  { what: 'a script tag', pattern: /<[\s/]*script/i },
  { what: 'a javascript: URL', pattern: /javascript\s*:/i },
  { what: 'a data: URL', pattern: /\bdata\s*:/i },
  { what: 'a vbscript: URL', pattern: /vbscript\s*:/i },
  { what: 'an event handler (on…=)', pattern: /\bon\w+\s*=/i },
  { what: 'a parent path (../)', pattern: /(?:\.|%2e){2}(?:[\\/]|%2f|%5c)/i },
  { what: 'a \\x escape', pattern: /\\x[0-9a-f]{2}/i },
  { what: 'a \\u escape', pattern: /\\u(?:[0-9a-f]{4}|\{)/i },
  { what: 'a template tag (<% %>)', pattern: /<%/ },
  { what: 'a template placeholder ($' + '{ })', pattern: /\$\{/ },
  { what: 'a call to eval', pattern: /\beval\s*\(/i },
  { what: 'a call to exec', pattern: /\bexec\s*\(/i },
  { what: 'an import', pattern: /\bimport[\s(]/i },
  { what: 'a call to require', pattern: /\brequire\s*\(/i },
  { what: 'a name between double underscores', pattern: /__\w+__/ },
]);

/** Characters that a config may not contain. */
const FORBIDDEN_CHARACTERS = [
  { what: 'control, format, private-use or lone surrogate characters', pattern: /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u },
  { what: 'characters above U+1F4FF', pattern: /[\u{1f500}-\u{10ffff}]/u },
];

/** Fields through which careless copying reaches the prototype of all objects. */
const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Returns whether a key is one that no untrusted config may have at any depth. */
export function isPrototypeKey(key: string): boolean {
  return PROTOTYPE_KEYS.includes(key);
}

/** Returns every forbidden character and pattern in a text. */
export function findTextIssues(text: string): TextIssue[] {
  const characters = FORBIDDEN_CHARACTERS.flatMap(({ what, pattern }) => {
    const found = pattern.exec(text)?.[0].codePointAt(0);
    if (found === undefined) return [];
    const code = found.toString(16).toUpperCase().padStart(4, '0');
    return [{ message: `must not contain ${what}`, suggestion: `Remove U+${code}.` }];
  });
  const patterns = findForbidden(text).map((what) => ({
    message: `must not contain ${what}`,
    suggestion: 'Remove it.',
  }));
  return [...characters, ...patterns];
}

/** Returns the {@link FORBIDDEN_PATTERNS} in a text, including look-alikes such as full-width letters. */
export function findForbidden(text: string): string[] {
  const plain = text.normalize('NFKC');
  const found = FORBIDDEN_PATTERNS.filter(({ pattern }) => pattern.test(text) || pattern.test(plain));
  return found.map(({ what }) => what);
}
