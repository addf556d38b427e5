import { openai } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { createResilience } from 'holdfast';
import { failoverModel } from 'holdfast/ai';

// #region after
const resilience = createResilience({
  config: {
    operations: {
      chat: { deadlineMs: 20_000, attemptTimeoutMs: 5_000, retry: { maxAttempts: 2, minDelayMs: 500 } },
    },
  },
});
const models = [
  { model: openai('gpt-5'), name: 'gpt-5' },
  { model: openai.chat('gpt-5-mini'), name: 'gpt-5-mini' },
];
const model = failoverModel(models, { resilience, operation: 'chat' });

async function ask(prompt: string): Promise<string> {
  const { text } = await generateText({ model, prompt });
  return text;
}
// #endregion

resilience.on('attempt.failed', ({ key, attempt, failure }) => console.log(`${key} ${attempt}: ${failure.kind}`));
resilience.on('target.moved', ({ from, to, reason }) => console.log(`${from} > ${to}: ${reason}`));
resilience.on('breaker.opened', ({ key }) => console.log(`${key}: breaker opened`));
for (let turn = 1; turn <= 4; turn += 1) console.log(await ask('Say hello.'));
await resilience.close();
