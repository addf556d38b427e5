import { createResilience, type HedgeSettings } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { createChance } from '../support/simulation/chance.js';
import { type LongTail, LongTailProvider } from '../support/simulation/providers.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const CALLS = 2_000;
const CALLS_PER_SECOND = 20;
const SEEDS = [1, 2, 3];

interface Scenario {
  readonly seed: number;
  readonly hedge: HedgeSettings | false;
  readonly tail?: LongTail;
}

/** Calls at a steady rate to a provider with a long tail; the median of the others is a second. */
async function simulate({ seed, hedge, tail }: Scenario) {
  const chance = createChance(seed);
  const provider = new LongTailProvider(
    { after: (ms, run) => void setTimeout(run, ms) },
    createChance(seed + 100),
    tail,
  );
  const resilience = createResilience({
    random: chance.uniform,
    config: { operations: { chat: { hedge, retry: { budget: { ratio: 0.1, floorPerSecond: 0.1 } } } } },
  });
  const latencies: number[] = [];
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const request = { firstContentMs: chance.logNormal(300, 0.3), restMs: chance.logNormal(700, 0.4) };
      provider.send(request, { onRefused: reject, onFirstContent: () => undefined, onDone: resolve });
    });
  const call = async () => {
    const startedAt = performance.now();
    await resilience.execute('chat', ask);
    latencies.push(performance.now() - startedAt);
  };
  const calls: Promise<void>[] = [];
  for (let nth = 0; nth < CALLS; nth++) {
    calls.push(call());
    await pass(1_000 / CALLS_PER_SECOND);
  }
  await pass(120_000);
  await Promise.all(calls);
  const sorted = latencies.sort((one, other) => one - other);
  const { successes, hedges } = resilience.stats('chat');
  expect(successes).toBe(CALLS);
  await resilience.close();
  return {
    p50: sorted[Math.floor(CALLS * 0.5)] ?? 0,
    p99: sorted[Math.floor(CALLS * 0.99)] ?? 0,
    extraLoad: provider.received / CALLS - 1,
    hedges,
    delayMs: resilience.snapshot().operations['chat']?.keys[0]?.hedge?.delayMs ?? null,
  };
}

describe.each(SEEDS)('hedging calls of which one in fifty takes ten times as long (seed %i)', (seed) => {
  it('halves the 99th percentile at least, with at most 10 % more requests', async () => {
    const without = await simulate({ seed, hedge: false });
    const hedged = await simulate({ seed, hedge: {} });
    expect(hedged.p99).toBeLessThanOrEqual(0.5 * without.p99);
    expect(hedged.extraLoad).toBeGreaterThan(0.02);
    expect(hedged.extraLoad).toBeLessThanOrEqual(0.1);
    expect(Math.abs(hedged.p50 / without.p50 - 1)).toBeLessThan(0.05);
    // The true quantile is about 2.1 s: slow attempts that were superseded are not missing from it.
    expect(hedged.delayMs).toBeGreaterThan(1_300);
    expect(hedged.delayMs).toBeLessThan(3_000);
  });
});

describe('hedging calls that all become slow', () => {
  it.each([
    ['with a learned delay', {}],
    ['with a delay that is far too short', { delayMs: 100, max: 4 }],
  ])('never adds more than the budget pays for, %s', async (_, hedge) => {
    const { extraLoad } = await simulate({ seed: 1, hedge, tail: { slowShare: 0.5, slowFactor: 10 } });
    expect(extraLoad).toBeLessThanOrEqual(0.115);
  });
});
