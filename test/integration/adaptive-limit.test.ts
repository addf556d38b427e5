import { describe, expect, it } from 'vitest';
import { startCallers } from '../support/simulation/callers.js';
import { createChance } from '../support/simulation/chance.js';
import { simulate } from '../support/simulation/changing-capacity.js';
import { fixedLimiter, gradientLimiter, ownLimiter, queueEstimateLimiter } from '../support/simulation/limiters.js';
import { HardCapProvider, type SimulatedProvider } from '../support/simulation/providers.js';
import { VirtualTime } from '../support/simulation/virtual-time.js';

const UNLOADED_P95_MS = 500;
const SEEDS = [1, 2, 3];

describe.each(SEEDS)('an adaptive limit of a provider that refuses calls beyond its capacity (seed %i)', (seed) => {
  it('stays within 20 % of a capacity that changes, with at most 5 refusals per 100 answers', () => {
    const { goodput, refusedPer100, nearShare } = simulate({ seed, limiter: ownLimiter(), provider: 'hard cap' });
    expect(nearShare).toBeGreaterThanOrEqual(0.9);
    expect(refusedPer100).toBeLessThanOrEqual(5);
    expect(goodput).toBeGreaterThanOrEqual(0.78);
  });

  it.each(['pace', 'firstContent'] as const)('is not misled by noise where it also watches the %s', (delay) => {
    const limiter = ownLimiter(delay);
    const { goodput, refusedPer100 } = simulate({ seed, limiter, provider: 'hard cap', paceNoise: 0.35 });
    expect(goodput).toBeGreaterThanOrEqual(0.75);
    expect(refusedPer100).toBeLessThanOrEqual(5);
  });

  it('has fewer refusals than limits that follow latency alone have per answer', () => {
    for (const limiter of [fixedLimiter(200), gradientLimiter(), queueEstimateLimiter()]) {
      expect(simulate({ seed, limiter, provider: 'hard cap' }).refusedPer100).toBeGreaterThan(100);
    }
  });
});

describe.each(SEEDS)('an adaptive limit of a server that batches and refuses nothing (seed %i)', (seed) => {
  it.each(['pace', 'firstContent'] as const)('keeps the first content quick where it watches the %s', (delay) => {
    const { goodput, firstContentP95Ms } = simulate({ seed, limiter: ownLimiter(delay), provider: 'batching' });
    expect(goodput).toBeGreaterThanOrEqual(0.85);
    expect(firstContentP95Ms).toBeLessThanOrEqual(1.5 * UNLOADED_P95_MS);
  });

  it.each(['pace', 'firstContent'] as const)('still serves where the %s differs much between calls', (delay) => {
    const limiter = ownLimiter(delay);
    expect(simulate({ seed, limiter, provider: 'batching', paceNoise: 0.35 }).goodput).toBeGreaterThanOrEqual(0.75);
  });

  it('grows to its ceiling where it watches refusals alone', () => {
    const limiter = ownLimiter();
    expect(simulate({ seed, limiter, provider: 'batching' }).firstContentP95Ms).toBeGreaterThan(4 * UNLOADED_P95_MS);
    expect(limiter.limit).toBe(200);
  });
});

describe('an adaptive limit', () => {
  it.each(SEEDS)(
    'walks to the floor while calls are refused, and up again within 60 s of the end (seed %i)',
    (seed) => {
      const time = new VirtualTime();
      const limiter = ownLimiter();
      let isRefusing = true;
      let lastRefusedAtMs = 0;
      const server = new HardCapProvider(time, () => 40);
      // Refuses one call every two seconds for ten minutes, as a provider does whose hint is longer than its patience.
      const provider: SimulatedProvider = {
        get active() {
          return server.active;
        },
        send: (request, listener) => {
          if (!isRefusing || time.nowMs - lastRefusedAtMs < 2_000) return server.send(request, listener);
          lastRefusedAtMs = time.nowMs;
          listener.onRefused();
        },
      };
      startCallers({ time, chance: createChance(seed), provider, limiter, callers: 240, paceNoise: 0.15 });
      time.runUntil(600_000);
      expect(limiter.limit).toBeLessThanOrEqual(2);
      isRefusing = false;
      time.runUntil(660_000);
      expect(limiter.limit).toBeGreaterThanOrEqual(10);
    },
  );
});
