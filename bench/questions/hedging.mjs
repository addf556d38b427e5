// @ts-check
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createResilience } from 'holdfast';
import { race } from '../harness/race.mjs';

const CALLS = 4_000;
const CALLERS = 40;
/** The unit of the simulated latency: a hundredth of that of a language model, so that the answer comes soon. */
const MEDIAN_MS = 10;
const SIGMA = 0.4;
const SLOW_SHARE = 0.02;
const SLOW_FACTOR = 10;
const BUDGET = { ratio: 0.1, floorPerSecond: 0.1 };

/**
 * A provider of which one answer in fifty takes ten times as long. The same latencies for the same seed.
 * @param {number} seed
 */
function longTailProvider(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const provider = {
    requests: 0,
    /** @param {{ signal: AbortSignal }} call */
    answer: async ({ signal }) => {
      provider.requests += 1;
      const factor = uniform() < SLOW_SHARE ? SLOW_FACTOR : 1;
      await sleep(MEDIAN_MS * factor * Math.exp(SIGMA * normal()), undefined, { signal });
      return 'an answer';
    },
  };
  return provider;
}

/** @param {import('holdfast').HedgeSettings | false} hedge */
async function latenciesWith(hedge) {
  const provider = longTailProvider(1);
  const resilience = createResilience({ config: { operations: { chat: { hedge, retry: { budget: BUDGET } } } } });
  /** @type {number[]} */
  const latencies = [];
  let left = CALLS;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const startedAt = performance.now();
      await resilience.execute('chat', provider.answer);
      latencies.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await resilience.close();
  const sorted = latencies.toSorted((one, other) => one - other);
  const quantile = (/** @type {number} */ share) => sorted[Math.floor(CALLS * share)] ?? 0;
  return {
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
    extraPercent: (100 * (provider.requests - CALLS)) / CALLS,
  };
}

async function longTail() {
  const without = await latenciesWith(false);
  const rows = [{ name: 'without hedging', values: { ...without, p99Ratio: 1 } }];
  /** @type {[string, import('holdfast').HedgeSettings][]} */
  const contenders = [
    ['a learned delay', { minDelayMs: 1 }],
    ['a learned delay, quantile 0.9', { quantile: 0.9, minDelayMs: 1 }],
    ['a fixed delay of three times the median', { delayMs: 3 * MEDIAN_MS }],
  ];
  for (const [name, hedge] of contenders) {
    const values = await latenciesWith(hedge);
    rows.push({ name, values: { ...values, p99Ratio: values.p99 / without.p99 } });
  }
  return {
    kind: /** @type {const} */ ('count'),
    name: `${CALLS} calls, one in fifty takes ten times as long`,
    columns: [
      { key: 'p50', label: 'p50 ms', digits: 1 },
      { key: 'p95', label: 'p95 ms', digits: 1 },
      { key: 'p99', label: 'p99 ms', digits: 1 },
      { key: 'p999', label: 'p99.9 ms', digits: 1 },
      { key: 'p99Ratio', label: 'p99 ratio', digits: 2 },
      { key: 'extraPercent', label: 'more requests, %', digits: 1 },
    ],
    rows,
  };
}

const work = async () => 'an answer';

/** @param {import('holdfast').HedgeSettings | false} hedge */
function contender(hedge, name = 'holdfast execute()') {
  const resilience = createResilience({ config: { operations: { chat: { hedge } } } });
  return {
    name,
    call: () => resilience.execute('chat', work),
    check: async () => assert.equal(await resilience.execute('chat', work), 'an answer'),
    close: () => resilience.close(),
  };
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does hedging gain, and what does it cost?',
  // Its figures are times of simulated providers; test/integration/hedging-long-tail.test.ts watches them in virtual time.
  isWatched: false,
  measure: async () => [
    await longTail(),
    await race({
      name: 'a call that ends before the delay',
      reference: 'holdfast execute()',
      contenders: [
        contender(false),
        contender({ delayMs: 10_000 }, 'the same, with hedge: { delayMs }'),
        contender({ minDelayMs: 10_000 }, 'the same, with a learned delay'),
      ],
    }),
  ],
};
