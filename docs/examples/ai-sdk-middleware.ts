// #region middleware
import { openai } from '@ai-sdk/openai';
import { generateText, streamText, wrapLanguageModel } from 'ai';
import { createResilience } from 'holdfast';
import { holdfastMiddleware } from 'holdfast/ai';

const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000 } } },
});
const middleware = holdfastMiddleware({ resilience, operation: 'chat' });
const model = wrapLanguageModel({ model: openai('gpt-5-mini'), middleware });

resilience.on('retry.scheduled', ({ key, failure }) => console.log(`retried: ${key} ${failure.kind}`));

const { text } = await generateText({ model, prompt: 'Say hello.' });
console.log(text);
// #endregion

// #region stream
let streamed = '';
for await (const piece of streamText({ model, prompt: 'Say hello.' }).textStream) streamed += piece;
console.log('streamed:', streamed);
// #endregion

// #region request
const { text: forTenant } = await generateText({
  model,
  prompt: 'Say hello.',
  providerOptions: { holdfast: { key: 'tenant-7', priority: 'high', deadlineMs: 10_000 } },
});
// #endregion
console.log(forTenant);

await resilience.close();
