// #region call
import { createResilience } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

const resilience = createResilience({ config: { operations: { chat: { deadlineMs: 20_000 } } } });
const openai = protect(new OpenAI(), { resilience, operation: 'chat' }); // an operation has its own settings and numbers

const response = await openai.responses.create({ model: 'gpt-5-mini', input: 'What holds kelp in surf?' });
console.log(response.output_text);
// #endregion

await resilience.close();
