import type { ConfigInput } from '../../config/document.js';

/** A config of the size that services have. */
export const CUSTOM_CONFIG: ConfigInput = {
  preset: 'production',
  defaults: { deadlineMs: 90_000, retry: { maxAttempts: 4, jitterMaxMs: 1_000 } },
  operations: {
    summarize: { strategy: 'conservative', deadlineMs: 180_000 },
    sentiment: { strategy: 'aggressive', retry: false },
    key_points: { breaker: { openMs: 45_000, trip: { failureRate: 0.5, minimumCalls: 20, windowMs: 60_000 } } },
    questions: { retry: { maxAttempts: 2, kinds: { rate_limited: { maxAttempts: 6 } } } },
    qa: { strategy: 'critical', attemptTimeoutMs: 30_000 },
  },
};

/** What a service has set that was configured by the old variables. */
export const LEGACY_VARIABLES: Readonly<Record<string, string>> = {
  RETRY_MAX_ATTEMPTS: '4',
  CIRCUIT_BREAKER_FAILURE_THRESHOLD: '8',
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '90',
  DEFAULT_RESILIENCE_STRATEGY: 'conservative',
  RETRY_MAX_DELAY: '60',
  RETRY_EXPONENTIAL_MULTIPLIER: '1.0',
  RETRY_EXPONENTIAL_MIN: '2.0',
  RETRY_EXPONENTIAL_MAX: '20.0',
  RETRY_JITTER_ENABLED: 'true',
  RETRY_JITTER_MAX: '2.0',
  QA_RESILIENCE_STRATEGY: 'critical',
};

/** Configs that are right, and ones that are wrong in each of the usual ways. */
export const VALIDATED: readonly unknown[] = [
  { preset: 'simple' },
  CUSTOM_CONFIG,
  { preset: 'produktion', defaults: { retry: { maxAttempts: 0 } } },
  { defaults: { deadlineMS: 30, retry: { minDelayMs: 20_000, maxDelayMs: 10_000 } } },
  { operations: { chat: { breaker: { openMs: '60' }, startegy: 'balanced' } } },
];
