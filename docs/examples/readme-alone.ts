import { classify } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { retry } from 'holdfast/retry';

const ask = async (): Promise<string> => 'an answer';

// #region alone
const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 5 }, openMs: 30_000 });
await breaker.execute(() => ask());
await retry(() => ask(), { maxAttempts: 4, deadlineMs: 30_000 });
const { kind, retry: advice, retryAfterMs } = classify(Object.assign(new Error('slow down'), { status: 429 }));
// #endregion

console.log(kind, advice, retryAfterMs);
breaker.shutdown();
