import {
  AttemptTimeoutError,
  BreakerOpenError,
  createResilience,
  DeadlineExceededError,
  explain,
  QuotaHeldError,
} from 'holdfast';

const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 10 } } } });

class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly status = 503;
}

/** The message for the user. */
function answerFor(error: unknown): string {
  if (BreakerOpenError.is(error) || QuotaHeldError.is(error)) {
    return `Busy. Try again in ${Math.ceil((error.retryAfterMs ?? 0) / 1_000)} s.`;
  }
  if (DeadlineExceededError.is(error) || AttemptTimeoutError.is(error)) return 'That took too long.';
  if (error instanceof ProviderError) return `The provider failed with status ${error.status}.`;
  throw error;
}

try {
  await resilience.execute('chat', async () => {
    throw new ProviderError('overloaded');
  });
} catch (error) {
  console.log(answerFor(error));

  const known = explain(error);
  console.log(known?.stopReason, known?.failure?.kind, known?.attempts.length);
}

await resilience.close();
