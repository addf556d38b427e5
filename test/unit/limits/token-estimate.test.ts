import { describe, expect, it } from 'vitest';
import { TokenEstimate } from '../../../src/limits/token-estimate.js';
import { createChance } from '../../support/simulation/chance.js';

describe('an estimate of tokens', () => {
  it('knows nothing before ten samples, and then the largest of them', () => {
    const estimate = new TokenEstimate();
    for (const tokens of [10, 300, 20, 30, 40, 50, 60, 70, 80]) estimate.record(tokens);
    expect(estimate.value).toBeUndefined();
    estimate.record(90);
    expect(estimate.value).toBe(300);
  });

  it.each([1, 2, 3])('settles near the 95th percentile (seed %i)', (seed) => {
    const { logNormal } = createChance(seed);
    const estimate = new TokenEstimate();
    let above = 0;
    for (let sample = 0; sample < 4_000; sample++) {
      const tokens = Math.round(logNormal(250, 0.9));
      if (sample >= 2_000 && tokens > (estimate.value ?? 0)) above += 1;
      estimate.record(tokens);
    }
    expect(above / 2_000).toBeGreaterThan(0.03);
    expect(above / 2_000).toBeLessThan(0.07);
  });

  it('follows when the attempts change, also down and up from nothing', () => {
    const estimate = new TokenEstimate();
    for (let sample = 0; sample < 100; sample++) estimate.record(8_000);
    for (let sample = 0; sample < 500; sample++) estimate.record(100);
    expect(estimate.value).toBe(100);
    for (let sample = 0; sample < 2_000; sample++) estimate.record(0);
    expect(estimate.value).toBe(1);
    for (let sample = 0; sample < 60; sample++) estimate.record(8_000);
    expect(estimate.value).toBe(8_000);
  });
});
