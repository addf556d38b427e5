import { createResilience, explain } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience();
const model = 'gpt-5';

async function ask(input: string): Promise<string> {
  const response = await resilience.execute(
    'chat',
    (call) => openai.responses.create({ model, input }, { signal: call.signal }),
    { key: model, deadlineMs: 20_000 },
  );
  return response.output_text;
}

// #region failure
try {
  await ask('What holds kelp in surf?');
} catch (error) {
  console.log(error instanceof OpenAI.RateLimitError, explain(error)?.summary);
}
// #endregion

await resilience.close();
