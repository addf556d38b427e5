import { type Call, createResilience } from 'holdfast';
import OpenAI from 'openai';

// #region fallback
const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience({
  config: {
    operations: { chat: { deadlineMs: 20_000, retry: { maxAttempts: 2, minDelayMs: 200 } }, 'chat-cheap': {} },
  },
});

async function request(model: string, input: string, { signal }: Call): Promise<string> {
  return (await openai.responses.create({ model, input }, { signal })).output_text;
}

function ask(question: string) {
  return resilience.inspect('chat', (call) => request('gpt-5', question, call), {
    fallback: [
      { operation: 'chat-cheap', run: (call) => request('gpt-5-mini', question, call) },
      { lastGood: { key: question } },
      { value: 'Please try again in a minute.' },
    ],
  });
}
// #endregion

// #region run
const report = await ask('Say hello.');
if (report.ok) console.log(report.value, report.fallbackUsed);
console.log(report.stopReason, report.failure?.kind, report.attempts.length);
// #endregion

await resilience.close();
