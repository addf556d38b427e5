// #region responses
import { createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience();
resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

async function ask(question: string): Promise<string> {
  const model = 'gpt-5-mini';
  const response = await resilience.execute(
    'respond',
    async (call) => {
      const answer = await openai.responses.create({ model, input: question }, { signal: call.signal });
      // A response that failed arrives with status 200, and the SDK does not throw.
      if (answer.error !== null) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
      return answer;
    },
    { key: model },
  );
  return response.output_text;
}

console.log(await ask('Say hello.'));
// #endregion

await resilience.close();
