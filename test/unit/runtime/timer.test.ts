import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTimer, startWait, stopTimer } from '../../../src/runtime/timer.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a timer', () => {
  it('fires once, on time', () => {
    const onTime = vi.fn();
    startTimer(100, onTime);
    vi.advanceTimersByTime(99);
    expect(onTime).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onTime).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(onTime).toHaveBeenCalledTimes(1);
  });

  it('does not keep the process alive', () => {
    expect(startTimer(100, () => undefined).hasRef()).toBe(false);
  });

  it('never fires once it is stopped', () => {
    const onTime = vi.fn();
    stopTimer(startTimer(100, onTime));
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(onTime).not.toHaveBeenCalled();
  });

  it('may be stopped after it has fired', () => {
    const onTime = vi.fn();
    const timer = startTimer(100, onTime);
    vi.advanceTimersByTime(100);
    stopTimer(timer);
    expect(onTime).toHaveBeenCalledTimes(1);
  });

  it('may be a number, as in a DOM', () => {
    const started: unknown[] = [];
    vi.stubGlobal('setTimeout', (onTime: () => void, ms: number) => {
      started.push(ms, onTime);
      return 7;
    });
    const onTime = () => undefined;
    expect(startTimer(100, onTime)).toBe(7);
    expect(started).toEqual([100, onTime]);
  });
});

describe('a wait', () => {
  it('ends once, on time', () => {
    const onTime = vi.fn();
    startWait(100, onTime);
    vi.advanceTimersByTime(99);
    expect(onTime).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(onTime).toHaveBeenCalledTimes(1);
  });

  it('keeps the process alive, since a call depends on it', () => {
    expect(startWait(100, () => undefined).hasRef()).toBe(true);
  });

  it('never ends once it is stopped', () => {
    const onTime = vi.fn();
    stopTimer(startWait(100, onTime));
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(onTime).not.toHaveBeenCalled();
  });
});
