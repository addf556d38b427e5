import { openai } from '@ai-sdk/openai';
// #region handler
import { convertToModelMessages, streamText, type UIMessage } from 'ai';
import { createResilience, explain } from 'holdfast';
import { failoverModel } from 'holdfast/ai';

const resilience = createResilience();
const model = failoverModel([openai('gpt-5'), openai.chat('gpt-5-mini')], { resilience, operation: 'chat' });

export async function POST(request: Request): Promise<Response> {
  const { id, messages } = (await request.json()) as { id: string; messages: UIMessage[] };
  const result = streamText({
    model,
    messages: await convertToModelMessages(messages),
    abortSignal: request.signal, // the user leaves: the provider stops
    providerOptions: { holdfast: { session: id } }, // a conversation stays with its model
    onError: ({ error }) => console.log(explain(error)?.summary),
  });
  return result.toUIMessageStreamResponse({ onError: () => 'The answer could not be completed. Please try again.' });
}
// #endregion

async function chat(question: string): Promise<void> {
  const messages: UIMessage[] = [{ id: 'm-1', role: 'user', parts: [{ type: 'text', text: question }] }];
  const body = JSON.stringify({ id: 'c-17', messages });
  const response = await POST(new Request('http://localhost/api/chat', { method: 'POST', body }));
  console.log((await response.text()).match(/"(?:delta|errorText)":"[^"]*"/g));
}

await chat('Say hello.'); // the first model is out of credit
resilience.breaker('chat', 'openai.responses/gpt-5').isolate();
resilience.breaker('chat', 'openai.chat/gpt-5-mini').isolate();
await chat('Say hello.');
await resilience.close();
