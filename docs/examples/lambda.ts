// #region handler
import { createResilience, toHttpStatus } from 'holdfast';
import OpenAI from 'openai';

// Outside the handler: breakers, holds and budgets last as long as the instance of the function.
const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience({ preset: 'production' });

interface Invocation {
  readonly getRemainingTimeInMillis: () => number;
}

export async function handler(event: { readonly input: string }, invocation: Invocation) {
  const report = await resilience.inspect(
    'chat',
    (call) => openai.responses.create({ model: 'gpt-5-mini', input: event.input }, { signal: call.signal }),
    // Half a second is left to answer. Without time left, `deadlineMs` must still be at least 1.
    { key: 'gpt-5-mini', deadlineMs: Math.max(1, invocation.getRemainingTimeInMillis() - 500) },
  );
  if (!report.ok) return { statusCode: toHttpStatus(report.error) };
  return { statusCode: 200, body: report.value.output_text };
}
// #endregion

for (const remainingMs of [10_000, 400]) {
  console.log(await handler({ input: 'Why?' }, { getRemainingTimeInMillis: () => remainingMs }));
}
