// @ts-check
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { environment } from './environment.mjs';

/** @typedef {import('./race.mjs').Race} Race */
/** @typedef {import('./count.mjs').Count} Count */
/** @typedef {import('./environment.mjs').Environment} Environment */

/**
 * One question.
 *
 * @typedef {object} Question
 * @property {string} title what it asks
 * @property {() => Promise<(Race | Count)[]>} measure how the answer is found
 * @property {boolean} [isWatched] whether `bench:check` asks it too; true by default
 */

/** @typedef {Environment & { question: string, title: string, findings: (Race | Count)[] }} Result */

/**
 * What `bench:check` compares with: for each question the guarded ratios by their names.
 * @typedef {{ environment: Environment, ratios: Record<string, Record<string, number>> }} Baseline
 */

const folder = new URL('../results/', import.meta.url);
const baselineFile = new URL('baseline.json', folder);

/**
 * @param {string} question
 * @param {string} title
 * @param {(Race | Count)[]} findings
 */
export function writeResult(question, title, findings) {
  mkdirSync(folder, { recursive: true });
  const result = { question, title, ...environment(), findings };
  writeFileSync(resultFile(question), `${JSON.stringify(result, undefined, 2)}\n`);
}

/**
 * @param {string} question
 * @returns {Result}
 */
export function readResult(question) {
  return JSON.parse(readFileSync(resultFile(question), 'utf8'));
}

/** @param {string} question */
function resultFile(question) {
  return new URL(`${question}.json`, folder);
}

/**
 * The ratios of a result that are watched, by names that contain both contenders.
 * @param {(Race | Count)[]} findings
 * @returns {Record<string, number>}
 */
export function guardedRatios(findings) {
  return Object.fromEntries(
    findings.flatMap((finding) =>
      finding.kind === 'count'
        ? []
        : finding.standings
            .filter(({ guarded }) => guarded)
            .map(({ name, ratio }) => [`${finding.name}: ${finding.reference} against ${name}`, ratio]),
    ),
  );
}

/** @returns {Baseline} */
export function readBaseline() {
  return JSON.parse(readFileSync(baselineFile, 'utf8'));
}

/** @param {Record<string, Record<string, number>>} ratios */
export function writeBaseline(ratios) {
  const rounded = Object.fromEntries(
    Object.entries(ratios).map(([question, byName]) => [
      question,
      Object.fromEntries(Object.entries(byName).map(([name, ratio]) => [name, Number(ratio.toPrecision(4))])),
    ]),
  );
  writeFileSync(baselineFile, `${JSON.stringify({ environment: environment(), ratios: rounded }, undefined, 2)}\n`);
}
