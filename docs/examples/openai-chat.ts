// #region chat
import { createResilience, explain } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000 } } },
});

async function ask(question: string): Promise<string> {
  const model = 'gpt-5-mini';
  const completion = await resilience.execute(
    'chat',
    (call) =>
      openai.chat.completions.create(
        { model, messages: [{ role: 'user', content: question }] },
        { signal: call.signal },
      ),
    { key: model },
  );
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
