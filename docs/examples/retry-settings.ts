import { createResilience } from 'holdfast';

// #region settings
const resilience = createResilience({
  config: {
    defaults: { retry: { maxAttempts: 4, minDelayMs: 500, budget: { ratio: 0.1 } } },
    operations: {
      chat: {
        retry: {
          kinds: {
            rate_limited: { maxAttempts: 6, maxDelayMs: 20_000 }, // the rest as above
            timeout: false, // an answer that took a minute once will do so again
            not_found: true, // a model that is being deployed
          },
        },
      },
      embed: { retry: false },
    },
  },
});
// #endregion

const { retry } = resilience.operation('chat').settings;
if (retry !== false) {
  console.log(retry.kinds.rate_limited);
  console.log(retry.kinds.timeout, retry.maxElapsedMs, retry.budget);
}
console.log(resilience.operation('embed').settings.retry);

await resilience.close();
