import { ChatOpenAI } from '@langchain/openai';

// #region before
const primary = new ChatOpenAI({ model: 'gpt-5', maxRetries: 2 });
const secondary = new ChatOpenAI({ model: 'gpt-5-mini', maxRetries: 2 });
const withFallback = primary.withFallbacks([secondary]);

async function askBefore(question: string): Promise<string> {
  const { text } = await withFallback.invoke(question);
  return text;
}

// #endregion

// #region after
import { classify, createResilience } from 'holdfast';

const resilience = createResilience({
  config: { operations: { chat: { attemptTimeoutMs: 5_000, retry: { maxAttempts: 2, minDelayMs: 500 } } } },
});
const models = ['gpt-5', 'gpt-5-mini'].map((model) => new ChatOpenAI({ model, maxRetries: 0 }));

async function ask(question: string, deadlineMs = 20_000): Promise<string> {
  const endsAt = performance.now() + deadlineMs;
  let lastError: unknown;
  for (const model of models) {
    const leftMs = endsAt - performance.now();
    if (leftMs < 1) break;
    try {
      const options = { key: model.model, deadlineMs: leftMs };
      const answer = await resilience.execute(
        'chat',
        (call) => model.invoke(question, { signal: call.signal }),
        options,
      );
      return answer.text;
    } catch (error) {
      if (!classify(error).failover) throw error; // another model would fail in the same way
      lastError = error;
    }
  }
  throw lastError;
}
// #endregion

console.log(await askBefore('Say hello.'));
resilience.on('attempt.failed', ({ key, failure }) => console.log(`${key} failed: ${failure.kind}`));
console.log(await ask('Say hello.'));
console.log(await ask('Say hello.'));
await resilience.close();
