import { createResilience } from 'holdfast';
import { validateConfig } from 'holdfast/config';

// #region settings
const config = {
  preset: 'production',
  operations: {
    // A user is waiting: a quick second try, and an honest error after 20 s.
    chat: {
      deadlineMs: 20_000,
      attemptTimeoutMs: 15_000,
      retry: { maxAttempts: 2, minDelayMs: 500, maxDelayMs: 5_000 },
      quota: { maxWaitMs: 5_000 },
    },
    // No user is waiting: limits are waited for, and a call has ten minutes.
    digest: {
      strategy: 'conservative',
      deadlineMs: 600_000,
      attemptTimeoutMs: 120_000,
      retry: { maxElapsedMs: 480_000 },
      quota: { maxWaitMs: 300_000 },
    },
    // The engine retries: one attempt, and no wait that a worker would sit out.
    step: { deadlineMs: 120_000, attemptTimeoutMs: false, retry: false, quota: { maxWaitMs: 0 } },
  },
} as const;
// #endregion

const { valid, warnings } = validateConfig(config);
console.log(valid, warnings.length);

const resilience = createResilience({ config });
for (const operation of Object.keys(config.operations)) {
  const { settings } = resilience.config(operation);
  const value = (path: string) => settings[path]?.value ?? 'none';
  console.log(operation, 'attempts:', value('retry.maxAttempts'), 'waits from:', value('retry.minDelayMs'));
}
await resilience.close();
