// #region iterate
import Anthropic from '@anthropic-ai/sdk';
import { createResilience } from 'holdfast';

const anthropic = new Anthropic({ maxRetries: 0 });
const resilience = createResilience({
  // From the request to the first word.
  config: { operations: { chat: { deadlineMs: 40_000, attemptTimeoutMs: 15_000 } } },
});

resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

type Event = Anthropic.RawMessageStreamEvent;

/** Resolves once the first word is there. What comes after it is no longer retried, nor counted. */
async function openStream(question: string, userLeft?: AbortSignal, silenceMs = 15_000): Promise<AsyncIterable<Event>> {
  const model = 'claude-haiku-4-5';
  return resilience.execute(
    'chat',
    async (call) => {
      const silence = new AbortController();
      const signal = AbortSignal.any([call.signal, silence.signal]);
      const messages = [{ role: 'user' as const, content: question }];
      const stream = await anthropic.messages.create({ model, max_tokens: 1_024, messages, stream: true }, { signal });
      const events = stream[Symbol.asyncIterator]();
      const beginning: Event[] = [];
      while (beginning.at(-1)?.type !== 'content_block_delta') {
        const { done, value } = await events.next();
        if (done === true) throw Object.assign(new Error('the stream was cut off'), { code: 'ECONNRESET' });
        beginning.push(value);
      }
      return readOn(beginning, events, { silence, signal, silenceMs });
    },
    { key: model, signal: userLeft }, // `call.signal` follows it until the stream has ended
  );
}

interface Watched {
  readonly silence: AbortController;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
}

async function* readOn(beginning: readonly Event[], events: AsyncIterator<Event>, watched: Watched) {
  const { silence, signal, silenceMs } = watched;
  try {
    yield* beginning;
    let isComplete = false;
    while (!isComplete) {
      const timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs} ms`)), silenceMs);
      const { done, value } = await events.next().finally(() => clearTimeout(timer));
      signal.throwIfAborted(); // the SDK ends an aborted stream as if it were complete
      if (done === true) throw new Error('the stream was cut off');
      yield value;
      isComplete = value.type === 'message_stop';
    }
  } finally {
    silence.abort(); // closes the request, also when the reader has stopped early
  }
}
// #endregion

async function show(userLeft?: AbortSignal, silenceMs?: number): Promise<void> {
  try {
    for await (const event of await openStream('Say hello.', userLeft, silenceMs)) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') console.log(event.delta.text);
    }
    console.log('complete');
  } catch (error) {
    console.log(String(error));
  }
}

await show(); // busy, then complete
await show(undefined, 300); // nothing after the first word
await show(AbortSignal.timeout(300)); // the user leaves after the first word

const { calls, successes } = resilience.stats('chat');
console.log({ calls, successes });
await resilience.close();
