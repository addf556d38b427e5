import { openai } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { createResilience } from 'holdfast';

// #region after
/** The models in the order of preference. */
const models = new Map([
  ['gpt-5', openai('gpt-5')],
  ['gpt-5-mini', openai.chat('gpt-5-mini')],
]);
const resilience = createResilience({
  config: {
    operations: {
      chat: { deadlineMs: 20_000, attemptTimeoutMs: 5_000, retry: { maxAttempts: 2, minDelayMs: 500 } },
    },
  },
  targets: { chat: { list: [...models.keys()] } },
});

async function ask(prompt: string): Promise<string> {
  const { text } = await resilience.execute('chat', ({ target, signal }) => {
    const model = models.get(target?.name ?? '') ?? openai('gpt-5');
    return generateText({ model, prompt, maxRetries: 0, abortSignal: signal });
  });
  return text;
}
// #endregion

resilience.on('attempt.failed', ({ key, attempt, failure }) => console.log(`${key} ${attempt}: ${failure.kind}`));
resilience.on('target.moved', ({ from, to, reason }) => console.log(`${from} > ${to}: ${reason}`));
resilience.on('breaker.opened', ({ key }) => console.log(`${key}: breaker opened`));
for (let turn = 1; turn <= 4; turn += 1) console.log(await ask('Say hello.'));
await resilience.close();
