// #region before
import CircuitBreaker from 'opossum';

const breaker = new CircuitBreaker(fetchAnswer, {
  name: 'chat',
  timeout: 10_000,
  errorThresholdPercentage: 50,
  volumeThreshold: 20,
  resetTimeout: 30_000,
  errorFilter: (error) => error.code === 'blocked_prompt', // not the provider's fault
});
breaker.fallback(() => 'Try again later.');
breaker.on('open', () => console.log('opened'));

const before = await breaker.fire('Why?');

// #endregion

// #region after
import { type ClassifyRule, createResilience, type Fallback } from 'holdfast';

const rules: readonly ClassifyRule[] = [{ when: { code: 'blocked_prompt' }, means: 'content_policy' }];
const resilience = createResilience({
  preset: 'none',
  classify: rules,
  config: {
    operations: {
      chat: {
        attemptTimeoutMs: 10_000,
        breaker: { trip: { failureRate: 0.5, minimumCalls: 20, windowMs: 10_000 }, openMs: 30_000, openMaxMs: 30_000 },
        retry: false, // opossum does not retry
        quota: false,
        deadlineMs: false,
      },
    },
  },
});
resilience.on('breaker.opened', ({ operation }) => console.log(`${operation} opened`));

const later: Fallback<string> = {
  value: 'Try again later.',
  on: ['breaker_open', 'timeout', 'network', 'overloaded', 'server_error', 'rate_limited', 'unknown'],
};

function answer(question: string): Promise<string> {
  return resilience.execute('chat', (call) => fetchAnswer(question, call.signal), { fallback: later });
}

const after = await answer('Why?');
// #endregion

console.log(before === after, after);

// #region diluted
// 40 prompts that are refused, and 20 failures.
for (let nth = 1; nth < 60; nth += 1) {
  const question = nth % 3 === 0 ? 'Why?' : 'blocked';
  await Promise.allSettled([breaker.fire(question), answer(question)]);
}
console.log('opossum is', breaker.opened ? 'open' : 'closed', 'with 20 failures of 60 calls');
console.log('holdfast is', resilience.breaker('chat').state, 'with 20 failures of 20 calls');
// #endregion

breaker.shutdown();
await resilience.close();

/** A provider that is down, or refuses the prompt. */
async function fetchAnswer(question: string, _signal?: AbortSignal): Promise<string> {
  if (question === 'blocked') throw Object.assign(new Error('blocked'), { status: 400, code: 'blocked_prompt' });
  throw Object.assign(new Error('down'), { status: 503 });
}
