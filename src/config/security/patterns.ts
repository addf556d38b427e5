import { deepFreeze } from '../../runtime/index.js';

/** Something that has no business in a config, and does harm where the text of one is shown or run. */
export interface ForbiddenPattern {
  /** What it is, as in "must not hold a script tag". */
  readonly what: string;
  /** Takes time in proportion to the text, whatever the text. */
  readonly pattern: RegExp;
}

/**
 * What no string and no key of a config from outside may hold. Case does not matter.
 *
 * Each expression begins at a fixed text or at the edge of a word, and repeats one set of characters at a time: none
 * can be made to try the same stretch over and over. Tags of templates are refused by how they open, since the end may
 * stand in another string.
 */
export const FORBIDDEN_PATTERNS: readonly ForbiddenPattern[] = deepFreeze([
  { what: 'a script tag', pattern: /<[\s/]*script/i },
  { what: 'a javascript: address', pattern: /javascript\s*:/i },
  { what: 'a data: address', pattern: /\bdata\s*:/i },
  { what: 'a vbscript: address', pattern: /vbscript\s*:/i },
  { what: 'an event handler (on…=)', pattern: /\bon\w+\s*=/i },
  { what: 'a path upwards (../)', pattern: /(?:\.|%2e){2}(?:[\\/]|%2f|%5c)/i },
  { what: 'a character escaped by \\x', pattern: /\\x[0-9a-f]{2}/i },
  { what: 'a character escaped by \\u', pattern: /\\u(?:[0-9a-f]{4}|\{)/i },
  { what: 'a template tag (<% %>)', pattern: /<%/ },
  { what: 'a template placeholder ($' + '{ })', pattern: /\$\{/ },
  { what: 'a call of eval', pattern: /\beval\s*\(/i },
  { what: 'a call of exec', pattern: /\bexec\s*\(/i },
  { what: 'an import', pattern: /\bimport[\s(]/i },
  { what: 'a call of require', pattern: /\brequire\s*\(/i },
  { what: 'a name between double underscores', pattern: /__\w+__/ },
]);

/** What of it a text holds, also when it is written in look-alikes such as full-width letters. */
export function forbiddenIn(text: string): readonly string[] {
  const plain = text.normalize('NFKC');
  const texts = plain === text ? [text] : [text, plain];
  const found = FORBIDDEN_PATTERNS.filter(({ pattern }) => texts.some((one) => pattern.test(one)));
  return found.map(({ what }) => what);
}
