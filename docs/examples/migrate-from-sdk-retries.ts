import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { createResilience } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

// #region before
const retrying = new OpenAI({ maxRetries: 2, timeout: 20_000 });

async function askBefore(input: string): Promise<string> {
  const response = await retrying.responses.create({ model: 'gpt-5-mini', input });
  return response.output_text;
}
// #endregion

// #region after
const resilience = createResilience({
  config: {
    operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000, retry: { maxAttempts: 3, minDelayMs: 500 } } },
  },
});
const openai = protect(new OpenAI(), { resilience, operation: 'chat' });

async function ask(input: string): Promise<string> {
  const response = await openai.responses.create({ model: 'gpt-5-mini', input });
  return response.output_text;
}
// #endregion

// #region anthropic
const anthropic = protect(new Anthropic(), { resilience, operation: 'chat' }); // before: maxRetries: 2
// #endregion

// #region execute
const bare = new OpenAI({ maxRetries: 0 });

async function askByHand(input: string): Promise<string> {
  const response = await resilience.execute(
    'chat',
    (call) => bare.responses.create({ model: 'gpt-5-mini', input }, { signal: call.signal }),
    { key: 'gpt-5-mini' },
  );
  return response.output_text;
}
// #endregion

// #region gemini
const gemini = new GoogleGenAI({}); // before: httpOptions: { retryOptions: { attempts: 3 } }

async function askGemini(contents: string): Promise<string> {
  const model = 'gemini-flash-latest';
  const { text = '' } = await resilience.execute(
    'chat',
    (call) => gemini.models.generateContent({ model, contents, config: { abortSignal: call.signal } }),
    { key: model },
  );
  return text;
}
// #endregion

console.log(await askBefore('Why?'));
console.log(await ask('Why?'), await askByHand('Why?'));
const messages = [{ role: 'user' as const, content: 'Why?' }];
const message = await anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 1_024, messages });
console.log(message.content.length, await askGemini('Why?'));

// #region both
let requests = 0;
const counting = (...arguments_: Parameters<typeof fetch>) => {
  requests += 1;
  return fetch(...arguments_);
};
for (const maxRetries of [2, 0]) {
  requests = 0;
  const client = new OpenAI({ maxRetries, fetch: counting });
  await resilience.inspect('models', () => client.models.list(), { key: `${maxRetries}` }); // the provider is down
  console.log(`maxRetries ${maxRetries}: ${requests} requests`);
}
// #endregion

await resilience.close();
