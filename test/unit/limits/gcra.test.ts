import { describe, expect, it } from 'vitest';
import { Gcra, type Rate } from '../../../src/limits/gcra.js';

/** One unit in a second, five at once. */
const RATE: Rate = { perMinute: 60, burstMs: 5_000, rampMs: 0 };

describe('a rate', () => {
  it('starts with the burst, and grows by the rate up to it', () => {
    const gcra = new Gcra(RATE, 0);
    expect(gcra.availableAt(0)).toBe(5);
    gcra.take(5, 0);
    expect(gcra.availableAt(0)).toBe(0);
    expect(gcra.availableAt(2_500)).toBe(2.5);
    expect(gcra.availableAt(60_000)).toBe(5);
  });

  it('computes how long a request waits, those ahead of it included', () => {
    const gcra = new Gcra(RATE, 0);
    expect(gcra.computeWaitMs(5, 0)).toBe(0);
    gcra.take(5, 0);
    expect(gcra.computeWaitMs(1, 0)).toBe(1_000);
    expect(gcra.computeWaitMs(1, 400)).toBe(600);
    expect(gcra.computeWaitMs(1, 0, 10)).toBe(11_000);
  });

  it('lets a request that is larger than the burst go when all of the burst is there, and is in debt after it', () => {
    const gcra = new Gcra(RATE, 0);
    gcra.take(1, 0);
    expect(gcra.computeWaitMs(20, 0)).toBe(1_000);
    gcra.take(20, 1_000);
    expect(gcra.availableAt(1_000)).toBe(-15);
    expect(gcra.computeWaitMs(1, 1_000)).toBe(16_000);
  });

  it('sends one at a time with no burst', () => {
    const gcra = new Gcra({ ...RATE, burstMs: 0 }, 0);
    expect(gcra.computeWaitMs(1, 0)).toBe(0);
    gcra.take(1, 0);
    expect(gcra.computeWaitMs(1, 0)).toBe(1_000);
    expect(gcra.availableAt(100_000)).toBe(0);
  });

  it('takes back what was not used, up to the burst, and takes what was used beyond', () => {
    const gcra = new Gcra(RATE, 0);
    gcra.take(4, 0);
    gcra.giveBack(3, 0);
    expect(gcra.availableAt(0)).toBe(4);
    gcra.giveBack(3, 0);
    expect(gcra.availableAt(0)).toBe(5);
    gcra.giveBack(-7, 0);
    expect(gcra.availableAt(0)).toBe(-2);
  });

  it('is limited to what is left, and never raised to it', () => {
    const gcra = new Gcra(RATE, 0);
    gcra.limitTo(2, 0);
    expect(gcra.availableAt(0)).toBe(2);
    gcra.limitTo(4, 0);
    expect(gcra.availableAt(0)).toBe(2);
  });

  it('keeps what is available when its rate changes, up to the new burst', () => {
    const gcra = new Gcra(RATE, 0);
    gcra.take(3, 0);
    gcra.updateRate({ ...RATE, perMinute: 600 }, 0);
    expect(gcra.availableAt(0)).toBe(2);
    expect(gcra.availableAt(100)).toBe(3);
    gcra.updateRate({ ...RATE, perMinute: 12 }, 100);
    expect(gcra.availableAt(100)).toBe(1);
  });
});

describe('a ramp', () => {
  const ramped = () => {
    const gcra = new Gcra({ ...RATE, rampMs: 10_000 }, 0);
    gcra.startRamp(0);
    return gcra;
  };

  it('starts with a quarter of the burst and of the rate, and ends with both', () => {
    const gcra = ramped();
    expect(gcra.availableAt(0)).toBe(1.25);
    gcra.take(10, 0);
    const inFirst = gcra.availableAt(1) - gcra.availableAt(0);
    expect(inFirst).toBeCloseTo(0.25 / 1_000, 5);
    expect(gcra.availableAt(10_000)).toBeCloseTo(-8.75 + 6.25, 9);
    expect(gcra.availableAt(11_000) - gcra.availableAt(10_000)).toBeCloseTo(1, 9);
    expect(gcra.availableAt(60_000)).toBe(5);
  });

  it('keeps to the smaller burst while it lasts, however often it is looked at', () => {
    const [often, once] = [ramped(), ramped()];
    for (let nowMs = 0; nowMs <= 12_000; nowMs += 100) often.take(0, nowMs);
    expect(often.availableAt(10_000 - 1)).toBe(often.availableAt(12_000));
    expect(once.availableAt(9_999)).toBe(1.25);
    expect(often.availableAt(12_000)).toBeCloseTo(once.availableAt(12_000), 9);
  });

  it('computes a wait that ends within it, and one that ends after it', () => {
    const gcra = ramped();
    gcra.take(1.25, 0);
    for (const units of [0.1, 0.5, 1, 1.25]) {
      const waitMs = gcra.computeWaitMs(units, 0);
      expect(waitMs).toBeLessThan(10_000);
      expect(gcra.availableAt(waitMs)).toBeCloseTo(units, 6);
    }
    // 6.25 units in the ramp, and a second for each of the others.
    expect(gcra.computeWaitMs(1.25, 0, 9)).toBeCloseTo(10_000 + 4_000, 6);
  });

  it('is none with a length of 0', () => {
    const gcra = new Gcra(RATE, 0);
    gcra.startRamp(0);
    expect(gcra.availableAt(0)).toBe(5);
  });
});
