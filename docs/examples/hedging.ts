import { createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });

// #region hedging
const resilience = createResilience({
  config: {
    operations: {
      // After the 95th percentile of the latency, which is learned, another attempt starts.
      chat: { hedge: {}, retry: { budget: { ratio: 0.1, floorPerSecond: 0.5 } } },
    },
  },
});

const ask = (input: string) =>
  resilience.execute('chat', async (call) => {
    const response = await openai.responses.create({ model: 'gpt-5-mini', input }, { signal: call.signal });
    const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0 } = response.usage ?? {};
    call.settleUsage({ inputTokens, outputTokens });
    return response.output_text;
  });
// #endregion

console.log(await ask('What holds kelp in surf?'));

// #region numbers
const [key] = resilience.snapshot().operations['chat']?.keys ?? [];
console.log(key?.hedge); // the delay, hedges sent and won, and what was wasted
// #endregion

// #region write
const options = { idempotent: false }; // a request that must not be executed twice is never hedged
const ordered = await resilience.execute('chat', () => 'ordered', options);
// #endregion
console.log(ordered);
await resilience.close();
