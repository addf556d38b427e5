/**
 * Makes untrusted text safe for a terminal, a log or a page: escapes characters that move the cursor, change the
 * writing direction or hide what follows. Also escapes line ends, so that a value stays on one line.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
