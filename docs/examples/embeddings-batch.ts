import { setImmediate } from 'node:timers/promises';
import { createResilience } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

// #region batch
const resilience = createResilience({
  config: {
    operations: {
      embed: {
        deadlineMs: false, // a batch has time
        pacing: { requestsPerMinute: 5_400, tokensPerMinute: 1_800_000, burstMs: 100, rampMs: 0, maxWaitMs: 600_000 },
        concurrency: { limit: 20, queueTimeoutMs: 600_000 },
        retry: { maxAttempts: 6 },
      },
    },
  },
});
const openai = protect(new OpenAI(), {
  resilience,
  operation: 'embed',
  estimate: { inputTokens: 200, outputTokens: 0 },
});

async function embed(texts: readonly string[], perRequest: number): Promise<readonly number[][]> {
  const batches = Array.from({ length: Math.ceil(texts.length / perRequest) }, (_, at) =>
    texts.slice(at * perRequest, (at + 1) * perRequest),
  );
  const answers = await Promise.all(
    batches.map((input) => openai.embeddings.create({ model: 'text-embedding-3-small', input })),
  );
  return answers.flatMap(({ data }) => data.map(({ embedding }) => embedding));
}
// #endregion

const texts = Array.from({ length: 1_000 }, (_, at) => `Text ${at} about kelp.`);
const embedding = embed(texts, 10);
await setImmediate();
const waiting = resilience.snapshot().operations['embed']?.keys[0]?.pacing?.waiting ?? 0;
console.log(waiting > 50 ? 'most requests wait for their turn' : `${waiting} requests wait for their turn`);

const { length } = await embedding;
const { attempts, failures, retries } = resilience.stats('embed');
console.log(`${length} embeddings by ${attempts} requests`, { failures, retries });
await resilience.close();
