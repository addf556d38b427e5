/**
 * Text from outside as it may go to a terminal: whatever could move the cursor, change colours or hide what follows is
 * written as an escape. Line ends are escaped too, so that one value stays on one line.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Control and format characters, and lone halves of a pair. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A setting's value as people write it. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  return value === undefined ? '-' : printable(JSON.stringify(value));
}
