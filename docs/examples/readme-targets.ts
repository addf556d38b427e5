import Anthropic from '@anthropic-ai/sdk';
import { createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const anthropic = new Anthropic({ maxRetries: 0 });

// #region targets
const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 20_000, attemptTimeoutMs: 8_000 } } },
  targets: { chat: { list: ['gpt-5-mini', 'claude-haiku-4-5'] } }, // the preferred one first
});
const answer = await resilience.execute('chat', ({ target, signal }) =>
  target?.name === 'gpt-5-mini' ? askOpenAI('Say hello.', signal) : askAnthropic('Say hello.', signal),
);
// #endregion

console.log(answer);

await resilience.close();

async function askOpenAI(input: string, signal: AbortSignal): Promise<string> {
  const { output_text } = await openai.responses.create({ model: 'gpt-5-mini', input }, { signal });
  return output_text;
}

async function askAnthropic(content: string, signal: AbortSignal): Promise<string> {
  const request = { model: 'claude-haiku-4-5', max_tokens: 1_024, messages: [{ role: 'user' as const, content }] };
  const message = await anthropic.messages.create(request, { signal });
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
