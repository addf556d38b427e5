// #region stream
import { createResilience, explain } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience({ config: { operations: { chat: { stream: { idleMs: 15_000 } } } } });

async function answer(input: string, send: (text: string) => void): Promise<void> {
  const request = { model: 'gpt-5-mini', input, stream: true } as const;
  const stream = resilience.stream('chat', (call) => openai.responses.create(request, { signal: call.signal }));
  for await (const event of stream) if (event.type === 'response.output_text.delta') send(event.delta);
}
// #endregion

resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));
resilience.configure({ operations: { chat: { stream: { idleMs: 300 } } } });

// #region errors
async function show(): Promise<void> {
  let seen = '';
  const send = (text: string) => {
    seen += text;
  };
  try {
    await answer('Say hello.', send);
    console.log('all of it:', seen);
  } catch (error) {
    console.log('some of it:', explain(error)?.partial?.text, '-', String(error));
  }
}
// #endregion

await show(); // busy, then complete
await show(); // silent after the first word
await show(); // the connection ends after the first word, as if the answer were complete
await show(); // the provider fails after the first word

const { calls, successes, failures, attempts } = resilience.stats('chat');
console.log({ calls, successes, failures, attempts });
await resilience.close();
