// @ts-check
import assert from 'node:assert/strict';
import { createResilience } from 'holdfast';
import { loadConfig, validateConfig } from 'holdfast/config';
import { alone } from '../harness/alone.mjs';
import { heapAfterGc } from '../harness/heap.mjs';
import { median } from '../harness/statistics.mjs';

/** @typedef {import('holdfast').ConfigInput} ConfigInput */

const OPERATIONS = 100;
const BYTES_PER_MB = 2 ** 20;

/** A typical container: a few relevant variables among many others. */
const ENVIRONMENT = {
  env: {
    ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`SERVICE_${index}_HOST`, `10.0.0.${index}`])),
    NODE_ENV: 'production',
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
  },
  files: ['.git'],
  hostname: 'web-7d4b9c-x2x9p',
};

/**
 * Every operation has its own settings, different in each round, so that a change affects all of them.
 * @param {number} round
 * @returns {ConfigInput}
 */
const configOf = (round) => ({
  operations: Object.fromEntries(
    Array.from({ length: OPERATIONS }, (_, index) => [
      `operation-${index}`,
      {
        strategy: 'balanced',
        deadlineMs: 60_000 + round,
        retry: { maxAttempts: 2 + ((round + index) % 4) },
        breaker: { openMs: 10_000 + index },
      },
    ]),
  ),
});

/** A config of the size that services have. */
const SMALL = {
  preset: 'production',
  defaults: { deadlineMs: 90_000, retry: { maxAttempts: 4 } },
  operations: {
    chat: { strategy: 'critical' },
    summarize: { deadlineMs: 180_000 },
    tag: { retry: /** @type {const} */ (false) },
  },
};

/**
 * Times each run of the work separately, and measures the heap: the largest growth, and how much of it is kept.
 * @param {number} times
 * @param {(round: number) => unknown} work
 * @param {number} [batch] how many runs make one figure, if a single one is too short for the clock
 */
async function timed(times, work, batch = 1) {
  /** @type {number[]} */
  const all = [];
  const before = await heapAfterGc();
  let highest = before;
  for (let round = 0; round < times; round += 1) {
    const from = performance.now();
    for (let each = 0; each < batch; each += 1) work(round);
    all.push((performance.now() - from) / batch);
    highest = Math.max(highest, process.memoryUsage().heapUsed);
  }
  const sorted = all.toSorted((one, other) => one - other);
  return {
    leastMs: sorted[0] ?? Number.NaN,
    medianMs: median(all),
    p95Ms: sorted[Math.floor(times * 0.95)] ?? Number.NaN,
    firstMs: all[0] ?? Number.NaN,
    heapMb: (highest - before) / BYTES_PER_MB,
    keptMb: ((await heapAfterGc()) - before) / BYTES_PER_MB,
  };
}

/** What is measured, each in a separate process, so that the first run is the first of its process. */
export const subjects = {
  'load, with detection': async () => {
    return timed(500, () => loadConfig({ config: SMALL, environment: ENVIRONMENT }));
  },
  'load, with a look at this machine': async () => {
    return timed(500, () => loadConfig({ config: SMALL }));
  },
  'createResilience(), with detection': async () => {
    assert.equal(createResilience({ environment: ENVIRONMENT }).config().preset, 'production');
    return timed(500, () => createResilience({ config: SMALL, environment: ENVIRONMENT }));
  },
  'validate a config': async () => {
    assert.equal(validateConfig(SMALL).valid, true);
    return timed(500, () => validateConfig(SMALL));
  },
  'configure() of 100 operations': async () => {
    const resilience = createResilience({ config: configOf(0), environment: ENVIRONMENT });
    const rounds = Array.from({ length: 200 }, (_, round) => configOf(round + 1));
    assert.ok(resilience.configure(configOf(0), { dryRun: true }).changes.length === 0);
    assert.ok(resilience.configure(configOf(1), { dryRun: true }).changes.length >= OPERATIONS);
    return timed(rounds.length, (round) => resilience.configure(rounds[round] ?? {}));
  },
  "config('chat')": async () => {
    const resilience = createResilience({ config: SMALL, environment: ENVIRONMENT });
    assert.equal(resilience.config('chat').strategy, 'critical');
    return timed(500, () => resilience.config('chat'), 20);
  },
};

/** The limits of each, the same on every machine. */
/** @type {Readonly<Record<string, Record<string, number>>>} */
const LIMITS = {
  'load, with detection': { medianMs: 2, heapMb: 50, keptMb: 2 },
  'load, with a look at this machine': { medianMs: 2, heapMb: 50, keptMb: 2 },
  'createResilience(), with detection': { medianMs: 2, heapMb: 50, keptMb: 2 },
  'validate a config': { medianMs: 1, heapMb: 50, keptMb: 2 },
  'configure() of 100 operations': { medianMs: 5, heapMb: 50, keptMb: 2 },
  "config('chat')": { heapMb: 50, keptMb: 2 },
};

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does the work with configurations cost?',
  measure: async () => {
    const rows = [];
    for (const name of Object.keys(subjects)) {
      const values = await alone(import.meta.url, name);
      rows.push({ name, values, atMost: LIMITS[name] ?? {} });
    }
    return [
      {
        kind: 'count',
        name: 'configurations',
        columns: [
          { key: 'leastMs', label: 'least ms', digits: 3 },
          { key: 'medianMs', label: 'median ms', digits: 3 },
          { key: 'p95Ms', label: 'p95 ms', digits: 3 },
          { key: 'firstMs', label: 'first ms', digits: 1 },
          { key: 'heapMb', label: 'heap MB', digits: 1 },
          { key: 'keptMb', label: 'kept MB', digits: 2 },
        ],
        rows,
      },
    ];
  },
};
