/**
 * Text from outside as it may go to a terminal, a log or a page: whatever could move a cursor, turn the direction of
 * writing or hide what follows is written as an escape. Line ends are escaped too, so that a value stays on one line.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
