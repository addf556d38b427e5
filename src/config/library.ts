import type { Settings } from './settings.js';

/** What holds when no layer says anything, but for what follows from other values. A test keeps it equal to the stages. */
export const LIBRARY: Settings = {
  deadlineMs: 120_000,
  attemptTimeoutMs: 60_000,
  retry: {
    maxAttempts: 3,
    strategy: 'exponential',
    minDelayMs: 2_000,
    maxDelayMs: 10_000,
    multiplier: 1,
    jitter: 'equal',
    jitterMaxMs: 2_000,
    budget: { ratio: 0.2, floorPerSecond: 5 },
  },
  quota: { maxWaitMs: 30_000, exhaustedMs: 300_000, maxHoldMs: 3_600_000, spreadMs: 1_000 },
  breaker: { trip: { consecutiveFailures: 5 }, trials: 1, openMs: 60_000, successesToClose: 1, mode: 'enforce' },
};
