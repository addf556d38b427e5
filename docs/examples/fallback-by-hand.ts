// #region fallback
import Anthropic from '@anthropic-ai/sdk';
import { classify, createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const anthropic = new Anthropic({ maxRetries: 0 });
const resilience = createResilience({
  // A model that hangs leaves time for the next one.
  config: { operations: { chat: { attemptTimeoutMs: 5_000, retry: { maxAttempts: 2, minDelayMs: 500 } } } },
});

type Ask = (question: string, signal: AbortSignal) => Promise<string>;

/** The models in the order of preference. */
const models: Readonly<Record<string, Ask>> = { 'gpt-5-mini': askOpenAI, 'claude-haiku-4-5': askAnthropic };

async function ask(question: string, deadlineMs = 20_000): Promise<string> {
  const endsAt = performance.now() + deadlineMs;
  let lastError: unknown;
  for (const [model, askModel] of Object.entries(models)) {
    const leftMs = endsAt - performance.now();
    if (leftMs < 1) break;
    try {
      const options = { key: model, deadlineMs: leftMs };
      return await resilience.execute('chat', (call) => askModel(question, call.signal), options);
    } catch (error) {
      if (!classify(error).failover) throw error; // another model would say the same
      lastError = error;
    }
  }
  throw lastError;
}
// #endregion

// #region models
async function askOpenAI(question: string, signal: AbortSignal): Promise<string> {
  const messages = [{ role: 'user' as const, content: question }];
  const completion = await openai.chat.completions.create({ model: 'gpt-5-mini', messages }, { signal });
  return completion.choices[0]?.message.content ?? '';
}

async function askAnthropic(question: string, signal: AbortSignal): Promise<string> {
  const messages = [{ role: 'user' as const, content: question }];
  const request = { model: 'claude-haiku-4-5', max_tokens: 1_024, messages };
  const { content } = await anthropic.messages.create(request, { signal });
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
// #endregion

// #region run
resilience.on('attempt.failed', ({ key, failure }) => console.log(`${key} failed: ${failure.kind}`));

console.log(await ask('Say hello.'));
console.log(await ask('Say hello again.'));
console.log(resilience.health().holds.map(({ name, kind }) => `${name} is held: ${kind}`));
// #endregion

await resilience.close();
