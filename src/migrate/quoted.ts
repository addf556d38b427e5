/** Whatever is no plain letter, and what quotes or `$` mean to somebody: neither may stand in a value as it is. */
const DELICATE = /[^\x20-\x7e]|['`$]/g;

/**
 * A value as JSON on one line, of plain letters and without what a shell, a `.env` file or a Dockerfile would take for
 * their own. JSON has another way to write all of it, so the value stays the same.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(
    DELICATE,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text in quotes that all of them take literally. It must hold no single quote itself. */
export function quoted(text: string): string {
  return `'${text}'`;
}
