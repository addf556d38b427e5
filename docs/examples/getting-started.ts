import { createResilience, explain } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 }); // holdfast retries
const resilience = createResilience(); // one for the whole service

resilience.on('retry.scheduled', ({ attempt, failure }) => console.log(`attempt ${attempt} failed: ${failure.kind}`));

async function ask(question: string, userLeft?: AbortSignal): Promise<string> {
  const completion = await resilience.execute(
    'chat', // the operation: a name of your choice, with settings and numbers of its own
    (call) =>
      openai.chat.completions.create(
        { model: 'gpt-5-mini', messages: [{ role: 'user', content: question }] },
        { signal: call.signal }, // ends the request with its call
      ),
    { key: 'gpt-5-mini', signal: userLeft, deadlineMs: 20_000 },
  );
  return completion.choices[0]?.message.content ?? '';
}

try {
  console.log(await ask('Say hello.'));
} catch (error) {
  console.error(explain(error)?.summary, error);
}

await resilience.close();
