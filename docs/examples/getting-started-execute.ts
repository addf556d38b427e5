import { createResilience } from 'holdfast';
import OpenAI from 'openai';

const resilience = createResilience();

// #region execute
const openai = new OpenAI({ maxRetries: 0 }); // holdfast retries

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
// #endregion

console.log(await ask('Say hello.'));
await resilience.close();
