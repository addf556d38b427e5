import { setTimeout as sleep } from 'node:timers/promises';
import { BreakerOpenError, createResilience, explain } from 'holdfast';

const resilience = createResilience({
  config: {
    operations: {
      chat: {
        attemptTimeoutMs: 100,
        retry: { minDelayMs: 50, maxDelayMs: 60 },
        breaker: { trip: { consecutiveFailures: 2 } },
      },
    },
  },
});

for (const model of ['large', 'large', 'small']) {
  // Stands in for a provider: one model hangs, the other one answers.
  const takesMs = model === 'large' ? 60_000 : 10;
  try {
    const answer = await resilience.execute(
      'chat',
      (call) => sleep(takesMs, `${model} answers`, { signal: call.signal }), // the signal says when to stop
      { key: model }, // each key has a circuit breaker of its own
    );
    console.log(answer);
  } catch (error) {
    // What the function throws arrives as it is. These two are holdfast's own: a time limit, and an open breaker.
    console.log(BreakerOpenError.is(error) ? 'not asked:' : 'failed:', explain(error)?.summary);
  }
}

await resilience.close();
