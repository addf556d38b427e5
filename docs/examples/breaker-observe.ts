import { CircuitBreaker } from 'holdfast/breaker';

const breaker = new CircuitBreaker({ mode: 'observe', trip: { consecutiveFailures: 1 } });

breaker.on('breaker.rejected', ({ refusal, enforced }) => console.log(`would reject (${refusal}, ${enforced})`));

await breaker.execute(() => Promise.reject(new Error('503'))).catch(() => undefined);
console.log(await breaker.execute(() => 'passed all the same'));

breaker.shutdown();
