import { createResilience } from 'holdfast';
import OpenAI from 'openai';

const resilience = createResilience();

// #region execute
const openai = new OpenAI({ maxRetries: 0 }); // otherwise the SDK and holdfast both retry
const model = 'gpt-5-mini'; // OpenAI's rate limits are per model

async function ask(input: string): Promise<string> {
  const response = await resilience.execute(
    'chat',
    async (call) => {
      const answer = await openai.responses.create({ model, input }, { signal: call.signal });
      // A response that failed arrives with status 200, and the SDK does not throw.
      if (answer.error !== null) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
      return answer;
    },
    { key: model, deadlineMs: 60_000 },
  );
  return response.output_text;
}
// #endregion

resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));
console.log(await ask('Say hello.'));
await resilience.close();
