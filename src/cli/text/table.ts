/** One column of a table. */
export interface Column {
  /** Default: none. A table without any title has no header. */
  readonly title?: string;
  /** Styles a cell after it has been padded to its width. */
  readonly style?: (text: string) => string;
  /** For numbers. Default `false`. */
  readonly alignRight?: boolean;
}

/** Formats rows as lines with aligned columns, two spaces apart. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ''): string {
  const header = columns.map(({ title = '' }) => title);
  const hasHeader = header.some((title) => title !== '');
  const widths = columns.map((_, index) =>
    Math.max(...[...(hasHeader ? [header] : []), ...rows].map((row) => (row[index] ?? '').length)),
  );
  const formatRow = (row: readonly string[], isStyled: boolean): string =>
    indent +
    columns
      .map(({ style, alignRight = false }, index) => {
        const cell = row[index] ?? '';
        const isLast = index === columns.length - 1;
        const width = widths[index] ?? 0;
        const padded = alignRight ? cell.padStart(width) : isLast ? cell : cell.padEnd(width);
        return isStyled && style !== undefined ? style(padded) : padded;
      })
      .join('  ')
      .trimEnd();
  return [...(hasHeader ? [formatRow(header, false)] : []), ...rows.map((row) => formatRow(row, true))].join('\n');
}
