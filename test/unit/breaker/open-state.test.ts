import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenState } from '../../../src/breaker/open-state.js';
import { Lease } from '../../../src/breaker/trials.js';

const RULES = { trials: 1 };
const LEASE_MS = 100;
const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

const opening = (waitMs: number | undefined, onHalfOpen = () => undefined) =>
  new OpenState({ waitMs }, RULES, onHalfOpen);

describe('a timed open state', () => {
  it('rejects until its wait is over, with the time that is left', () => {
    const wait = opening(1000);
    expect(wait).toMatchObject({ state: 'open', openedAt: NOW, waitMs: 1000, trials: undefined });
    expect(wait.admit(performance.now(), LEASE_MS)).toEqual({ refusal: 'open', retryAfterMs: 1000 });
    vi.advanceTimersByTime(750);
    expect(wait.admit(performance.now(), LEASE_MS)).toEqual({ refusal: 'open', retryAfterMs: 250 });
  });

  it('is half-open once its wait is over, and reports it once, even if its timer is late', () => {
    const onHalfOpen = vi.fn();
    const wait = opening(1000, onHalfOpen);
    // The clock has gone on, but a busy event loop has not come to the timer yet.
    expect(wait.admit(1000, LEASE_MS)).toBeInstanceOf(Lease);
    expect(wait.state).toBe('half_open');
    expect(wait.admit(1001, LEASE_MS)).toEqual({ refusal: 'trials_taken', retryAfterMs: undefined });
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5000);
    expect(onHalfOpen).toHaveBeenCalledTimes(1);
  });

  it('gives trials a place from the millisecond on which the wait is over', () => {
    const onHalfOpen = vi.fn();
    const wait = opening(1000, onHalfOpen);
    vi.advanceTimersByTime(999);
    expect(wait.admit(999, LEASE_MS)).toEqual({ refusal: 'open', retryAfterMs: 1 });
    expect(onHalfOpen).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onHalfOpen).toHaveBeenCalledTimes(1);
    expect(wait.state).toBe('half_open');
    expect(wait.admit(1000, LEASE_MS)).toBeInstanceOf(Lease);
    expect(wait.admit(1030, LEASE_MS)).toEqual({ refusal: 'trials_taken', retryAfterMs: undefined });
  });

  it('can have begun in an earlier process', () => {
    const wait = new OpenState({ waitMs: 1000, passedMs: 980 }, RULES, () => undefined);
    expect(wait).toMatchObject({ openedAt: NOW - 980, waitMs: 1000 });
    expect(wait.admit(performance.now(), LEASE_MS)).toEqual({ refusal: 'open', retryAfterMs: 20 });
    vi.advanceTimersByTime(20);
    expect(wait.state).toBe('half_open');
  });

  it('is half-open at once, without an event and without a timer, when the wait is over already', () => {
    const onHalfOpen = vi.fn();
    const over = new OpenState({ waitMs: 1000, passedMs: 1000 }, RULES, onHalfOpen);
    expect(over.state).toBe('half_open');
    expect(over.admit(performance.now(), LEASE_MS)).toBeInstanceOf(Lease);
    vi.advanceTimersByTime(10_000);
    expect(onHalfOpen).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives a trial its place for as long as the trial may take', () => {
    const over = new OpenState({ waitMs: 0 }, RULES, () => undefined);
    expect(over.admit(0, 7)).toBeInstanceOf(Lease);
    expect(over.admit(6, 7)).toMatchObject({ refusal: 'trials_taken' });
    expect(over.admit(7, 7)).toBeInstanceOf(Lease);
  });

  it('reports when it began by the current wall clock', () => {
    const wait = opening(100_000);
    vi.advanceTimersByTime(300);
    expect(wait.openedAt).toBe(NOW);
    // Set right by an hour: by the corrected clock it began an hour later as well.
    vi.setSystemTime(NOW + 300 + 3_600_000);
    expect(wait.openedAt).toBe(NOW + 3_600_000);
  });

  it('keeps its state when it is ended, but not its timer', () => {
    const wait = opening(1000);
    wait.end();
    expect(wait.state).toBe('open');
    const over = new OpenState({ waitMs: 0 }, RULES, () => undefined);
    over.end();
    expect(over.state).toBe('half_open');
  });

  it('leaves no timer when it is ended', () => {
    const onHalfOpen = vi.fn();
    opening(1000, onHalfOpen).end();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(onHalfOpen).not.toHaveBeenCalled();
  });
});

describe('a held open state', () => {
  it('rejects without end, and returns no time to wait', () => {
    const held = opening(undefined);
    vi.advanceTimersByTime(2 ** 31);
    expect(held.state).toBe('open');
    expect(vi.getTimerCount()).toBe(0);
    expect(held.waitMs).toBeUndefined();
    expect(held.admit(performance.now(), LEASE_MS)).toEqual({ refusal: 'held_open', retryAfterMs: undefined });
  });

  it('leaves no timer when it is ended', () => {
    opening(undefined).end();
    expect(vi.getTimerCount()).toBe(0);
  });
});
