import { describe, expect, it } from 'vitest';
import { type ResolvedBudgetSettings, TokenBucket } from '../../../src/retry/budget.js';

const budgetOf = (given: Partial<ResolvedBudgetSettings> = {}) =>
  new TokenBucket({ ratio: 0.2, floorPerSecond: 2, burst: 10, ...given });

/** How many retries can be paid for at one moment. */
const takeAll = (budget: TokenBucket, nowMs: number): number => {
  let taken = 0;
  while (budget.take(nowMs)) taken += 1;
  return taken;
};

describe('a retry budget', () => {
  it('starts with all that it can hold', () => {
    expect(budgetOf().snapshot(0)).toEqual({ tokens: 10, burst: 10 });
    expect(takeAll(budgetOf(), 0)).toBe(10);
  });

  it('starts full whatever the clock reads', () => {
    expect(takeAll(budgetOf(), 123_456_789.5)).toBe(10);
  });

  it('charges nothing when it refuses', () => {
    const budget = budgetOf();
    takeAll(budget, 0);
    for (let asked = 0; asked < 1000; asked++) expect(budget.take(0)).toBe(false);
    expect(budget.snapshot(0).tokens).toBe(0);
    expect(budget.take(500)).toBe(true);
  });

  it('receives the floor as time passes', () => {
    const budget = budgetOf();
    takeAll(budget, 1000);
    expect(budget.take(1499)).toBe(false);
    expect(budget.take(1500)).toBe(true);
    expect(budget.take(1999)).toBe(false);
    expect(takeAll(budget, 4000)).toBe(5);
  });

  it('receives the floor also when it is asked all the time', () => {
    const budget = budgetOf();
    takeAll(budget, 0);
    let taken = 0;
    for (let nowMs = 0; nowMs <= 10_000; nowMs++) if (budget.take(nowMs)) taken += 1;
    expect(taken).toBe(20);
  });

  it('receives a part of a retry for each success', () => {
    const budget = budgetOf({ floorPerSecond: 0 });
    takeAll(budget, 0);
    for (let success = 0; success < 4; success++) budget.refill();
    expect(budget.take(0)).toBe(false);
    budget.refill();
    expect(takeAll(budget, 0)).toBe(1);
  });

  it.each([0.1, 0.2, 0.3, 0.7, 1 / 3, 1])('loses no retry to rounding at a ratio of %d', (ratio) => {
    const budget = budgetOf({ ratio, floorPerSecond: 0 });
    takeAll(budget, 0);
    let taken = 0;
    const successes = Math.round(210 / ratio);
    for (let success = 0; success < successes; success++) {
      budget.refill();
      if (budget.take(0)) taken += 1;
    }
    expect(taken).toBe(210);
  });

  it('saves up no more than it can hold', () => {
    const budget = budgetOf();
    for (let success = 0; success < 1000; success++) budget.refill();
    expect(takeAll(budget, 3_600_000)).toBe(10);
  });

  it('can hold a fraction', () => {
    const budget = budgetOf({ burst: 1.5 });
    expect(takeAll(budget, 0)).toBe(1);
    expect(budget.snapshot(0)).toEqual({ tokens: 0.5, burst: 1.5 });
    expect(budget.take(250)).toBe(true);
  });

  it('is not changed by being read', () => {
    const budget = budgetOf();
    takeAll(budget, 0);
    for (let nowMs = 0; nowMs <= 400; nowMs += 10) budget.snapshot(nowMs);
    expect(budget.snapshot(400)).toEqual({ tokens: 0.8, burst: 10 });
    expect(budget.snapshot(100)).toEqual({ tokens: 0.2, burst: 10 });
    expect(budget.take(499)).toBe(false);
    expect(budget.take(500)).toBe(true);
  });

  it('lets a service with one call a minute make three attempts a call', () => {
    const budget = budgetOf();
    for (let minute = 0; minute < 60; minute++) {
      expect(budget.take(minute * 60_000)).toBe(true);
      expect(budget.take(minute * 60_000 + 2000)).toBe(true);
    }
  });
});

describe('a clock that jumps', () => {
  it('far ahead fills the retry budget and no more', () => {
    const budget = budgetOf();
    takeAll(budget, 0);
    expect(takeAll(budget, Number.MAX_SAFE_INTEGER)).toBe(10);
  });

  it('back changes nothing in the retry budget, and time goes on from there', () => {
    const budget = budgetOf();
    takeAll(budget, 1_000_000);
    expect(budget.take(50)).toBe(false);
    expect(budget.snapshot(50).tokens).toBe(0);
    expect(budget.take(549)).toBe(false);
    expect(budget.take(550)).toBe(true);
  });

  it('back leaves the balance of the retry budget as it was', () => {
    const budget = budgetOf();
    budget.take(1_000_000);
    expect(budget.snapshot(5).tokens).toBe(9);
    expect(takeAll(budget, 5)).toBe(9);
  });
});
