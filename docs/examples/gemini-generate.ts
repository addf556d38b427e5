// #region generate
import { ApiError, GoogleGenAI } from '@google/genai';
import { createResilience, explain } from 'holdfast';

const gemini = new GoogleGenAI({});
const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000 } } },
});

resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

async function ask(question: string): Promise<string> {
  const model = 'gemini-flash-latest';
  const response = await resilience.execute(
    'chat',
    (call) => gemini.models.generateContent({ model, contents: question, config: { abortSignal: call.signal } }),
    { key: model },
  );
  return response.text ?? '';
}

for (let turn = 1; turn <= 2; turn += 1) {
  try {
    console.log(await ask('Say hello.'));
  } catch (error) {
    // The SDK's own error arrives, with its status.
    if (error instanceof ApiError) console.log(error.status);
    console.log(explain(error)?.summary);
  }
}
// #endregion

await resilience.close();
