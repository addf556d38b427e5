import { createResilience } from 'holdfast';

const resilience = createResilience({
  config: {
    // For every operation, whatever its name.
    defaults: { deadlineMs: 30_000, attemptTimeoutMs: 10_000 },
    // For one operation, laid over the defaults part by part.
    operations: {
      chat: { breaker: { trip: { failureRate: 0.5, minimumCalls: 20, windowMs: 30_000 }, openMs: 20_000 } },
      embed: { attemptTimeoutMs: false, breaker: false },
    },
  },
});

console.log(resilience.operation('chat').settings.attemptTimeoutMs);
console.log(resilience.operation('embed').settings.breaker);

// For one call.
await resilience.execute('chat', async (call) => console.log(call.remainingMs() <= 5_000), { deadlineMs: 5_000 });

await resilience.close();
