import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpossumTimer } from '../../../src/breaker/opossum-timer.js';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the half-open timer', () => {
  it('fires once, on the millisecond', () => {
    const onHalfOpen = vi.fn();
    new OpossumTimer(1000, onHalfOpen);
    vi.advanceTimersByTime(999);
    expect(onHalfOpen).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onHalfOpen).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10 * LONGEST_TIMER_MS);
    expect(onHalfOpen).toHaveBeenCalledTimes(1);
  });

  it('is one timer, which does not keep the process alive, and none afterwards', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    new OpossumTimer(1000, () => undefined);
    expect(vi.getTimerCount()).toBe(1);
    expect(setTimer).toHaveBeenCalledTimes(1);
    const timer = setTimer.mock.results[0]?.value;
    expect(timer?.hasRef()).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits as long as a timer can', () => {
    const onHalfOpen = vi.fn();
    new OpossumTimer(LONGEST_TIMER_MS, onHalfOpen);
    vi.advanceTimersByTime(LONGEST_TIMER_MS - 1);
    expect(onHalfOpen).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onHalfOpen).toHaveBeenCalledTimes(1);
  });

  it('does not fire and leaves no timer once it is discarded', () => {
    const onHalfOpen = vi.fn();
    const opened = new OpossumTimer(1000, onHalfOpen);
    opened.discard();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(onHalfOpen).not.toHaveBeenCalled();
  });

  it('can be discarded while it fires, and twice', () => {
    const opened: OpossumTimer = new OpossumTimer(1000, () => opened.discard());
    vi.advanceTimersByTime(1000);
    opened.discard();
    expect(vi.getTimerCount()).toBe(0);
  });
});
