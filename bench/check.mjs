// @ts-check
/**
 * `npm run bench:check [question...]`: fails if one of our ratios has fallen more than 25 % behind the baseline, or a
 * counted figure is above its limit. `-- --update` writes the baseline instead.
 */
import { breachesOf } from './harness/count.mjs';
import { answer, isWatched, questionsFrom } from './harness/questions.mjs';
import { guardedRatios, readBaseline, writeBaseline } from './harness/results.mjs';
import { median } from './harness/statistics.mjs';
import { times } from './harness/table.mjs';

/** @typedef {import('./harness/results.mjs').Result} Result */

const TOLERATED = 0.75;
const TRIES = 3;

const args = process.argv.slice(2);
/** @type {string[]} */
const questions = [];
for (const name of questionsFrom(args)) if (await isWatched(name)) questions.push(name);
const complaints = args.includes('--update') ? await update() : await compare();
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;

/** Runs every question three times, and keeps the median of each ratio. */
async function update() {
  /** @type {Record<string, Record<string, number>>} */
  const baseline = {};
  for (const name of questions) {
    /** @type {Record<string, number[]>} */
    const seen = {};
    for (let run = 0; run < TRIES; run += 1) {
      const ratios = Object.entries(guardedRatios((await answer(name)).findings));
      for (const [ratio, value] of ratios) seen[ratio] = [...(seen[ratio] ?? []), value];
      if (ratios.length === 0) break;
    }
    const medians = Object.entries(seen).map(([ratio, values]) => [ratio, median(values)]);
    if (medians.length > 0) baseline[name] = Object.fromEntries(medians);
  }
  const others = args.some((arg) => !arg.startsWith('--')) ? readBaseline().ratios : {};
  writeBaseline({ ...others, ...baseline });
  console.log('\nThe baseline is written.');
  return [];
}

/** A question that misses is repeated at most twice, and the best answer counts: a slow moment is not a slow library. */
async function compare() {
  const { ratios } = readBaseline();
  /** @type {string[]} */
  const complaints = [];
  for (const name of questions) {
    const expected = ratios[name] ?? {};
    /** @type {Record<string, number>} */
    const best = {};
    /** @type {string[]} */
    let missed = [];
    for (let run = 0; run < TRIES; run += 1) {
      const { findings } = await answer(name);
      for (const [ratio, value] of Object.entries(guardedRatios(findings))) {
        best[ratio] = Math.max(best[ratio] ?? 0, value);
      }
      missed = [...missedRatios(name, expected, best), ...missedLimits(name, findings)];
      if (missed.length === 0) break;
    }
    complaints.push(...missed);
  }
  console.log(complaints.length === 0 ? '\nNo ratio has fallen behind, and no limit is exceeded.' : '');
  return complaints;
}

/**
 * @param {string} question
 * @param {Record<string, number>} expected
 * @param {Record<string, number>} best
 */
function missedRatios(question, expected, best) {
  return Object.entries(expected).flatMap(([ratio, baseline]) => {
    const now = best[ratio];
    if (now === undefined) return [`${question}: "${ratio}" is in the baseline and was not measured.`];
    if (now >= baseline * TOLERATED) return [];
    const percent = ((1 - now / baseline) * 100).toFixed(0);
    return [`${question}: ${ratio}: baseline ${times(baseline)}, now ${times(now)}: ${percent} % behind.`];
  });
}

/**
 * @param {string} question
 * @param {Result['findings']} findings
 */
function missedLimits(question, findings) {
  return findings.flatMap((finding) =>
    finding.kind === 'race'
      ? []
      : breachesOf(finding).map(
          ({ row, column, value, atMost }) =>
            `${question}: ${row}: ${column} is ${value}, at most ${atMost} is allowed.`,
        ),
  );
}
