import { createResilience } from 'holdfast';

const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 1 } } } } });

const off = resilience.on('breaker.opened', ({ operation, key, cause, waitMs }) => {
  console.log(`${operation}/${key} opened by ${cause}, for ${waitMs} ms`);
});

// All types at once: `type` tells them apart.
resilience.on('*', (event) => {
  if (event.type === 'call.failed') console.log(`${event.operation} failed: ${event.stopReason}`);
});

await resilience.inspect('chat', () => Promise.reject(new Error('503')), { key: 'large' });

off();
await resilience.close();
