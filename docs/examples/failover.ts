// #region failover
import { createOpenAI, openai } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { createResilience } from 'holdfast';
import { failoverModel } from 'holdfast/ai';

const groq = createOpenAI({
  name: 'groq',
  baseURL: process.env['GROQ_BASE_URL'] ?? 'https://api.groq.com/openai/v1',
  apiKey: process.env['GROQ_API_KEY'] ?? '',
});
const openrouter = createOpenAI({
  name: 'openrouter',
  baseURL: process.env['OPENROUTER_BASE_URL'] ?? 'https://openrouter.ai/api/v1',
  apiKey: process.env['OPENROUTER_API_KEY'] ?? '',
});

const resilience = createResilience({
  config: {
    operations: {
      chat: {
        deadlineMs: 30_000,
        attemptTimeoutMs: 8_000,
        stream: { firstContentMs: 8_000 },
        retry: { maxAttempts: 2 },
      },
    },
  },
});
const model = failoverModel(
  [openai('gpt-5-mini'), groq.chat('openai/gpt-oss-120b'), openrouter.chat('anthropic/claude-haiku-4.5')],
  { resilience, operation: 'chat' },
);

const { text } = await generateText({ model, prompt: 'Say hello.' });
// #endregion
console.log(text);

// #region stream
resilience.on('target.moved', ({ from, to, reason }) => console.log(`${from} > ${to}: ${reason}`));

let streamed = '';
for await (const piece of streamText({ model, prompt: 'Say hello.' }).textStream) streamed += piece;
console.log('streamed:', streamed);
console.log(resilience.health().holds.map(({ name, kind }) => `${name} is held: ${kind}`));
// #endregion

// #region targets
const careful = failoverModel(
  [
    { model: openai('gpt-5'), name: 'large', settings: { attemptTimeoutMs: 15_000 } },
    {
      model: openrouter.chat('anthropic/claude-sonnet-4.5'),
      name: 'other',
      // The reasoning of another provider is encrypted or signed, and refused here.
      prepare: ({ prompt, ...params }) => ({
        ...params,
        prompt: prompt.map((message) =>
          message.role === 'assistant'
            ? { ...message, content: message.content.filter(({ type }) => type !== 'reasoning') }
            : message,
        ),
      }),
    },
    { model: openai('gpt-5-long'), name: 'long', on: ['context_length'] },
  ],
  { resilience, operation: 'chat', failOn: ['content_filter', 'empty'], whenNoneAvailable: 'fail' },
);
// #endregion
console.log((await generateText({ model: careful, prompt: 'Say hello.' })).text);

await resilience.close();
