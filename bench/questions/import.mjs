// @ts-check
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../harness/statistics.mjs';

const ROUNDS = 21;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What is imported, by its name in the table. */
const SUBJECTS = {
  'an empty module': ['data:text/javascript,'],
  'the parts of Node that holdfast uses': ['node:fs', 'node:os', 'node:module'],
  opossum: ['opossum'],
  'p-retry': ['p-retry'],
  cockatiel: ['cockatiel'],
  'opossum and p-retry': ['opossum', 'p-retry'],
  holdfast: ['holdfast'],
  'holdfast/breaker': ['holdfast/breaker'],
  'holdfast/retry': ['holdfast/retry'],
  'holdfast/config': ['holdfast/config'],
  'holdfast/config/schema': ['holdfast/config/schema'],
};

/**
 * Milliseconds to import modules in a process that has imported nothing else.
 * @param {readonly string[]} modules
 */
function importedIn(modules) {
  const code = `
    const from = performance.now();
    for (const name of ${JSON.stringify(modules)}) await import(name);
    console.log(performance.now() - from);
  `;
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8') };
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', code], options));
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does the import cost?',
  // Its figures are times, which depend on the machine.
  isWatched: false,
  measure: async () => {
    const subjects = Object.entries(SUBJECTS);
    /** @type {Map<string, number[]>} */
    const times = new Map(subjects.map(([name]) => [name, []]));
    // In turns, so that a slow moment of the machine affects all subjects.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, modules] of subjects) times.get(name)?.push(importedIn(modules));
    }
    return [
      {
        kind: 'count',
        name: 'to import, each in a process of its own',
        columns: [
          { key: 'leastMs', label: 'least ms', digits: 1 },
          { key: 'medianMs', label: 'median ms', digits: 1 },
        ],
        rows: [...times].map(([name, all]) => ({
          name,
          values: { leastMs: Math.min(...all), medianMs: median(all) },
        })),
      },
    ];
  },
};
