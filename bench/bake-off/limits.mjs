// @ts-check

/** What every contender gets that has a setting for it. */

/** For one attempt, and for the silence within a stream. */
export const ATTEMPT_MS = 2_000;
/** For a whole call; also by the signal of the caller, which all of them take. */
export const CALL_MS = 10_000;
export const ATTEMPTS = 3;
export const FIRST_WAIT_MS = 500;
/** Failures after which a breaker opens, and for how long. */
export const OPENS_AFTER = 5;
export const OPEN_MS = 1_000;

/** The same for holdfast, with its defaults otherwise. @type {import('holdfast').ResilienceOptions<'chat'>} */
export const HOLDFAST = {
  preset: 'none',
  config: {
    operations: {
      chat: {
        deadlineMs: CALL_MS,
        attemptTimeoutMs: ATTEMPT_MS,
        stream: { firstContentMs: ATTEMPT_MS, idleMs: ATTEMPT_MS },
        retry: { maxAttempts: ATTEMPTS, minDelayMs: FIRST_WAIT_MS },
        breaker: { trip: { consecutiveFailures: OPENS_AFTER }, openMs: OPEN_MS },
      },
    },
  },
};
