import { createResilience } from 'holdfast';

/** Stands in for axios: 503 at first, as an `AxiosError` has it. */
const client = {
  requests: 0,
  async post(_url: string, body: object, _config: { signal: AbortSignal }): Promise<{ data: { text: string } }> {
    this.requests += 1;
    if (this.requests % 2 === 0) return { data: { text: `answer to ${Object.values(body).join()}` } };
    const response = { status: 503, headers: { 'retry-after': '1' }, data: {} };
    throw Object.assign(new Error('Request failed with status code 503'), { code: 'ERR_BAD_RESPONSE', response });
  },
};

// #region after
const resilience = createResilience({
  config: {
    operations: {
      complete: { deadlineMs: 60_000, attemptTimeoutMs: 20_000, retry: { maxAttempts: 4, minDelayMs: 500 } },
    },
  },
});
resilience.on('retry.scheduled', ({ attempt, failure, waitFor }) => {
  console.log(`attempt ${attempt}: ${failure.kind}, waiting by ${waitFor}`);
});

async function complete(prompt: string): Promise<string> {
  const { data } = await resilience.execute('complete', (call) =>
    client.post('/complete', { prompt }, { signal: call.signal }),
  );
  return data.text;
}
// #endregion

console.log(await complete('Why?'));
await resilience.close();
