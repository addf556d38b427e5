import { describe, expect, it } from 'vitest';
import { QuotaHold } from '../../../src/limits/index.js';

describe('a quota hold', () => {
  it('does not exist at first', () => {
    const quota = new QuotaHold();
    expect([quota.remainingMs(0), quota.remainingMs(1e9), quota.cause]).toEqual([0, 0, undefined]);
  });

  it('lasts for as long as it was asked for, and then ends although it was not released', () => {
    const quota = new QuotaHold();
    expect(quota.hold('rate_limited', 500, 1_000)).toBe(true);
    expect([1_000, 1_499, 1_500, 9_999].map((nowMs) => quota.remainingMs(nowMs))).toEqual([500, 1, 0, 0]);
    expect(quota.cause).toBe('rate_limited');
  });

  it.each([
    { name: 'shorter', forMs: 100 },
    { name: 'just as long', forMs: 400 },
  ])('is not changed by a hold that is $name', ({ forMs }) => {
    const quota = new QuotaHold();
    quota.hold('quota_exhausted', 500, 0);
    expect(quota.hold('rate_limited', forMs, 100)).toBe(false);
    expect([quota.remainingMs(100), quota.cause]).toEqual([400, 'quota_exhausted']);
  });

  it('lasts as long as the longest of several, and has the cause of that one', () => {
    const quota = new QuotaHold();
    quota.hold('rate_limited', 100, 0);
    expect(quota.hold('quota_exhausted', 500, 50)).toBe(true);
    quota.hold('rate_limited', 300, 60);
    expect([quota.remainingMs(60), quota.cause]).toEqual([490, 'quota_exhausted']);
  });

  it('may be set again after its end, for a shorter time', () => {
    const quota = new QuotaHold();
    quota.hold('quota_exhausted', 500, 0);
    expect(quota.hold('rate_limited', 10, 600)).toBe(true);
    expect([quota.remainingMs(605), quota.cause]).toEqual([5, 'rate_limited']);
  });

  it('does not exist any more after a release', () => {
    const quota = new QuotaHold();
    quota.hold('rate_limited', 500, 0);
    quota.release(100);
    expect([quota.remainingMs(100), quota.cause]).toEqual([0, undefined]);
    expect(quota.hold('rate_limited', 1, 100)).toBe(true);
  });
});
