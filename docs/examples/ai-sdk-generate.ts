// #region generate
import { openai } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { createResilience } from 'holdfast';

const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000 } } },
});

resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

const { text } = await resilience.execute(
  'chat',
  (call) =>
    generateText({
      model: openai('gpt-5-mini'),
      prompt: 'Say hello.',
      maxRetries: 0, // holdfast retries
      abortSignal: call.signal,
    }),
  { key: 'gpt-5-mini' },
);
console.log(text);
// #endregion

await resilience.close();
