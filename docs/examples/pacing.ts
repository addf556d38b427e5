import { CapacityError, createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });

// #region pacing
const resilience = createResilience({
  config: { operations: { chat: { pacing: { requestsPerMinute: 450, tokensPerMinute: 180_000 } } } },
});

function ask(input: string) {
  return resilience.execute(
    'chat',
    async (call) => {
      const request = { model: 'gpt-5-mini', input, max_output_tokens: 500 };
      const response = await openai.responses.create(request, { signal: call.signal });
      const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0 } = response.usage ?? {};
      call.settleUsage({ inputTokens, outputTokens });
      return response.output_text;
    },
    { key: 'gpt-5-mini', estimate: { inputTokens: Math.ceil(input.length / 4) } }, // about 4 letters for a token
  );
}
// #endregion

console.log(await ask('What holds kelp in surf?'));
const [key] = resilience.snapshot().operations['chat']?.keys ?? [];
console.log(key?.pacing);

// #region rejected
try {
  console.log(await ask('And what eats it?'));
} catch (error) {
  if (CapacityError.is(error)) console.log(`try again in ${error.retryAfterMs} ms`);
  else throw error;
}
// #endregion
await resilience.close();
