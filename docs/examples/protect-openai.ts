// #region protect
import { createResilience } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000 } } },
});
const openai = protect(new OpenAI(), { resilience, operation: 'chat' }); // the same class, without retries of its own

const messages = [{ role: 'user' as const, content: 'Say hello.' }];
const completion = await openai.chat.completions.create({ model: 'gpt-5-mini', messages });
console.log(completion.choices[0]?.message.content);

// #endregion

import { explain, HoldfastError, InvalidAnswerError } from 'holdfast';

// #region stream
const stream = await openai.chat.completions.create({ model: 'gpt-5-mini', messages, stream: true });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
// #endregion

console.log();

// #region errors
async function ask(model: string): Promise<void> {
  try {
    await openai.chat.completions.create({ model, messages });
  } catch (error) {
    // The provider answered: the SDK's own class, with its status, code and request ID.
    if (error instanceof OpenAI.APIError) console.log(error.status, error.code, error.requestID);
    // A page or broken JSON with the status 200.
    else if (InvalidAnswerError.is(error)) console.log(error.code, error.reason, error.status);
    // No request was sent, or a limit of time ended it.
    else if (HoldfastError.is(error)) console.log(error.code);
    console.log(explain(error)?.summary);
  }
}
// #endregion

await ask('gpt-5-mini'); // out of credit
await ask('gpt-5-mini'); // held
resilience.configure({ defaults: { retry: { minDelayMs: 50, maxDelayMs: 100 } } });
await ask('gpt-5-nano'); // a sign-in page of a proxy, on every attempt
const { calls, attempts } = resilience.stats('chat');
console.log({ calls, attempts });
await resilience.close();
