import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { TokenBucket } from '../../src/retry/budget.js';
import { runs } from '../support/seed.js';

type Step = { readonly do: 'take' | 'refill'; readonly afterMs: number };

const wholeRules = fc.record({
  ratio: fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000),
  floorPerSecond: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1_000_000 })),
  burst: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000 })),
});

const anyRules = fc.record({
  ratio: fc.double({ min: 0, max: 1, noNaN: true }),
  floorPerSecond: fc.double({ min: 0, max: 1_000_000, noNaN: true }),
  burst: fc.double({ min: 1, max: 1_000_000, noNaN: true }),
});

const does = fc.constantFrom<Step['do']>('take', 'take', 'refill');

/** Whole pauses, some of them back in time. */
const wholePause = fc.oneof(
  fc.constant(0),
  fc.nat({ max: 300 }),
  fc.integer({ min: -500, max: 5_000 }),
  fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
);
const wholeSteps = fc.array(fc.record({ do: does, afterMs: wholePause }), { maxLength: 120, size: 'max' });

const onwards = fc.array(fc.record({ do: does, afterMs: fc.double({ min: 0, max: 2_000, noNaN: true }) }), {
  maxLength: 120,
  size: 'max',
});

/** The same budget in whole thousandths of a retry, where nothing is ever rounded. */
class ExactBudget {
  readonly #paidIn: number;
  readonly #floorPerSecond: number;
  readonly #most: number;
  #lastMs = 0;
  thousandths: number;

  constructor(rules: { readonly ratio: number; readonly floorPerSecond: number; readonly burst: number }) {
    this.#paidIn = Math.round(rules.ratio * 1000);
    this.#floorPerSecond = rules.floorPerSecond;
    this.#most = rules.burst * 1000;
    this.thousandths = this.#most;
  }

  take(nowMs: number): boolean {
    if (nowMs > this.#lastMs) this.#pay((nowMs - this.#lastMs) * this.#floorPerSecond);
    this.#lastMs = nowMs;
    if (this.thousandths < 1000) return false;
    this.thousandths -= 1000;
    return true;
  }

  refill(): void {
    this.#pay(this.#paidIn);
  }

  #pay(thousandths: number): void {
    this.thousandths = Math.min(this.#most, this.thousandths + thousandths);
  }
}

test('a budget decides like a model that counts in whole thousandths', () => {
  fc.assert(
    fc.property(wholeRules, fc.nat({ max: 1_000_000 }), wholeSteps, (rules, startMs, steps) => {
      const budget = new TokenBucket(rules);
      const exact = new ExactBudget(rules);
      let nowMs = startMs;
      for (const step of steps) {
        nowMs += step.afterMs;
        if (step.do === 'take') assert.equal(budget.take(nowMs), exact.take(nowMs));
        else {
          budget.refill();
          exact.refill();
        }
      }
      exact.take(nowMs);
      budget.take(nowMs);
      assert(Math.abs(budget.snapshot(nowMs).tokens - exact.thousandths / 1000) < 1e-6);
    }),
    runs(5_000),
  );
});

test('a budget is never below zero nor above what it can hold, whatever the clock does', () => {
  const anyTime = fc.double({ min: -1e15, max: 1e15, noNaN: true });
  fc.assert(
    fc.property(anyRules, fc.array(fc.tuple(does, anyTime), { maxLength: 60 }), (rules, steps) => {
      const budget = new TokenBucket(rules);
      for (const [what, atMs] of steps) {
        if (what === 'take') budget.take(atMs);
        else budget.refill();
        const { tokens } = budget.snapshot(atMs);
        assert(tokens >= 0 && tokens <= rules.burst, `${tokens} of ${rules.burst}`);
      }
    }),
    runs(5_000),
  );
});

test('no period has more retries than the saved tokens, the floor and the refills allow', () => {
  fc.assert(
    fc.property(anyRules, onwards, (rules, steps) => {
      const budget = new TokenBucket(rules);
      const taken: number[] = [];
      const paid: number[] = [];
      let nowMs = 0;
      for (const step of steps) {
        nowMs += step.afterMs;
        if (step.do === 'refill') {
          budget.refill();
          paid.push(nowMs);
        } else if (budget.take(nowMs)) taken.push(nowMs);
      }
      for (const fromMs of taken.slice(0, 20)) {
        const within = (times: readonly number[]) => times.filter((atMs) => atMs >= fromMs).length;
        const cameIn = ((nowMs - fromMs) * rules.floorPerSecond) / 1000 + within(paid) * rules.ratio;
        assert(within(taken) <= rules.burst + cameIn + 1e-6);
      }
    }),
    runs(2_000),
  );
});

test('a budget allows a retry exactly when it shows a whole token', () => {
  fc.assert(
    fc.property(wholeRules, fc.nat({ max: 1_000_000 }), wholeSteps, (rules, startMs, steps) => {
      const budget = new TokenBucket(rules);
      let nowMs = startMs;
      for (const step of steps) {
        nowMs += step.afterMs;
        if (step.do === 'refill') budget.refill();
        else {
          const { tokens } = budget.snapshot(nowMs);
          assert.equal(budget.take(nowMs), tokens > 1 - 1e-8);
        }
      }
    }),
    runs(2_000),
  );
});
