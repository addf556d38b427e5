import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { createResilience } from 'holdfast';
import OpenAI from 'openai';

// #region before
const retrying = new OpenAI({ maxRetries: 2, timeout: 20_000 });

async function askBefore(input: string): Promise<string> {
  const response = await retrying.responses.create({ model: 'gpt-5-mini', input });
  return response.output_text;
}
// #endregion

// #region after
const openai = new OpenAI({ maxRetries: 0, timeout: 120_000 });
const resilience = createResilience({
  config: {
    operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000, retry: { maxAttempts: 3, minDelayMs: 500 } } },
  },
});

async function ask(input: string): Promise<string> {
  const response = await resilience.execute(
    'chat',
    (call) => openai.responses.create({ model: 'gpt-5-mini', input }, { signal: call.signal }),
    { key: 'gpt-5-mini' },
  );
  return response.output_text;
}
// #endregion

// #region anthropic
const anthropic = new Anthropic({ maxRetries: 0 }); // before: maxRetries: 2

async function askClaude(content: string): Promise<Anthropic.Message> {
  const request = { model: 'claude-haiku-4-5', max_tokens: 1_024, messages: [{ role: 'user' as const, content }] };
  const options = { key: request.model };
  return resilience.execute('chat', (call) => anthropic.messages.create(request, { signal: call.signal }), options);
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
console.log(await ask('Why?'));
console.log((await askClaude('Why?')).content.length, await askGemini('Why?'));

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
