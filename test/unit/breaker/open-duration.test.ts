import { describe, expect, it } from 'vitest';
import { computeOpenMs } from '../../../src/breaker/open-duration.js';
import { randomFrom, SEED } from '../../support/seed.js';

const LENGTHS = { openMs: 1000, openMaxMs: 6000 };
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const noJitter = () => 0;
const mostJitter = () => 1 - Number.EPSILON;

/** The lengths of the first openings in a row. */
const inARow = (random: () => number, lengths = LENGTHS) =>
  [1, 2, 3, 4, 5].map((nth) => Math.round(computeOpenMs(lengths, nth, random)));

describe('the length of an opening', () => {
  it('doubles with each opening in a row, up to the longest', () => {
    expect(inARow(noJitter)).toEqual([1000, 2000, 4000, 6000, 6000]);
  });

  it('is jittered down to three quarters, but never below the first', () => {
    expect(inARow(mostJitter)).toEqual([1000, 1500, 3000, 4500, 4500]);
  });

  it('is random between the most jitter and none', () => {
    expect(inARow(() => 0.5)).toEqual([1000, 1750, 3500, 5250, 5250]);
    const random = randomFrom(SEED);
    const lengths = Array.from({ length: 500 }, () => computeOpenMs(LENGTHS, 3, random));
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(3000);
    expect(Math.min(...lengths)).toBeLessThan(3050);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4000);
    expect(Math.max(...lengths)).toBeGreaterThan(3950);
  });

  it('stays the same when the longest is the first', () => {
    expect(inARow(mostJitter, { openMs: 1000, openMaxMs: 1000 })).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it('stays at the longest however many openings there were', () => {
    expect(computeOpenMs(LENGTHS, 5000, noJitter)).toBe(6000);
    expect(computeOpenMs(LENGTHS, Number.MAX_SAFE_INTEGER, noJitter)).toBe(6000);
  });

  it('can be as long as a timer can be', () => {
    const longest = { openMs: LONGEST_TIMER_MS, openMaxMs: LONGEST_TIMER_MS };
    expect(computeOpenMs(longest, 7, mostJitter)).toBe(LONGEST_TIMER_MS);
  });
});

describe('a hint of the provider for an opening', () => {
  it('lengthens the opening', () => {
    expect(computeOpenMs(LENGTHS, 1, noJitter, 1001)).toBe(1001);
    expect(computeOpenMs(LENGTHS, 2, mostJitter, 1800)).toBe(1800);
  });

  it('lengthens the opening beyond the configured longest, up to an hour', () => {
    expect(computeOpenMs(LENGTHS, 1, noJitter, 3_599_999)).toBe(3_599_999);
    expect(computeOpenMs(LENGTHS, 1, noJitter, 3_600_001)).toBe(3_600_000);
    expect(computeOpenMs(LENGTHS, 1, noJitter, 1e12)).toBe(3_600_000);
  });

  it('lengthens the opening beyond an hour when the configured openings may be as long', () => {
    const twoHours = { openMs: 1000, openMaxMs: 7_200_000 };
    expect(computeOpenMs(twoHours, 1, noJitter, 7_000_000)).toBe(7_000_000);
    expect(computeOpenMs(twoHours, 1, noJitter, 8_000_000)).toBe(7_200_000);
  });

  it('never shortens the opening', () => {
    expect(computeOpenMs(LENGTHS, 1, noJitter, 999)).toBe(1000);
    expect(computeOpenMs(LENGTHS, 3, noJitter, 1)).toBe(4000);
    expect(computeOpenMs(LENGTHS, 3, noJitter, 0)).toBe(4000);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -1e12, undefined])(
    'of %s is ignored',
    (retryAfterMs) => {
      expect(computeOpenMs(LENGTHS, 2, noJitter, retryAfterMs)).toBe(2000);
    },
  );
});
