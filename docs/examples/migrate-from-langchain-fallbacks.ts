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
import { createResilience } from 'holdfast';

const models = new Map(['gpt-5', 'gpt-5-mini'].map((model) => [model, new ChatOpenAI({ model, maxRetries: 0 })]));
const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 20_000, attemptTimeoutMs: 5_000, retry: { maxAttempts: 2 } } } },
  targets: { chat: { list: [...models.keys()] } },
});

async function ask(question: string): Promise<string> {
  const answer = await resilience.execute('chat', ({ target, signal }) =>
    models.get(target?.name ?? '')?.invoke(question, { signal }),
  );
  return answer?.text ?? '';
}
// #endregion

console.log(await askBefore('Say hello.'));
resilience.on('attempt.failed', ({ key, failure }) => console.log(`${key} failed: ${failure.kind}`));
console.log(await ask('Say hello.'));
console.log(await ask('Say hello.'));
await resilience.close();
