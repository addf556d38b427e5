// @ts-check
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { alone } from '../harness/alone.mjs';
import { heapAfterGc } from '../harness/heap.mjs';
import { countTimers } from '../harness/timers.mjs';

const BREAKERS = 10_000;
const IDLE_MS = 3_000;
const work = async () => 'an answer';

/**
 * Builds 10,000 of something and lets them idle, then builds 10,000 more to count their timers.
 * @param {(keys: readonly string[]) => Promise<{ count: () => number }>} build returns what keeps them alive and counts them
 */
async function idle(build) {
  const keys = Array.from({ length: BREAKERS }, (_, index) => Buffer.from(`tenant-${index}`).toString());
  const before = await heapAfterGc();
  const startedAt = performance.now();
  const kept = await build(keys);
  const builtMs = performance.now() - startedAt;
  const after = await heapAfterGc();
  // Waits a second for work that follows the building, then measures idling only.
  await sleep(1_000);
  const cpu = process.cpuUsage();
  await sleep(IDLE_MS);
  const { user, system } = process.cpuUsage(cpu);
  const timers = countTimers();
  const counted = await build(keys);
  const alive = timers.alive();
  assert.deepEqual([kept.count(), counted.count()], [BREAKERS, BREAKERS]);
  return {
    bytesEach: (after - before) / BREAKERS,
    timers: alive,
    cpuPercent: ((user + system) / 1_000 / IDLE_MS) * 100,
    buildUsEach: (builtMs * 1_000) / BREAKERS,
  };
}

/**
 * @template T
 * @param {(key: string) => T | Promise<T>} create
 */
const each = (create) =>
  idle(async (keys) => {
    const all = [];
    for (const key of keys) all.push(await create(key));
    return { count: () => all.length };
  });

/** What is measured, each in a separate process. Only the subject of a peer loads that peer. */
export const subjects = {
  nothing: () => each(() => undefined),
  'holdfast execute(), one call for each key': async () => {
    const { createResilience } = await import('holdfast');
    return idle(async (keys) => {
      const resilience = createResilience();
      for (const key of keys) await resilience.execute('chat', work, { key });
      return { count: () => resilience.health().breakers };
    });
  },
  'holdfast breaker, consecutive': async () => {
    const { CircuitBreaker } = await import('holdfast/breaker');
    return each((name) => new CircuitBreaker({ name }));
  },
  'holdfast breaker, consecutive, used once': async () => {
    const { CircuitBreaker } = await import('holdfast/breaker');
    return each(async (name) => {
      const breaker = new CircuitBreaker({ name });
      await breaker.execute(work);
      return breaker;
    });
  },
  'holdfast breaker, failure rate, used once': async () => {
    const { CircuitBreaker } = await import('holdfast/breaker');
    return each(async (name) => {
      const breaker = new CircuitBreaker({ name, trip: { failureRate: 0.5, minimumCalls: 20, windowMs: 60_000 } });
      await breaker.execute(work);
      return breaker;
    });
  },
  'cockatiel breaker, consecutive': async () => {
    const { cockatielBreaker } = await import('../harness/peers.mjs');
    return each(() => cockatielBreaker());
  },
  'opossum tuned': async () => {
    const { opossumTuned } = await import('../harness/peers.mjs');
    return each((name) => opossumTuned(work, { name }));
  },
  'opossum default': async () => {
    const { opossumDefault } = await import('../harness/peers.mjs');
    return each((name) => opossumDefault(work, { name }));
  },
};

/** Our limits: no timer, 2 KB each, and no more measurable CPU time than a process without breakers. */
const atMost = { bytesEach: 2_048, timers: 0, cpuPercent: 0.5 };

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what do 10,000 idle breakers cost?',
  measure: async () => {
    const rows = [];
    for (const name of Object.keys(subjects)) {
      const values = await alone(import.meta.url, name);
      rows.push({ name, values, ...(name.startsWith('holdfast') ? { atMost } : {}) });
    }
    return [
      {
        kind: 'count',
        name: '10,000 breakers, idle',
        columns: [
          { key: 'bytesEach', label: 'bytes each' },
          { key: 'timers', label: 'timers' },
          { key: 'cpuPercent', label: '% of a core', digits: 2 },
          { key: 'buildUsEach', label: 'us to build', digits: 2 },
        ],
        rows,
      },
    ];
  },
};
