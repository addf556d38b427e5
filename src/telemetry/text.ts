import { Check, describe } from '../input/index.js';

/** The formats of an export. */
export type ExportFormat = 'json' | 'csv';

/** A cell of a table; `undefined` and `null` leave it empty. */
export type Cell = string | number | boolean | null | undefined;

/** The beginning of a text that a spreadsheet runs as a formula, including full-width characters and leading blanks. */
const FORMULA = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** @throws {ConfigurationError} if the format is unknown. */
export function checkFormat(format: unknown): void {
  const check = new Check();
  check.oneOf('format', format ?? null, ['json', 'csv']);
  check.throwIfInvalid();
}

/**
 * Formats a table as CSV by RFC 4180, with a header line. Texts are always quoted; one that a spreadsheet would run as a
 * formula is prefixed with an apostrophe.
 */
export function formatCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((cells) => `${cells.map(formatCell).join(',')}\r\n`).join('');
}

function formatCell(cell: Cell): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Cuts a text to `maxLength` characters for storage. */
export function truncate(text: string, maxLength: number): string {
  // A slice keeps the whole text in memory; a joined text does not.
  return text.length <= maxLength ? text : [text.slice(0, maxLength - 1), '…'].join('');
}

/** Returns the message of an error. Never throws. */
export function describeError(error: unknown): string {
  try {
    const message: unknown = error instanceof Error ? error.message : undefined;
    return typeof message === 'string' ? message : describe(error);
  } catch {
    return 'an error that cannot be read';
  }
}
