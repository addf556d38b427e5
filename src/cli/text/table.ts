/** One column of a table. */
export interface Column {
  /** Default: none. When no column has one, there is no head. */
  readonly title?: string;
  /** How its cells are painted, after they have got their width. */
  readonly paint?: (text: string) => string;
  /** Numbers stand to the right. Default `false`. */
  readonly toTheRight?: boolean;
}

/** Lines with aligned columns, two spaces apart. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ''): string {
  const head = columns.map(({ title = '' }) => title);
  const hasHead = head.some((title) => title !== '');
  const widths = columns.map((_, index) =>
    Math.max(...[...(hasHead ? [head] : []), ...rows].map((row) => (row[index] ?? '').length)),
  );
  const line = (row: readonly string[], paints: boolean): string =>
    indent +
    columns
      .map(({ paint, toTheRight = false }, index) => {
        const cell = row[index] ?? '';
        const isLast = index === columns.length - 1;
        const width = widths[index] ?? 0;
        const padded = toTheRight ? cell.padStart(width) : isLast ? cell : cell.padEnd(width);
        return paints && paint !== undefined ? paint(padded) : padded;
      })
      .join('  ')
      .trimEnd();
  return [...(hasHead ? [line(head, false)] : []), ...rows.map((row) => line(row, true))].join('\n');
}
