import { describe, expect, it } from 'vitest';
import { MovingQuantile } from '../../../src/hedge/moving-quantile.js';
import { createChance } from '../../support/simulation/chance.js';

/** Samples of a log-normal latency with this median; their true quantile is `trueQuantile(median, ...)`. */
function recordMany(estimate: MovingQuantile, quantile: number, medianMs: number, samples: number, seed = 1): void {
  const chance = createChance(seed);
  for (let nth = 0; nth < samples; nth++) estimate.record(chance.logNormal(medianMs, 0.4), quantile);
}

/** How many standard deviations the normal quantile is from the mean. */
const DEVIATIONS = { 0.5: 0, 0.9: 1.2816, 0.95: 1.6449, 0.99: 2.3263 } as const;

describe('a moving quantile', () => {
  it('has no value until there are 20 samples', () => {
    const estimate = new MovingQuantile();
    for (let nth = 1; nth < 20; nth++) estimate.record(nth, 0.95);
    expect(estimate.value).toBeUndefined();
    estimate.record(20, 0.95);
    expect(estimate.value).toBe(20);
  });

  it.each([0.5, 0.9, 0.95, 0.99] as const)('settles within a quarter of the quantile %f', (quantile) => {
    const estimate = new MovingQuantile();
    recordMany(estimate, quantile, 1_000, 5_000);
    const expected = 1_000 * Math.exp(0.4 * DEVIATIONS[quantile]);
    expect(estimate.value).toBeGreaterThan(expected * 0.75);
    expect(estimate.value).toBeLessThan(expected * 1.25);
  });

  it('follows latencies that become three times as long within 60 samples', () => {
    const estimate = new MovingQuantile();
    recordMany(estimate, 0.95, 1_000, 2_000);
    recordMany(estimate, 0.95, 3_000, 60, 2);
    expect(estimate.value).toBeGreaterThan(4_000);
  });

  it('rises from 0, and is moved by no sample that equals it', () => {
    const estimate = new MovingQuantile();
    for (let nth = 0; nth < 20; nth++) estimate.record(0, 0.9);
    expect(estimate.value).toBe(0);
    estimate.record(0, 0.9);
    expect(estimate.value).toBe(0);
    estimate.record(5, 0.9);
    expect(estimate.value).toBeGreaterThan(0);
  });

  it('learns from a lower bound only that a sample was longer', () => {
    const estimate = new MovingQuantile();
    estimate.recordAtLeast(1_000, 0.95);
    for (let nth = 0; nth < 20; nth++) estimate.record(100, 0.95);
    expect(estimate.value).toBe(100);
    estimate.recordAtLeast(50, 0.95);
    expect(estimate.value).toBe(100);
    estimate.recordAtLeast(101, 0.95);
    expect(estimate.value).toBeGreaterThan(104);
  });
});
