import { describe, expect, it } from 'vitest';
import { type Choice, chooseTarget } from '../../../src/targets/choose-target.js';
import type { TargetLane, TargetOrder } from '../../../src/targets/index.js';
import { countingLane } from '../../support/live-calls.js';

interface Given {
  readonly name: string;
  readonly weight?: number;
  readonly inUse?: readonly number[];
  readonly typicalMs?: number;
}

function choiceOf({ name, weight = 1, inUse = [0], typicalMs }: Given): Choice {
  const lanes = inUse.map((busy, index): TargetLane => {
    const target = { name, key: `${index}` };
    const run = () => Promise.reject(new Error('never run'));
    const state = { unavailable: undefined, blockedForMs: 0, onEarlyRelease: () => () => undefined };
    return { lane: countingLane(), target, run, runAnyway: run, inUse: busy, typicalMs, ...state };
  });
  return { target: { name, weight, on: undefined, isSelective: false, lanes }, lanes };
}

function choose(order: TargetOrder, first: Given, others: readonly Given[], random = 0): string {
  return chooseTarget([choiceOf(first), ...others.map(choiceOf)], order, () => random).target.name;
}

describe('the choice of a target', () => {
  it('is the first of the list by default, however busy it is', () => {
    expect(choose('listed', { name: 'a', inUse: [100] }, [{ name: 'b' }])).toBe('a');
  });

  it.each([
    { random: 0, chosen: 'a' },
    { random: 0.74, chosen: 'a' },
    { random: 0.76, chosen: 'b' },
    { random: 0.999, chosen: 'b' },
  ])('by weight is $chosen for the random number $random', ({ random, chosen }) => {
    expect(choose('weighted', { name: 'a', weight: 3 }, [{ name: 'b' }, { name: 'c', weight: 0 }], random)).toBe(
      chosen,
    );
  });

  it('by weight is the first one if only targets of weight 0 are available', () => {
    expect(choose('weighted', { name: 'a', weight: 0 }, [{ name: 'b', weight: 0 }], 0.9)).toBe('a');
  });

  it('by load is the one with the fewest attempts in progress for its weight', () => {
    expect(choose('least_busy', { name: 'a', inUse: [3] }, [{ name: 'b', inUse: [1, 1] }])).toBe('b');
    expect(choose('least_busy', { name: 'a', inUse: [3], weight: 4 }, [{ name: 'b', inUse: [1] }])).toBe('a');
    expect(choose('least_busy', { name: 'a', inUse: [0], weight: 0 }, [{ name: 'b', inUse: [9] }])).toBe('b');
  });

  it('by speed is first an idle one that nothing is known of', () => {
    expect(choose('fastest', { name: 'a', typicalMs: 10 }, [{ name: 'b' }])).toBe('b');
    expect(choose('fastest', { name: 'a', typicalMs: 10 }, [{ name: 'b', inUse: [1] }])).toBe('a');
  });

  it('by speed is the least busy of those that are at most a fifth slower than the fastest', () => {
    const fast = { name: 'fast', typicalMs: 100, inUse: [5] };
    expect(choose('fastest', fast, [{ name: 'near', typicalMs: 119, inUse: [1] }])).toBe('near');
    expect(choose('fastest', fast, [{ name: 'far', typicalMs: 121, inUse: [1] }])).toBe('fast');
  });

  it('goes to the least busy key of a target, and to any of several that are as busy', () => {
    const key = (inUse: readonly number[], random: number) =>
      chooseTarget([choiceOf({ name: 'a', inUse })], 'listed', () => random).target.key;
    expect(key([2, 1, 3], 0)).toBe('1');
    expect(key([1, 1, 2], 0)).toBe('0');
    expect(key([1, 1, 2], 0.9)).toBe('1');
  });
});
