import { createHash } from 'node:crypto';
import { createResilience } from 'holdfast';
import OpenAI from 'openai';

// #region cache
const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience();

function summarise(page: string) {
  const request = { model: 'gpt-5-mini', input: `Summarise: ${page}` };
  const key = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  return resilience.execute('summarise', (call) => openai.responses.create(request, { signal: call.signal }), {
    cache: { key, ttlMs: 600_000 },
  });
}
// #endregion

// #region run
await Promise.all([summarise('Kelp'), summarise('Kelp'), summarise('Kelp')]);
await summarise('Kelp');
const { calls, attempts, cacheHits } = resilience.stats('summarise');
console.log({ calls, attempts, cacheHits });
// #endregion

await resilience.close();
