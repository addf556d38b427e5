// #region responses
import { createResilience } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

const resilience = createResilience();
const openai = protect(new OpenAI(), { resilience, operation: 'respond' });
resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

const { output_text } = await openai.responses.create({ model: 'gpt-5-mini', input: 'Say hello.' });
console.log(output_text);
// #endregion

await resilience.close();
