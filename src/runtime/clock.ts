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

/**
 * The wall clock's reading at a moment of the monotonic one, as far as the wall clock is right now. Two readings of the
 * same moment may be a millisecond apart, which is the rounding of the wall clock.
 */
export function wallAt(atMs: number): number {
  return Math.round(wallMs() - (monotonicMs() - atMs));
}

/** The longest wait a timer can hold (24.8 days); beyond it Node fires at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
