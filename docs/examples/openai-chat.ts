// #region chat
import { createResilience, explain } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000 } } },
});
const openai = protect(new OpenAI(), { resilience, operation: 'chat' });

async function ask(question: string): Promise<string> {
  const completion = await openai.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: question }],
  });
  return completion.choices[0]?.message.content ?? '';
}

for (let turn = 1; turn <= 3; turn += 1) {
  try {
    console.log(await ask('Say hello.'));
  } catch (error) {
    // The SDK's own error arrives, with its status, code and request id.
    if (error instanceof OpenAI.APIError) console.log(error.status, error.code, error.requestID);
    console.log(explain(error)?.summary);
  }
}
// #endregion

console.log(resilience.stats('chat').attempts, 'requests');
await resilience.close();
