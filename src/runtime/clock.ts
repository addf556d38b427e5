/**
 * Milliseconds of the monotonic clock, for durations. It never jumps, whatever happens to the wall clock.
 *
 * Both clocks and all timers are read through the globals at each call, so that fake timers drive everything.
 */
export function monotonicMs(): number {
  return performance.now();
}

/** Milliseconds since 1970 by the wall clock, for instants that leave the process. */
export function wallMs(): number {
  return Date.now();
}

/** Differences between the clocks below this are the rounding of the one and the time between two readings. */
const UNREST_MS = 5;

let differenceMs = 0;

/**
 * The wall clock's reading at a moment of the monotonic one, as far as the wall clock is right now. The same moment always
 * reads the same, unless the wall clock was set meanwhile.
 */
export function wallAt(atMs: number): number {
  const apartMs = wallMs() - monotonicMs();
  if (Math.abs(apartMs - differenceMs) > UNREST_MS) differenceMs = apartMs;
  return Math.round(differenceMs + atMs);
}

/** The longest wait a timer can hold (24.8 days); beyond it Node fires at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
