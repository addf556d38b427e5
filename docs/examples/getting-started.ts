import { createResilience, explain } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

// One for the whole service.
const resilience = createResilience({ config: { operations: { chat: { deadlineMs: 20_000 } } } });
const openai = protect(new OpenAI(), { resilience, operation: 'chat' });

resilience.on('retry.scheduled', ({ attempt, failure }) => console.log(`attempt ${attempt} failed: ${failure.kind}`));

async function ask(question: string, userLeft?: AbortSignal): Promise<string> {
  const completion = await openai.chat.completions.create(
    { model: 'gpt-5-mini', messages: [{ role: 'user', content: question }] },
    { signal: userLeft },
  );
  return completion.choices[0]?.message.content ?? '';
}

try {
  console.log(await ask('Say hello.'));
} catch (error) {
  console.error(explain(error)?.summary, error);
}

await resilience.close();
