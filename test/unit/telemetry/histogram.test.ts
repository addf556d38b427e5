import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../src/telemetry/histogram.js';

function histogramOf(...durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of durations) histogram.record(ms);
  return histogram;
}

describe('a histogram', () => {
  it('returns 0 when it is empty', () => {
    const empty = new Histogram();
    expect([empty.quantileMs(0), empty.quantileMs(0.5), empty.quantileMs(1), empty.maxMs]).toEqual([0, 0, 0, 0]);
  });

  it('returns a single duration within 5 %, and its maximum exactly', () => {
    for (const ms of [0.001, 0.013, 0.5, 1, 1.03, 2, 17, 1_000, 60_000, 3_600_000, 2 ** 31]) {
      const histogram = histogramOf(ms);
      expect(histogram.maxMs).toBe(ms);
      expect(Math.abs(histogram.quantileMs(0.5) - ms) / ms).toBeLessThanOrEqual(0.05);
    }
  });

  it('never returns more than its maximum', () => {
    const histogram = histogramOf(1, 1);
    expect(histogram.quantileMs(0.99)).toBe(1);
  });

  it('returns 0 and durations below a microsecond nearly as they are', () => {
    expect(histogramOf(0).quantileMs(0.5)).toBe(0);
    expect(histogramOf(0.000_01).quantileMs(0.5)).toBeLessThan(0.001);
    expect(histogramOf(0, 100).maxMs).toBe(100);
  });

  it('accepts durations that are longer than any timer', () => {
    const histogram = histogramOf(2 ** 40);
    expect(histogram.maxMs).toBe(2 ** 40);
    expect(histogram.quantileMs(0.5)).toBeGreaterThan(2 ** 31);
  });

  it('distinguishes the two ends of a doubling', () => {
    const histogram = histogramOf(1.99, 2);
    expect(histogram.quantileMs(0.5)).toBeLessThan(2);
    expect(histogram.quantileMs(1)).toBe(2);
  });

  it('computes quantiles by rank', () => {
    const histogram = histogramOf(...Array.from({ length: 100 }, (_, index) => index + 1));
    for (const share of [0.01, 0.25, 0.5, 0.95, 0.99, 1]) {
      const truth = Math.ceil(share * 100);
      expect(Math.abs(histogram.quantileMs(share) - truth) / truth).toBeLessThanOrEqual(0.05);
    }
  });

  it('adds up with another histogram as if both had been one from the start', () => {
    const sum = histogramOf(1, 5, 900);
    sum.add(histogramOf(0.2, 7, 2_000));
    sum.add(new Histogram());
    const whole = histogramOf(1, 5, 900, 0.2, 7, 2_000);
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 1]) expect(sum.quantileMs(share)).toBe(whole.quantileMs(share));
    expect(sum.maxMs).toBe(2_000);
  });
});
