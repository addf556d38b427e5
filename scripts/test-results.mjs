import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './pack.mjs';

/** Where vitest leaves its JSON report, as vitest.config.ts says, and `test:runtimes` its counts. */
const FOLDER = join(ROOT, '.cache/test-results');

/** @typedef {{ passed: number, failed: number }} Counts */

/** @param {Counts} counts */
export function keepRuntimeCounts(counts) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'runtimes.json'), JSON.stringify(counts));
}

/** @returns {Counts | undefined} `undefined` if the tests did not run to the end */
export function runtimeCounts() {
  return read('runtimes.json');
}

/** @returns {Counts | undefined} `undefined` if vitest did not run to the end, or failed for a reason other than a test */
export function vitestCounts() {
  const report = read('vitest.json');
  if (report === undefined) return undefined;
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const files = report.testResults;
  const unloaded = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = report.numFailedTests + unloaded;
  return report.success || failed > 0 ? { passed: report.numPassedTests, failed } : undefined;
}

/** @param {string} name */
function read(name) {
  const path = join(FOLDER, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
