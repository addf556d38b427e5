import { describe, expect, it } from 'vitest';
import { safeRandom } from '../../../src/runtime/random.js';

describe('safeRandom', () => {
  it.each([0, 0.25, 1 - Number.EPSILON])('returns %d unchanged', (chance) => {
    expect(safeRandom(() => chance)()).toBe(chance);
  });

  it.each([1, 1.5, -Number.MIN_VALUE, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'returns one half for %d, which is out of range',
    (chance) => {
      expect(safeRandom(() => chance)()).toBe(0.5);
    },
  );

  it('returns one half if the source throws', () => {
    const broken = safeRandom(() => {
      throw new Error('no entropy');
    });
    expect(broken()).toBe(0.5);
  });

  it('draws from the source on each call', () => {
    const drawn = [0.1, Number.NaN, 0.3];
    const source = safeRandom(() => drawn.shift() ?? 0);
    expect([source(), source(), source()]).toEqual([0.1, 0.5, 0.3]);
  });
});
