// #region messages
import Anthropic from '@anthropic-ai/sdk';
import { createResilience, explain } from 'holdfast';
import { protect } from 'holdfast/ai';

const resilience = createResilience({
  config: { operations: { chat: { deadlineMs: 60_000, attemptTimeoutMs: 20_000 } } },
});
const anthropic = protect(new Anthropic(), { resilience, operation: 'chat' });

resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

async function ask(question: string): Promise<string> {
  const message = await anthropic.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 1_024,
    messages: [{ role: 'user', content: question }],
  });
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

for (let turn = 1; turn <= 2; turn += 1) {
  try {
    console.log(await ask('Say hello.'));
  } catch (error) {
    // The SDK's own error arrives, with its status, type and request id.
    if (error instanceof Anthropic.APIError) console.log(error.status, error.type, error.requestID);
    console.log(explain(error)?.summary);
  }
}
// #endregion

await resilience.close();
