import { createResilience } from 'holdfast';

// #region settings
const resilience = createResilience({
  preset: 'production', // 5 attempts, waits of 2 to 30 s; without it the environment decides
  config: {
    defaults: { deadlineMs: 60_000 },
    operations: {
      chat: { deadlineMs: 20_000, attemptTimeoutMs: 8_000, retry: { maxAttempts: 3, minDelayMs: 500 } },
      embed: { strategy: 'conservative' },
    },
  },
});
// #endregion

const { deadlineMs, attemptTimeoutMs } = resilience.operation('chat').settings;
console.log(deadlineMs, attemptTimeoutMs);
await resilience.close();
