import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { createResilience } from 'holdfast';

const anthropic = new Anthropic({ maxRetries: 0 });
const resilience = createResilience({ config: { operations: { chat: { deadlineMs: 2_000 } } } });
const user = new AbortController();

function openStream(signal: AbortSignal) {
  const messages = [{ role: 'user' as const, content: 'Say hello.' }];
  return anthropic.messages.create(
    { model: 'claude-haiku-4-5', max_tokens: 1_024, messages, stream: true },
    { signal },
  );
}

// #region unguarded
async function answer(show: (event: unknown) => void, options: { signal: AbortSignal }): Promise<void> {
  const stream = await resilience.execute('chat', (call) => openStream(call.signal), options);
  for await (const event of stream) show(event); // outside of the call: not guarded
}
// #endregion

// The provider sends a few words, and then nothing.
const reading = answer(() => undefined, { signal: user.signal }).then(() => 'the loop ended as if complete', String);
console.log('after 3 s:', await Promise.race([reading, sleep(3_000, 'still hanging')]));
user.abort();
console.log('after the user has left:', await reading);
const { successes, failures } = resilience.stats('chat');
console.log({ successes, failures });
await resilience.close();
