/**
 * Returns the monotonic clock in milliseconds, for durations. It never jumps, even if the wall clock does.
 *
 * Both clocks and all timers go through the globals on each call, so fake timers drive everything.
 */
export function monotonicMs(): number {
  return performance.now();
}

/** Returns the wall clock in milliseconds since 1970, for instants that leave the process. */
export function wallMs(): number {
  return Date.now();
}

/**
 * Converts an instant of the monotonic clock to the wall clock, as it is set now. Two conversions of the same instant may be
 * a millisecond apart, because the wall clock is rounded.
 */
export function wallAt(atMs: number): number {
  return Math.round(wallMs() - (monotonicMs() - atMs));
}

/** Rounds a duration to a tenth of a millisecond: further digits are noise in a report. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/**
 * Rounds a wait up to whole milliseconds, since it must not end early. Ignores less than a microsecond, which is a
 * rounding error.
 */
export function roundUpMs(ms: number): number {
  return Math.max(1, Math.ceil(ms - 0.001));
}

/** The longest delay of a timer (24.8 days). Node fires a longer one immediately. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;
