let requests = 0;

// #region before
import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';

const retries = retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 100 }) });
const breaker = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) });
const policy = wrap(retries, breaker, timeout(2_000, TimeoutStrategy.Aggressive));
retries.onRetry(({ delay }) => console.log(`retried after ${Math.round(delay / 1_000)} s`));

const before = await policy.execute(({ signal }) => fetchAnswer('Why?', signal));

// #endregion

// #region after
import { createResilience } from 'holdfast';

const resilience = createResilience({
  preset: 'none',
  config: {
    operations: {
      chat: {
        attemptTimeoutMs: 2_000,
        retry: { maxAttempts: 3, minDelayMs: 100, maxDelayMs: 30_000, jitter: 'full' }, // 2 retries are 3 attempts
        breaker: { trip: { consecutiveFailures: 5 }, openMs: 10_000, openMaxMs: 10_000 },
      },
    },
  },
});
resilience.on('retry.scheduled', ({ delayMs, waitFor }) =>
  console.log(`retried after ${Math.round(delayMs / 1_000)} s, by ${waitFor}`),
);

const after = await resilience.execute('chat', (call) => fetchAnswer('Why?', call.signal));
// #endregion

console.log(before === after, after);
await resilience.close();

/** A provider that is over its limit, and says for how long. */
async function fetchAnswer(_question: string, _signal?: AbortSignal): Promise<string> {
  requests += 1;
  if (requests % 2 === 0) return 'Because.';
  throw Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '1' } });
}
