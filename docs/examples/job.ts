import { classify, createResilience } from 'holdfast';

const ask = () =>
  Promise.reject(Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '60' } }));
const resilience = createResilience({ config: { operations: { step: { retry: false, quota: { maxWaitMs: 0 } } } } });

// #region job
/** An error by which the engine knows when to run the step again, or not to. Every engine has one of its own. */
class StepError extends Error {
  override readonly name = 'StepError';
  readonly again: boolean;
  readonly afterMs: number | undefined;

  constructor(cause: unknown) {
    const { kind, retry, retryAfterMs } = classify(cause);
    super(`the step failed: ${kind}`, { cause });
    this.again = retry !== 'never';
    this.afterMs = retryAfterMs;
  }
}

async function step(): Promise<string> {
  try {
    return await resilience.execute('step', ask);
  } catch (error) {
    throw new StepError(error);
  }
}
// #endregion

for (let run = 1; run <= 2; run += 1) {
  await step().catch(({ message, again, afterMs }: StepError) => {
    console.log(message, again, Math.ceil((afterMs ?? 0) / 1_000));
  });
}
console.log(resilience.stats('step').attempts, 'request');
await resilience.close();
