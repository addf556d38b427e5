// @ts-check

/**
 * A table of things counted rather than timed: bytes, timers, milliseconds of CPU.
 *
 * @typedef {object} Count
 * @property {'count'} kind
 * @property {string} name
 * @property {readonly Column[]} columns
 * @property {readonly CountedRow[]} rows
 */

/** @typedef {{ key: string, label: string, digits?: number }} Column */

/**
 * @typedef {object} CountedRow
 * @property {string} name
 * @property {Record<string, number | string>} values
 * @property {Record<string, number>} [atMost] the limits `bench:check` holds this row to, by column; the same on every machine
 */

/** @typedef {{ row: string, column: string, value: number, atMost: number }} Breach */

/**
 * The figures above their limits.
 * @param {Count} count
 * @returns {Breach[]}
 */
export function breachesOf(count) {
  return count.rows.flatMap(({ name, values, atMost = {} }) =>
    Object.entries(atMost).flatMap(([column, limit]) => {
      const value = Number(values[column]);
      return value <= limit ? [] : [{ row: name, column, value, atMost: limit }];
    }),
  );
}
