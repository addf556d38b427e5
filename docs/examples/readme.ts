// #region call
import { createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 }); // holdfast does the retries
const resilience = createResilience();
const model = 'gpt-5-mini';

const response = await resilience.execute(
  'chat', // an operation has its own settings and numbers
  (call) => openai.responses.create({ model, input: 'What holds kelp in surf?' }, { signal: call.signal }),
  { key: model, deadlineMs: 20_000 }, // each key has its own circuit breaker
);
console.log(response.output_text);
// #endregion

await resilience.close();
