import { describe, expect, it } from 'vitest';
import { safeRandom } from '../../../src/runtime/random.js';

describe('a steady source of chance', () => {
  it.each([0, 0.25, 1 - Number.EPSILON])('gives %d as it came', (chance) => {
    expect(safeRandom(() => chance)()).toBe(chance);
  });

  it.each([1, 1.5, -Number.MIN_VALUE, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'gives one half for %d, which is none',
    (chance) => {
      expect(safeRandom(() => chance)()).toBe(0.5);
    },
  );

  it('gives one half for a throw', () => {
    const broken = safeRandom(() => {
      throw new Error('no entropy');
    });
    expect(broken()).toBe(0.5);
  });

  it('draws anew each time', () => {
    const drawn = [0.1, Number.NaN, 0.3];
    const source = safeRandom(() => drawn.shift() ?? 0);
    expect([source(), source(), source()]).toEqual([0.1, 0.5, 0.3]);
  });
});
