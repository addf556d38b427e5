import { retry, retryBudget } from 'holdfast/retry';

// #region retry
// Shared by all calls to the same provider.
const budget = retryBudget({ ratio: 0.1 });

const answer = await retry(
  async (call) => {
    if (call.attempt < 3) throw Object.assign(new Error('reset by peer'), { code: 'ECONNRESET' });
    return `answered at attempt ${call.attempt}`;
  },
  {
    budget,
    minDelayMs: 20,
    maxDelayMs: 50,
    attemptTimeoutMs: 10_000,
    deadlineMs: 30_000,
    onRetry: ({ attempt, failure }) => console.log(`attempt ${attempt} failed: ${failure.kind} ${failure.code}`),
  },
);
console.log(answer);
// #endregion
