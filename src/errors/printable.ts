/**
 * Makes untrusted text safe for a terminal, a log or a page: characters that move the cursor, change the direction of
 * writing or hide what follows become escapes. So do line ends, and a value stays on one line.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
