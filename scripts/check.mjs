/**
 * Every check that a contribution must pass, cheap steps first. The first step that fails ends the run.
 *
 *   npm run check                   all steps
 *   npm run check -- lint layers    only these
 */

import { spawnSync } from 'node:child_process';

/** Each is a script of package.json, so that it can be run alone under the same name. */
const STEPS = [
  'lockfile:check',
  'format:check',
  'lint',
  'layers',
  'typecheck',
  'knip',
  'generate:check',
  'build',
  'package:lint',
  // One run of all test projects: unit, property, integration, types, and package, which holds the sizes and the API.
  'coverage',
];

const asked = process.argv.slice(2);
const unknown = asked.filter((step) => !STEPS.includes(step));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. Expected some of ${STEPS.join(', ')}.`);
  process.exit(2);
}

/** @type {{ step: string, seconds: string }[]} */
const done = [];
const began = performance.now();

for (const step of STEPS.filter((name) => asked.length === 0 || asked.includes(name))) {
  console.log(`\n> ${step}`);
  const start = performance.now();
  const { status, signal, error } = spawnSync('npm', ['run', '--silent', step], { stdio: 'inherit' });
  const seconds = secondsSince(start);
  if (status !== 0) {
    summarise();
    const cause = error?.message ?? (signal === null ? `exit code ${status}` : `killed by ${signal}`);
    console.error(`  ${seconds} s  ${step}  FAILED (${cause})\n\nRun it alone: npm run ${step}`);
    process.exit(1);
  }
  done.push({ step, seconds });
}

summarise();
console.log(`  ${secondsSince(began)} s  in all: every check is green`);

/** @param {number} start */
function secondsSince(start) {
  return ((performance.now() - start) / 1000).toFixed(1).padStart(6);
}

function summarise() {
  console.log('');
  for (const { step, seconds } of done) console.log(`  ${seconds} s  ${step}`);
}
