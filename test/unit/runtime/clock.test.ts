import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LONGEST_TIMER_MS, monotonicMs, wallAt, wallMs } from '../../../src/runtime/clock.js';

const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the monotonic clock', () => {
  it('advances with time', () => {
    const before = monotonicMs();
    vi.advanceTimersByTime(250);
    expect(monotonicMs() - before).toBe(250);
  });

  it('does not follow the wall clock', () => {
    const before = monotonicMs();
    vi.setSystemTime(NOW + 3_600_000);
    expect(monotonicMs()).toBe(before);
    vi.setSystemTime(0);
    expect(monotonicMs()).toBe(before);
  });
});

describe('the wall clock', () => {
  it('counts milliseconds since 1970', () => {
    expect(wallMs()).toBe(NOW);
    vi.advanceTimersByTime(250);
    expect(wallMs()).toBe(NOW + 250);
    vi.setSystemTime(5);
    expect(wallMs()).toBe(5);
  });

  it('is read in whole milliseconds for an instant of the monotonic clock', () => {
    const moment = monotonicMs();
    vi.advanceTimersByTime(250);
    expect(wallAt(moment)).toBe(NOW);
    expect(wallAt(moment + 0.4)).toBe(NOW);
    expect(wallAt(moment + 0.6)).toBe(NOW + 1);
    expect(wallAt(monotonicMs())).toBe(NOW + 250);
  });

  it('is read with its current setting for each instant', () => {
    const moment = monotonicMs();
    vi.setSystemTime(NOW + 7000);
    expect(wallAt(moment)).toBe(NOW + 7000);
  });
});

describe('the longest timer', () => {
  it('is the longest that does not fire immediately', () => {
    expect(LONGEST_TIMER_MS).toBe(2_147_483_647);
  });
});
