import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../../src/breaker/window.js';
import { randomFrom, SEED } from '../../support/seed.js';

/** A window of one second: ten slices of 100 ms. */
const oneSecond = () => new SlidingWindow(1000);

/** Counts one call that went well, and gives how many calls the window holds with it. */
const callsAt = (window: SlidingWindow, nowMs: number): number => window.record(nowMs, false, false).calls;

describe('the sliding window', () => {
  it('counts calls, failures and slow calls apart', () => {
    const window = oneSecond();
    window.record(0, false, false);
    window.record(1, true, false);
    window.record(2, false, true);
    expect({ ...window.record(3, true, true) }).toEqual({ calls: 4, failures: 2, slow: 2 });
  });

  it('holds a call until the last millisecond of its length', () => {
    const window = oneSecond();
    callsAt(window, 0);
    expect(callsAt(window, 999.9)).toBe(2);
  });

  it('has dropped a call once its length has passed', () => {
    const window = oneSecond();
    callsAt(window, 0);
    expect(callsAt(window, 1000)).toBe(1);
  });

  it('holds a call for nine tenths of its length at least, wherever in a slice the call came', () => {
    const window = oneSecond();
    callsAt(window, 99);
    expect(callsAt(window, 999)).toBe(2);
    expect(callsAt(window, 1000)).toBe(2);
  });

  it('drops failures and slow calls together with their calls', () => {
    const window = oneSecond();
    window.record(50, true, true);
    window.record(150, true, false);
    expect({ ...window.record(1099, false, true) }).toEqual({ calls: 2, failures: 1, slow: 1 });
    expect({ ...window.record(1100, false, false) }).toEqual({ calls: 2, failures: 0, slow: 1 });
  });

  it('drops the slices that have passed and no others', () => {
    const window = oneSecond();
    for (let slice = 0; slice < 10; slice++) callsAt(window, slice * 100);
    expect(callsAt(window, 1000)).toBe(10);
    // Slices 1 to 3 are passed by; 4 to 9 and 10 are left.
    expect(callsAt(window, 1350)).toBe(8);
  });

  it.each([1000, 2000, 10_000, 3_600_000, 1e15])('is empty after %d idle milliseconds', (idleMs) => {
    const window = oneSecond();
    for (let at = 0; at < 1000; at += 10) window.record(at, true, true);
    expect({ ...window.record(999 + idleMs, true, false) }).toEqual({ calls: 1, failures: 1, slow: 0 });
  });

  it('starts wherever the clock stands', () => {
    const window = oneSecond();
    expect(callsAt(window, 123_456_789.25)).toBe(1);
    expect(callsAt(window, 123_456_789.5)).toBe(2);
  });

  it('can be so short that its slices are fractions of a millisecond', () => {
    const window = new SlidingWindow(15);
    callsAt(window, 0);
    expect(callsAt(window, 14.9)).toBe(2);
    expect(callsAt(window, 15)).toBe(2);
  });

  it('counts calls within one slice in any order', () => {
    const window = oneSecond();
    callsAt(window, 5050);
    expect(callsAt(window, 5010)).toBe(2);
  });

  it('starts over when the clock has been replaced by one that reads less', () => {
    const window = oneSecond();
    window.record(50_000, true, true);
    expect({ ...window.record(400, false, false) }).toEqual({ calls: 1, failures: 0, slow: 0 });
    expect(callsAt(window, 1399)).toBe(2);
    expect(callsAt(window, 1400)).toBe(2);
  });

  it('agrees with a list of everything that happened', () => {
    const random = randomFrom(SEED);
    const window = new SlidingWindow(500);
    const all: { slice: number; failed: boolean; slow: boolean }[] = [];
    let nowMs = 0;
    for (let step = 0; step < 3000; step++) {
      nowMs += random() < 0.02 ? random() * 2000 : random() * 40;
      const call = { slice: Math.floor(nowMs / 50), failed: random() < 0.4, slow: random() < 0.2 };
      all.push(call);
      const inside = all.filter(({ slice }) => slice > call.slice - 10);
      expect({ ...window.record(nowMs, call.failed, call.slow) }).toEqual({
        calls: inside.length,
        failures: inside.filter(({ failed }) => failed).length,
        slow: inside.filter(({ slow }) => slow).length,
      });
    }
  });
});
