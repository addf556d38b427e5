// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @typedef {typeof import('../../test/support/simulation/changing-capacity.js')} Simulation */
/** @typedef {typeof import('../../test/support/simulation/limiters.js')} Limiters */
/** @typedef {import('../../test/support/simulation/callers.js').SimulatedLimiter} Limiter */

const FOLDER = fileURLToPath(new URL('../../test/support/simulation/', import.meta.url));
const SEEDS = [1, 2, 3];
const COLUMNS = [
  { key: 'goodput', label: 'goodput', digits: 2 },
  { key: 'refusedPer100', label: 'refusals per 100 answers', digits: 1 },
  { key: 'nearPercent', label: '% of the time within 20 % of the capacity' },
  { key: 'firstContentP95Ms', label: 'first content p95, ms' },
];

/**
 * The simulation of the tests, which is written in TypeScript and is not part of the package.
 * @param {string} folder
 * @returns {Promise<Simulation & Limiters>}
 */
async function loadSimulation(folder) {
  const outfile = join(folder, 'simulation.mjs');
  const contents = `export * from './changing-capacity.js'; export * from './limiters.js';`;
  const stdin = { contents, resolveDir: FOLDER };
  await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
  return await import(pathToFileURL(outfile).href);
}

/** @param {Simulation & Limiters} simulation */
function contenders({ fixedLimiter, gradientLimiter, ownLimiter, queueEstimateLimiter }) {
  /** @type {readonly { name: string, make: () => Limiter, paceNoise?: number }[]} */
  return [
    { name: 'a fixed limit of 200', make: () => fixedLimiter(200) },
    { name: "Gradient2's rule, total latency", make: gradientLimiter },
    { name: "failsafe-go's rule, total latency", make: queueEstimateLimiter },
    { name: 'holdfast, adaptive: true', make: () => ownLimiter() },
    { name: "holdfast, delay: 'pace'", make: () => ownLimiter('pace') },
    { name: "holdfast, delay: 'firstContent'", make: () => ownLimiter('firstContent') },
    { name: "holdfast, delay: 'pace', calls that differ much", make: () => ownLimiter('pace'), paceNoise: 0.35 },
  ];
}

/**
 * The mean over the seeds.
 * @param {Simulation & Limiters} simulation
 * @param {'hard cap' | 'batching'} provider
 * @returns {import('../harness/count.mjs').Count}
 */
function tableFor(simulation, provider) {
  const rows = contenders(simulation).map(({ name, make, paceNoise = 0.15 }) => {
    const runs = SEEDS.map((seed) => simulation.simulate({ seed, limiter: make(), provider, paceNoise }));
    const mean = (/** @type {(run: (typeof runs)[number]) => number} */ read) =>
      runs.reduce((sum, run) => sum + read(run), 0) / runs.length;
    const values = {
      goodput: mean((run) => run.goodput),
      refusedPer100: mean((run) => run.refusedPer100),
      nearPercent: 100 * mean((run) => run.nearShare),
      firstContentP95Ms: mean((run) => run.firstContentP95Ms),
    };
    return { name, values };
  });
  const name = provider === 'hard cap' ? 'a provider that refuses beyond 40 > 20 > 60 calls' : 'a server that batches';
  return { kind: 'count', name, columns: COLUMNS, rows };
}

async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-simulation-'));
  try {
    const simulation = await loadSimulation(folder);
    return [tableFor(simulation, 'hard cap'), tableFor(simulation, 'batching')];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @type {import('../harness/results.mjs').Question} */
export const question = { title: 'how well does a limit follow the provider?', measure, isWatched: false };
