import { expect, it } from 'vitest';
import { RingBuffer } from '../../../src/telemetry/ring-buffer.js';
import { randomFrom, SEED } from '../../support/seed.js';

it('a ring buffer holds the same items as a list that is cut at its beginning', () => {
  const random = randomFrom(SEED);
  for (const capacity of [1, 2, 7, 64]) {
    const ring = new RingBuffer<{ readonly n: number }>(capacity);
    let model: number[] = [];
    for (let n = 0; n < 500; n++) {
      if (random() < 0.1) {
        const upTo = n - Math.floor(random() * capacity);
        const gone = model.filter((one) => one < upTo).length;
        expect(ring.dropWhile((item) => item.n < upTo)).toBe(gone);
        model = model.slice(gone);
      }
      ring.push({ n });
      model = [...model, n].slice(-capacity);
      expect(ring.size).toBe(model.length);
      expect(ring.latest().map((item) => item.n)).toEqual(model);
      expect(ring.latest((item) => item.n > n - 5).map((item) => item.n)).toEqual(model.slice(-5));
    }
    expect(ring.dropWhile(() => true)).toBe(model.length);
    expect(ring.latest()).toEqual([]);
  }
});
