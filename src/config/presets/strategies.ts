import type { Settings } from '../settings.js';

/** How hard to try: waits, attempts and breaker under one name. */
export interface Strategy {
  /** When to take it, in one sentence. */
  readonly description: string;
  readonly settings: Settings;
}

interface Numbers {
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly jitterMaxMs: number;
  readonly failures: number;
  readonly openMs: number;
}

/** Half of the shortest wait doubles with each retry, so that the second retry still waits the shortest time. */
const MULTIPLIER = 0.5;

/** A strategy that is built in. */
export type BuiltInStrategy = 'aggressive' | 'balanced' | 'conservative' | 'critical';

/** Strategies that are built in. */
export const STRATEGIES: Readonly<Record<BuiltInStrategy, Strategy>> = {
  aggressive: {
    description: 'Fails fast: for answers that a user is waiting for, or that are optional.',
    settings: settingsOf({
      attempts: 2,
      elapsedMs: 10_000,
      minDelayMs: 1_000,
      maxDelayMs: 5_000,
      jitterMaxMs: 2_000,
      failures: 3,
      openMs: 30_000,
    }),
  },
  balanced: {
    description: 'For most calls.',
    settings: settingsOf({
      attempts: 3,
      elapsedMs: 30_000,
      minDelayMs: 2_000,
      maxDelayMs: 10_000,
      jitterMaxMs: 2_000,
      failures: 5,
      openMs: 60_000,
    }),
  },
  conservative: {
    description: 'Patient: for work in the background that should get done.',
    settings: settingsOf({
      attempts: 5,
      elapsedMs: 120_000,
      minDelayMs: 4_000,
      maxDelayMs: 30_000,
      jitterMaxMs: 2_000,
      failures: 8,
      openMs: 120_000,
    }),
  },
  critical: {
    description: 'Gives up last: for what must not be lost, however long it takes.',
    settings: {
      // Seven attempts do not fit into the two minutes that a call has otherwise.
      deadlineMs: 300_000,
      ...settingsOf({
        attempts: 7,
        elapsedMs: 300_000,
        minDelayMs: 3_000,
        maxDelayMs: 60_000,
        jitterMaxMs: 5_000,
        failures: 10,
        openMs: 300_000,
      }),
    },
  },
};

function settingsOf(numbers: Numbers): Settings {
  const { attempts, elapsedMs, minDelayMs, maxDelayMs, jitterMaxMs, failures, openMs } = numbers;
  return {
    retry: {
      maxAttempts: attempts,
      maxElapsedMs: elapsedMs,
      strategy: 'exponential',
      minDelayMs,
      maxDelayMs,
      multiplier: MULTIPLIER,
      jitter: 'additive',
      jitterMaxMs,
    },
    breaker: { trip: { consecutiveFailures: failures }, openMs },
  };
}
