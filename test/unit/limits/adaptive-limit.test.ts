import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from '../../../src/limits/adaptive-limit.js';

/** A limit whose calls are numbered from 1, and a round of them that all succeed. */
function limitFrom(floor = 1, ceiling = 100) {
  const changes: string[] = [];
  const limit = new AdaptiveLimit({ floor, ceiling }, (change) => changes.push(`${change.reason} ${change.limit}`));
  let last = 0;
  const round = (isFull = true) => {
    if (isFull) limit.recordFull();
    for (let left = limit.value; left > 0; left--) {
      last += 1;
      if (limit.countSuccess(last)) limit.endRound(0);
    }
  };
  const refuse = (inFlight = limit.value) => {
    last += 1;
    limit.recordRefusal(last, last, inFlight, 0);
  };
  return { limit, changes, round, refuse };
}

describe('adaptive limit', () => {
  it('starts at 4, or at the bound that is nearest to it', () => {
    expect(limitFrom().limit.value).toBe(4);
    expect(limitFrom(6).limit.value).toBe(6);
    expect(limitFrom(1, 2).limit.value).toBe(2);
  });

  it('grows by half in every full round until the first refusal', () => {
    const { changes, round } = limitFrom();
    for (let nth = 0; nth < 4; nth++) round();
    expect(changes).toEqual(['grown 6', 'grown 9', 'grown 13', 'grown 20']);
  });

  it('does not grow in a round in which permits were left over', () => {
    const { limit, round } = limitFrom();
    round(false);
    expect(limit.value).toBe(4);
  });

  it('is cut by a refusal to 85 % of what was in flight', () => {
    const { limit, round, refuse } = limitFrom();
    for (let nth = 0; nth < 4; nth++) round();
    refuse(10);
    expect(limit.value).toBe(8);
  });

  it('is cut once by all refusals of calls that were sent before the cut', () => {
    const { limit, changes } = limitFrom(1, 100);
    for (let call = 1; call <= 4; call++) limit.recordRefusal(call, 4, 4, 0);
    expect(changes).toEqual(['refused 3']);
    limit.recordRefusal(5, 5, 3, 0);
    expect(changes).toEqual(['refused 3', 'refused 2']);
  });

  it('does not count a success of a call that was sent before the cut', () => {
    const { limit } = limitFrom();
    limit.recordRefusal(1, 4, 4, 0);
    limit.recordFull();
    for (let call = 1; call <= 4; call++) if (limit.countSuccess(call)) limit.endRound(0);
    expect(limit.value).toBe(3);
  });

  it('grows by one where the last refusal was, and faster and faster far above it', () => {
    const { changes, round, refuse } = limitFrom();
    for (let nth = 0; nth < 4; nth++) round();
    refuse();
    changes.length = 0;
    for (let nth = 0; nth < 12; nth++) round();
    const sizes = changes.map((change) => Number(change.split(' ')[1]));
    const steps = sizes.slice(1).map((size, index) => size - (sizes[index] ?? 0));
    expect(steps.slice(0, 4)).toEqual([1, 1, 1, 1]);
    expect(Math.max(...steps)).toBeGreaterThan(5);
  });

  it('never leaves its bounds', () => {
    const { limit, round, refuse } = limitFrom(2, 9);
    for (let nth = 0; nth < 20; nth++) round();
    expect(limit.value).toBe(9);
    for (let nth = 0; nth < 20; nth++) refuse();
    expect(limit.value).toBe(2);
  });

  it('follows other bounds at once', () => {
    const { limit, changes } = limitFrom();
    limit.updateBounds({ floor: 8, ceiling: 10 }, 0);
    expect(changes).toEqual(['bounds 8']);
  });

  it('shrinks while the provider is slow, and does not grow before there is room', () => {
    const { limit, changes, round } = limitFrom();
    for (let nth = 0; nth < 4; nth++) round();
    changes.length = 0;
    limit.recordDelay('slow', 0);
    round();
    limit.recordDelay('severe', 0);
    limit.recordDelay('room', 0);
    round();
    expect(changes).toEqual(['slowed 18', 'slowed 14', 'grown 15']);
  });
});
