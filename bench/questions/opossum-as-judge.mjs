// @ts-check
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { alone } from '../harness/alone.mjs';
import { heapAfterGc } from '../harness/heap.mjs';
import { opossumDefault, opossumTuned } from '../harness/peers.mjs';
import { race } from '../harness/race.mjs';
import { countTimers } from '../harness/timers.mjs';
import { filledOpossum } from '../harness/window.mjs';

const refusal = new Error('the provider fails');
const fail = async () => {
  throw refusal;
};
const succeed = async () => 'an answer';

/** opossum's defaults, except that it never opens and that its window outlasts the bench. */
const openEnded = () => ({ errorThresholdPercentage: 100, rollingCountTimeout: 3_600_000 });

/** Latencies like those of providers, half a second to five, the same in each run. @param {number} index */
const realLatency = (index) => 500 + ((index * 2_654_435_761) % 4_500);

/** What one failure costs by the results in the window. opossum with its defaults and an empty window is the reference. */
async function costOfOneFailure() {
  /**
   * @param {string} name
   * @param {typeof opossumDefault} create
   * @param {number} size
   * @param {(index: number) => number} [latencyMs]
   */
  const contender = (name, create, size, latencyMs) => {
    const filled = filledOpossum(() => create(fail, openEnded()), size, latencyMs);
    return {
      name,
      call: () =>
        filled
          .current()
          .fire()
          .catch(() => undefined),
      check: async () => {
        await assert.rejects(filled.current().fire(), (error) => error === refusal);
        assert.ok(filled.current().closed);
      },
      // Its own failures fill the window: few of them, and a new breaker for each round.
      most: 100,
      beforeRound: filled.refill,
      close: filled.close,
    };
  };
  return race({
    name: 'opossum: one failure, by results in the window',
    reference: 'default, 0',
    rounds: 7,
    contenders: [
      contender('default, 0', opossumDefault, 0),
      contender('default, 1,000', opossumDefault, 1_000),
      contender('default, 10,000', opossumDefault, 10_000),
      contender('default, 100,000', opossumDefault, 100_000),
      contender('default, 100,000 of 0.5 s to 5 s', opossumDefault, 100_000, realLatency),
      contender('percentiles and snapshots off, 0', opossumTuned, 0),
      contender('percentiles and snapshots off, 100,000', opossumTuned, 100_000),
    ],
  });
}

/** @param {typeof opossumDefault} create */
async function held(create) {
  const build = (/** @type {number} */ amount) =>
    Array.from({ length: amount }, () => create(succeed, { name: 'one' }));
  // The first ones create the shapes and the code that all others share.
  for (const breaker of build(100)) breaker.shutdown();
  const before = await heapAfterGc();
  const startedAt = performance.now();
  const all = build(2_000);
  const buildUs = ((performance.now() - startedAt) * 1_000) / all.length;
  const bytesEach = ((await heapAfterGc()) - before) / all.length;
  const cpu = process.cpuUsage();
  await sleep(3_000);
  const { user, system } = process.cpuUsage(cpu);
  const timers = countTimers();
  const more = build(100);
  const timersEach = timers.alive() / more.length;
  return { buildUs, bytesEach, timersEach, cpuPercent: (user + system) / 30_000 };
}

/** Breakers, measured in a separate process. */
export const subjects = {
  default: () => held(opossumDefault),
  'percentiles and snapshots off': () => held(opossumTuned),
};

async function costOfHaving() {
  const rows = [];
  for (const name of Object.keys(subjects)) rows.push({ name, values: await alone(import.meta.url, name) });
  return {
    kind: /** @type {const} */ ('count'),
    name: 'opossum: 2,000 breakers, idle',
    columns: [
      { key: 'buildUs', label: 'us to build', digits: 1 },
      { key: 'bytesEach', label: 'bytes each' },
      { key: 'timersEach', label: 'timers each', digits: 1 },
      { key: 'cpuPercent', label: '% of a core', digits: 2 },
    ],
    rows,
  };
}

/** @typedef {{ resolve: (value: unknown) => void, reject: (reason: unknown) => void }} Settle */

/** A function whose calls are settled by hand, in any order. */
function byHand() {
  /** @type {Settle[]} */
  const pending = [];
  return { pending, work: () => new Promise((resolve, reject) => void pending.push({ resolve, reject })) };
}

/** How many of five callers a half-open opossum lets in. */
async function admittedHalfOpen() {
  const { pending, work } = byHand();
  const breaker = opossumTuned(work, { resetTimeout: 5, timeout: false });
  breaker.open();
  await sleep(20);
  assert.ok(breaker.halfOpen);
  const callers = Array.from({ length: 5 }, () => breaker.fire().catch(() => undefined));
  const admitted = pending.length;
  for (const { resolve } of pending) resolve(undefined);
  await Promise.all(callers);
  breaker.shutdown();
  return admitted;
}

/** Whether a success from before the opening closes a half-open opossum (1) or not (0). */
async function staleSuccessCloses() {
  const { pending, work } = byHand();
  const breaker = opossumTuned(work, { resetTimeout: 5, timeout: false });
  const early = breaker.fire();
  breaker.open();
  await sleep(20);
  assert.ok(breaker.halfOpen);
  pending[0]?.resolve(undefined);
  await early;
  const closed = Number(breaker.closed);
  breaker.shutdown();
  return closed;
}

/** Whether a failure from before the opening opens a half-open opossum again (1) or not (0). */
async function staleFailureReopens() {
  const { pending, work } = byHand();
  const breaker = opossumTuned(work, { resetTimeout: 50, timeout: false });
  const early = breaker.fire().catch(() => undefined);
  breaker.open();
  await sleep(80);
  assert.ok(breaker.halfOpen);
  pending[0]?.reject(refusal);
  await early;
  const opened = Number(breaker.opened);
  breaker.shutdown();
  return opened;
}

/** How many callers get in during 20 times the reset time, while the one trial hangs. */
async function admittedBehindHungTrial() {
  const { pending, work } = byHand();
  const breaker = opossumTuned(work, { resetTimeout: 5, timeout: false });
  breaker.open();
  await sleep(20);
  breaker.fire().catch(() => undefined);
  for (let wait = 0; wait < 10; wait += 1) {
    await sleep(10);
    breaker.fire().catch(() => undefined);
  }
  const admitted = pending.length - 1;
  breaker.shutdown();
  return admitted;
}

async function behaviour() {
  const rows = [
    { name: 'callers admitted half-open, of 5', values: { seen: await admittedHalfOpen() } },
    { name: 'callers admitted behind a hung trial, of 10', values: { seen: await admittedBehindHungTrial() } },
    { name: 'a stale success closes it half-open', values: { seen: yesOrNo(await staleSuccessCloses()) } },
    { name: 'a stale failure reopens it half-open', values: { seen: yesOrNo(await staleFailureReopens()) } },
  ];
  const columns = [{ key: 'seen', label: 'seen' }];
  return { kind: /** @type {const} */ ('count'), name: 'opossum: behaviour', columns, rows };
}

/** @param {number} seen */
const yesOrNo = (seen) => (seen === 1 ? 'yes' : 'no');

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'can opossum decide when to open and close, or only carry it out?',
  // None of our code runs in it: it is the evidence for docs/decisions/0001.
  isWatched: false,
  measure: async () => [await costOfOneFailure(), await costOfHaving(), await behaviour()],
};
