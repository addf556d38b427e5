import { describe, expect, it } from 'vitest';
import { findCycle } from '../../../src/input/index.js';

const of = (ways: Readonly<Record<string, readonly string[]>>) => findCycle(new Map(Object.entries(ways)));

describe('a way back', () => {
  it.each([
    [{ a: ['a'] }, ['a', 'a']],
    [{ a: ['b'], b: ['a'] }, ['a', 'b', 'a']],
    [{ a: ['b'], b: ['x', 'c'], c: ['d'], d: ['b'] }, ['b', 'c', 'd', 'b']],
    [{ x: ['y'], a: ['y', 'b'], b: ['a'] }, ['a', 'b', 'a']],
  ])('is found in %o', (ways, way) => {
    expect(of(ways)).toEqual(way);
  });

  it.each([[{}], [{ a: ['b', 'c'], b: ['d'], c: ['d'] }], [{ a: [], b: ['a', 'a'] }]])('is not found in %o', (ways) => {
    expect(of(ways)).toBeUndefined();
  });

  it('is looked for in a chain that is longer than the stack', () => {
    const chain = Array.from({ length: 100_000 }, (_, at) => [`${at}`, [`${at + 1}`]] as const);
    expect(findCycle(new Map(chain))).toBeUndefined();
  });
});
