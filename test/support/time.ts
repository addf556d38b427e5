import { afterEach, beforeEach, vi } from 'vitest';

/** When the wall clock starts in tests with faked time, in milliseconds since 1970. */
export const START = 1_700_000_000_000;

/** Stops both clocks and all timers for every test of the file; they go on when the test says so. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: START });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Lets time pass, and everything happen that happens meanwhile. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
