// #region targets
import Anthropic from '@anthropic-ai/sdk';
import { type Call, createResilience, type Target } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const anthropic = new Anthropic({ maxRetries: 0 });
const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 20_000, attemptTimeoutMs: 8_000 } } },
  targets: { chat: { list: ['gpt-5-mini', 'claude-haiku-4-5'] } }, // the preferred one first
});

function ask(question: string): Promise<string> {
  const messages = [{ role: 'user' as const, content: question }];
  return resilience.execute('chat', ({ target, signal }) =>
    target?.name === 'gpt-5-mini' ? askOpenAI(target.name, messages, signal) : askAnthropic(messages, signal),
  );
}
// #endregion

// #region models
type Messages = { readonly role: 'user'; readonly content: string }[];

async function askOpenAI(model: string, messages: Messages, signal: AbortSignal): Promise<string> {
  const completion = await openai.chat.completions.create({ model, messages }, { signal });
  return completion.choices[0]?.message.content ?? '';
}

async function askAnthropic(messages: Messages, signal: AbortSignal): Promise<string> {
  const request = { model: 'claude-haiku-4-5', max_tokens: 1_024, messages };
  const { content } = await anthropic.messages.create(request, { signal });
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
// #endregion

// #region run
resilience.on('target.moved', ({ from, to, reason }) => console.log(`${from} > ${to}: ${reason}`));

console.log(await ask('Say hello.'));
console.log(await ask('Say hello again.'));
console.log(resilience.health().holds.map(({ name, kind }) => `${name} is held: ${kind}`));
// #endregion

// #region report
function classifyCall({ signal }: Call): Promise<string> {
  return askAnthropic([{ role: 'user', content: 'Is this spam? Answer yes or no: you have won.' }], signal);
}
const report = await resilience.inspect('chat', classifyCall);
console.log(report.target, report.skippedTargets);
// #endregion

// #region choice
const models: readonly Target[] = [
  { name: 'gpt-5-nano', accepts: ({ context }) => Number(context['tokens']) < 100_000 || 'the prompt is too long' },
  { name: 'gpt-5-mini', weight: 3, settings: { attemptTimeoutMs: 20_000 } },
  { name: 'gpt-5-long', on: ['context_length'] },
];

function askAny({ target, signal }: Call): Promise<string> {
  return askOpenAI(target?.name ?? 'gpt-5-mini', [{ role: 'user', content: 'Say hello.' }], signal);
}

const answer = await resilience.execute('chat', askAny, {
  targets: models,
  order: 'least_busy',
  sticky: ({ context }) => String(context['conversation']),
  context: { tokens: 1_200, conversation: 'c-17' },
});
// #endregion
console.log(answer);

await resilience.close();
