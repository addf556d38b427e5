import { createResilience, explain, type Target } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

// #region failover
/** Behind one gateway, such as OpenRouter or LiteLLM: `baseURL` and key are the same for all. */
const models: readonly Target[] = [
  { name: 'openai/gpt-5-mini', settings: { attemptTimeoutMs: 8_000 } },
  // Takes no `reasoning_effort`, and needs `max_tokens`.
  {
    name: 'anthropic/claude-haiku-4.5',
    prepare: ({ reasoning_effort: _none, ...body }, { name: model }) => ({ ...body, model, max_tokens: 1_024 }),
  },
  { name: 'google/gemini-flash', prepare: (body, { name: model }) => ({ ...body, model, reasoning_effort: 'low' }) },
];

const resilience = createResilience({ config: { operations: { chat: { deadlineMs: 30_000 } } } });
const openai = protect(new OpenAI(), { resilience, operation: 'chat', targets: models });

async function ask(content: string): Promise<string> {
  const completion = await openai.chat.completions.create({
    model: 'openai/gpt-5-mini', // replaced by the name of the target
    reasoning_effort: 'minimal',
    messages: [{ role: 'user', content }],
  });
  return `${completion.model}: ${completion.choices[0]?.message.content}`;
}
// #endregion

resilience.on('target.moved', ({ from, to, reason }) => console.log(`${from} > ${to}: ${reason}`));
try {
  console.log(await ask('Say hello.'));
  console.log(await ask('Say hello again.'));
} catch (error) {
  console.log(explain(error)?.summary);
}
console.log(resilience.health().holds.map(({ name, kind }) => `${name} is held: ${kind}`));
await resilience.close();
