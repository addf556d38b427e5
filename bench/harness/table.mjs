// @ts-check

/** @typedef {import('./race.mjs').Race} Race */
/** @typedef {import('./count.mjs').Count} Count */

/**
 * Lines of text with aligned columns: names to the left, figures to the right.
 * @param {Race | Count} finding
 * @returns {string}
 */
export function tableOf(finding) {
  return finding.kind === 'race' ? raceTable(finding) : countTable(finding);
}

/** @param {Race} race */
function raceTable({ name, reference, standings }) {
  const rows = standings.map((standing) => [
    standing.name,
    microseconds(standing.medianUs),
    `±${standing.spreadPercent.toFixed(0)} %`,
    standing.undisturbedUs === undefined ? '' : microseconds(standing.undisturbedUs),
    standing.name === reference ? '1' : times(standing.ratio),
    standing.name === reference ? '' : `±${standing.ratioSpreadPercent.toFixed(0)} %`,
  ]);
  return aligned([[name, 'us/call', '', 'undisturbed', 'ratio', ''], ...rows]);
}

/** @param {Count} count */
function countTable({ name, columns, rows }) {
  const cells = rows.map((row) => [
    row.name,
    ...columns.map(({ key, digits = 0 }) => {
      const value = row.values[key];
      return typeof value === 'number' ? value.toFixed(digits) : (value ?? '');
    }),
  ]);
  return aligned([[name, ...columns.map(({ label }) => label)], ...cells]);
}

/** @param {string[][]} rows */
function aligned(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, '-'.repeat(Math.max(...lines.map((line) => line.length))));
  return lines.join('\n');
}

/** @param {number} value */
function microseconds(value) {
  if (value >= 1_000) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

/** @param {number} value */
export function times(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
