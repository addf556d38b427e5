import { openai } from '@ai-sdk/openai';
import { generateText, type LanguageModel } from 'ai';
import { classify, createResilience } from 'holdfast';

// #region after
const resilience = createResilience({
  config: { operations: { chat: { attemptTimeoutMs: 5_000, retry: { maxAttempts: 2, minDelayMs: 500 } } } },
});

/** The models in the order of preference. */
const models: Readonly<Record<string, LanguageModel>> = {
  'gpt-5': openai('gpt-5'),
  'gpt-5-mini': openai.chat('gpt-5-mini'),
};

async function ask(prompt: string, deadlineMs = 20_000): Promise<string> {
  const endsAt = performance.now() + deadlineMs;
  let lastError: unknown;
  for (const [key, model] of Object.entries(models)) {
    const leftMs = endsAt - performance.now();
    if (leftMs < 1) break;
    try {
      const { text } = await resilience.execute(
        'chat',
        (call) => generateText({ model, prompt, maxRetries: 0, abortSignal: call.signal }),
        { key, deadlineMs: leftMs },
      );
      return text;
    } catch (error) {
      if (!classify(error).failover) throw error; // another model would fail in the same way
      lastError = error;
    }
  }
  throw lastError;
}
// #endregion

resilience.on('attempt.failed', ({ key, attempt, failure }) => console.log(`${key} ${attempt}: ${failure.kind}`));
resilience.on('breaker.opened', ({ key }) => console.log(`${key}: breaker opened`));
for (let turn = 1; turn <= 4; turn += 1) console.log(await ask('Say hello.'));
await resilience.close();
