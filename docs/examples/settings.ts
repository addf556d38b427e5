import { createResilience } from 'holdfast';

// #region settings
const resilience = createResilience({
  preset: 'production',
  config: {
    defaults: { attemptTimeoutMs: 20_000 },
    operations: {
      chat: { strategy: 'aggressive', deadlineMs: 30_000 }, // a user is waiting
      digest: { strategy: 'conservative', breaker: { trip: { failureRate: 0.5, minimumCalls: 20 } } },
      embed: { retry: { maxAttempts: 2, minDelayMs: 500 }, quota: { maxWaitMs: 60_000 } },
    },
  },
});
// #endregion

for (const operation of ['chat', 'digest', 'embed']) {
  const { settings } = resilience.config(operation);
  for (const path of ['deadlineMs', 'attemptTimeoutMs', 'retry.maxAttempts']) {
    console.log(operation, path, settings[path]?.value, 'from', settings[path]?.layer);
  }
}

await resilience.close();
