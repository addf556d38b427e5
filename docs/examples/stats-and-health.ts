import { createResilience } from 'holdfast';

const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 2 } } } } });

await resilience.execute('chat', () => 'fine', { key: 'small' });
for (let call = 1; call <= 3; call += 1) {
  await resilience.inspect('chat', () => Promise.reject(new Error('503')), { key: 'large' });
}

const { calls, successes, failures, attempts, failuresByKind, rejections } = resilience.stats('chat');
console.log({ calls, successes, failures, attempts, failuresByKind, rejections: rejections.breaker });

// One key alone.
console.log(resilience.operation('chat').stats('small').successRate);

const { status, openBreakers } = resilience.health();
console.log(status, openBreakers);

await resilience.close();
