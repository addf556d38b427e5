import { describe, expect, it } from 'vitest';
import { RunningMedian } from '../../../src/telemetry/running-median.js';
import { randomFrom, SEED } from '../../support/seed.js';

/** What it says after some values. */
function medianOf(values: Iterable<number>): number | undefined {
  const median = new RunningMedian();
  for (const value of values) median.record(value);
  return median.value;
}

const many = (count: number, value: (nth: number) => number) => Array.from({ length: count }, (_, nth) => value(nth));

describe('a running median', () => {
  it('has no value before it has seen twenty values', () => {
    expect(medianOf([])).toBeUndefined();
    expect(medianOf(many(19, () => 50))).toBeUndefined();
    expect(medianOf(many(20, () => 50))).toBeCloseTo(50, 9);
  });

  it('does not move among values that are all the same', () => {
    expect(medianOf(many(1_000, () => 50))).toBeCloseTo(50, 0);
  });

  it.each([
    { name: 'even', shape: (chance: number) => 100 + 200 * chance, median: 200 },
    { name: 'skewed by a long tail', shape: (chance: number) => 100 / (1.001 - chance) ** 0.5, median: 141 },
  ])('comes to rest near the middle of values that are $name', ({ shape, median }) => {
    const random = randomFrom(SEED);
    const found = medianOf(many(5_000, () => shape(random()))) ?? 0;
    // A band that a step of a twentieth up and down wanders within.
    expect(found).toBeGreaterThan(median * 0.7);
    expect(found).toBeLessThan(median * 1.4);
  });

  it('is not moved far by a single outlier', () => {
    expect(medianOf([...many(40, () => 50), 1_000_000])).toBeLessThan(50 * 1.2);
  });

  it('follows when values change for good', () => {
    expect(medianOf([...many(100, () => 50), ...many(200, () => 5_000)])).toBeGreaterThan(4_500);
    expect(medianOf([...many(100, () => 5_000), ...many(200, () => 50)])).toBeLessThan(56);
  });

  it('returns zero for values of zero, and can rise from zero again', () => {
    expect(medianOf(many(30, () => 0))).toBe(0);
    expect(medianOf([...many(30, () => 0), ...many(500, () => 50)])).toBeGreaterThan(40);
  });
});
