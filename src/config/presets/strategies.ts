import type { Settings } from '../settings.js';
import type { BuiltInStrategy } from './names.js';

/** How hard to try: attempts, waits and breaker settings under one name. */
export interface Strategy {
  /** When to choose it, in one sentence. */
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

/** Waits grow from half of `minDelayMs`, so that the second retry still waits only `minDelayMs`. */
const MULTIPLIER = 0.5;

/** Strategies that are built in. */
export const STRATEGIES: Readonly<Record<BuiltInStrategy, Strategy>> = {
  aggressive: {
    description: 'Fails fast: for answers that a user is waiting for, or that are optional.',
    settings: buildSettings({
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
    settings: buildSettings({
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
    description: 'Patient: for background work that should succeed.',
    settings: buildSettings({
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
    description: 'Most persistent: for calls that must succeed, however long they take.',
    settings: {
      // Seven attempts do not fit into the default deadline of two minutes.
      deadlineMs: 300_000,
      ...buildSettings({
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

function buildSettings(numbers: Numbers): Settings {
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
