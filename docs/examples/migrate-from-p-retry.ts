let requests = 0;

// #region before
import pRetry, { AbortError } from 'p-retry';

const before = await pRetry(() => fetchAnswer('Why?'), {
  retries: 3,
  minTimeout: 100,
  randomize: true,
  onFailedAttempt: ({ attemptNumber, retriesLeft }) => console.log(`${attemptNumber} failed, ${retriesLeft} left`),
  shouldRetry: ({ error }) => error.message !== 'teapot',
});

// #endregion

// #region alone
import { retry } from 'holdfast/retry';

const alone = await retry((call) => fetchAnswer('Why?', call.signal), {
  maxAttempts: 4, // the first attempt counts
  minDelayMs: 100,
  maxDelayMs: 1_000,
  onRetry: ({ attempt, delayMs }) => console.log(`${attempt} failed, next in ${Math.round(delayMs)} ms`),
  classify: [{ when: { message: 'teapot' }, means: { kind: 'unknown', retry: 'never' } }],
});

// #endregion

// #region operation
import { createResilience } from 'holdfast';

const resilience = createResilience({
  config: { operations: { chat: { retry: { maxAttempts: 4, minDelayMs: 100, maxDelayMs: 1_000 } } } },
});
resilience.on('attempt.failed', ({ attempt, failure }) => console.log(`${attempt} failed: ${failure.kind}`));

const after = await resilience.execute('chat', (call) => fetchAnswer('Why?', call.signal));
// #endregion

console.log(new Set([before, alone, after]).size, after);

// #region abort
// p-retry ends at once, with the error within.
const refused = new Error('not allowed');
await pRetry(() => Promise.reject(new AbortError(refused))).catch((error) => console.log(error === refused));

// holdfast: no retry for this call, whatever its error.
const report = await resilience.inspect('chat', (call) => {
  call.noRetry();
  throw refused;
});
if (!report.ok) console.log(report.error === refused, report.attempts.length);
// #endregion

await resilience.close();

/** A provider that fails at first. */
async function fetchAnswer(_question: string, _signal?: AbortSignal): Promise<string> {
  requests += 1;
  if (requests % 2 === 0) return 'Because.';
  throw Object.assign(new Error('down'), { status: 503 });
}
