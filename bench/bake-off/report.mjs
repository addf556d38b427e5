// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { median } from '../harness/statistics.mjs';
import { WRONG_ANSWERS } from './answers.mjs';

/** @typedef {import('./answers.mjs').Verdict} Verdict */
/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./play.mjs').Score} Score */

/** @typedef {{ trouble: string, scores: readonly Score[] }} Row the scores in the order of the contenders */

/**
 * For each trouble and contender: answers that are right, what was wrong, requests, and the middle time of a call.
 * @param {readonly Contender[]} contenders
 * @param {readonly Row[]} rows
 */
export function tableOfTroubles(contenders, rows) {
  const head = ['trouble of the first provider', ...contenders.map(({ name }) => name)];
  return markdown([head, ...rows.map(({ trouble, scores }) => [trouble, ...scores.map(cellOf)])]);
}

/** @param {Score} score */
function cellOf({ outcomes, requests }) {
  const counts = countsOf([{ outcomes, requests }]);
  const wrong = WRONG_ANSWERS.filter((verdict) => counts(verdict) > 0).map(
    (verdict) => `**${counts(verdict)} ${verdict}**`,
  );
  const waiting = counts('waiting') > 0 ? [`${counts('waiting')} waiting`] : [];
  const time = seconds(median(outcomes.map(({ ms }) => ms)));
  return [`${counts('right')}/${outcomes.length}`, ...wrong, ...waiting, `${requests} req.`, time].join(', ');
}

/**
 * What each contender made of all troubles.
 * @param {readonly Contender[]} contenders
 * @param {readonly Row[]} rows
 */
export function tableOfContenders(contenders, rows) {
  const head = [
    '',
    'models',
    'right answers',
    'wrong answers delivered',
    'failed',
    'requests a call',
    'seconds a call, mean',
  ];
  return markdown([
    head,
    ...contenders.map(({ name, models }, index) => {
      const scores = rows.map(({ scores: all }) => all[index]).filter((score) => score !== undefined);
      const counts = countsOf(scores);
      const outcomes = scores.flatMap((score) => score.outcomes);
      const requests = scores.reduce((sum, score) => sum + score.requests, 0);
      const ms = outcomes.reduce((sum, outcome) => sum + outcome.ms, 0);
      const wrong = WRONG_ANSWERS.filter((verdict) => counts(verdict) > 0);
      const wrongs = wrong.reduce((sum, verdict) => sum + counts(verdict), 0);
      const which = wrong.map((verdict) => `${counts(verdict)} ${verdict}`).join(', ');
      return [
        name,
        String(models),
        `${counts('right')} of ${outcomes.length}`,
        wrong.length > 1 ? `${wrongs} (${which})` : wrong.length === 1 ? which : '0',
        String(counts('failed') + counts('waiting')),
        (requests / outcomes.length).toFixed(2),
        (ms / 1_000 / outcomes.length).toFixed(2),
      ];
    }),
  ]);
}

/** @param {readonly Score[]} scores */
function countsOf(scores) {
  return (/** @type {Verdict} */ verdict) =>
    scores.flatMap(({ outcomes }) => outcomes).filter((outcome) => outcome.verdict === verdict).length;
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1_000).toFixed(ms < 1_000 ? 2 : 1)} s`;
}

/** @param {readonly (readonly string[])[]} rows */
function markdown(rows) {
  const [head = [], ...others] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  /** @param {readonly string[]} row @param {string} filler */
  const line = (row, filler = ' ') =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, filler)).join(' | ')} |`;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...others.map((row) => line(row)),
  ].join('\n');
}

/**
 * Puts a table into a page, in the place of the one that follows `<!-- bake-off: name -->`.
 * @param {string} page its path from the root
 * @param {string} name
 * @param {string} table
 */
export function writeTable(page, name, table) {
  const file = new URL(`../../${page}`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  const start = `<!-- bake-off: ${name} -->\n`;
  const from = text.indexOf(`${start}|`);
  const to = text.indexOf('\n\n', from);
  if (from < 0 || to < 0) throw new Error(`${page} has no table "${name}".`);
  writeFileSync(file, `${text.slice(0, from + start.length)}${table}${text.slice(to)}`);
}
