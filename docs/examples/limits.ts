import { CapacityError, createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });

// #region limits
const resilience = createResilience({
  config: {
    operations: {
      chat: { concurrency: { limit: 20, queue: 50, queueTimeoutMs: 5_000 } },
      summaries: { concurrency: { limit: 200, adaptive: true } }, // from 4 up to 200, as the provider bears it
    },
  },
});

function ask(input: string, priority: 'high' | 'low') {
  return resilience.execute(
    'chat',
    (call) => openai.responses.create({ model: 'gpt-5-mini', input }, { signal: call.signal }),
    { key: 'gpt-5-mini', priority },
  );
}
// #endregion

const response = await ask('What holds kelp in surf?', 'high');
console.log(response.output_text);
const [key] = resilience.snapshot().operations['chat']?.keys ?? [];
console.log(key?.concurrency);

// #region rejected
try {
  await ask('And what eats it?', 'low');
} catch (error) {
  if (CapacityError.is(error)) console.log(`try again in ${error.retryAfterMs} ms`);
  else throw error;
}
// #endregion
await resilience.close();
