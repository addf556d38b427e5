/** What can stand in a cell; `undefined` and `null` leave it empty. */
export type Cell = string | number | boolean | null | undefined;

/** How a text begins that a spreadsheet takes for a formula, full-width look-alikes and leading blanks included. */
const FORMULA = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * A table as RFC 4180 has it, with a line of names. Texts are always quoted, and one that a spreadsheet would run as a
 * formula gets an apostrophe before it. Numbers stay as they are.
 */
export function csvOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(cell: Cell): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}
