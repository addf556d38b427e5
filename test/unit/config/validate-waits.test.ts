import { expect, it } from 'vitest';
import { Judged } from '../../../src/config/validation/judged.js';
import { allWaitsMs } from '../../../src/config/validation/waits.js';
import { type BackoffStrategy, backoffMs } from '../../../src/retry/backoff.js';

const strategies: readonly BackoffStrategy[] = ['fixed', 'linear', 'exponential', 'fibonacci'];

function judged(retry: Readonly<Record<string, unknown>>): Judged {
  const values = new Map(Object.entries(retry).map(([name, value]) => [`retry.${name}`, value]));
  return new Judged({ operation: undefined, strategy: undefined, environments: [] }, (path) => values.get(path));
}

it.each(strategies)('the waits of a call add up to what is really waited: %s', (strategy) => {
  for (const multiplier of [0.3, 1, 2.5]) {
    for (const maxAttempts of [1, 2, 5, 40]) {
      const rules = { strategy, minDelayMs: 200, maxDelayMs: 30_000, multiplier };
      const waits = Array.from({ length: maxAttempts - 1 }, (_, index) => backoffMs(rules, index + 1));
      const sumMs = waits.reduce((sum, waitMs) => sum + waitMs, 0);
      expect(allWaitsMs(judged({ ...rules, maxAttempts }))).toBeCloseTo(sumMs, 6);
    }
  }
});

it('a thousand attempts stay finite, and a call without retries waits for nothing', () => {
  const rules = { strategy: 'exponential', minDelayMs: 1, maxDelayMs: 1_000, multiplier: 1 };
  expect(allWaitsMs(judged({ ...rules, maxAttempts: 1_000 }))).toBe(1_023 + 989 * 1_000);
  expect(allWaitsMs(judged({}))).toBe(0);
});
