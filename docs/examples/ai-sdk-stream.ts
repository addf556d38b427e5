// #region text
import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';
import { createResilience } from 'holdfast';

const resilience = createResilience();
resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

async function readText(): Promise<string> {
  return resilience.execute('text', async (call) => {
    const { textStream } = streamText({
      model: openai('gpt-5-mini'),
      prompt: 'Say hello.',
      maxRetries: 0,
      abortSignal: call.signal,
      onError: () => undefined, // without it the error is printed, and that is all
    });
    let text = '';
    for await (const piece of textStream) text += piece;
    return text;
  });
}

console.log('textStream:', JSON.stringify(await readText())); // the provider had answered 503
// #endregion

// #region full
async function streamAnswer(send: (piece: string) => void): Promise<void> {
  await resilience.execute('chat', async (call) => {
    const { fullStream } = streamText({
      model: openai('gpt-5-mini'),
      prompt: 'Say hello.',
      maxRetries: 0,
      abortSignal: call.signal,
      onError: () => undefined, // thrown below
    });
    let finish = 'none';
    for await (const part of fullStream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'finish') finish = part.finishReason;
      if (part.type !== 'text-delta') continue;
      call.noRetry(); // the user has seen a piece: a second attempt would repeat it
      send(part.text);
    }
    if (finish === 'none' || finish === 'other') {
      throw Object.assign(new Error('the stream was cut off'), { code: 'ECONNRESET' });
    }
  });
}

let answer = '';
await streamAnswer((piece) => {
  answer += piece;
});
console.log('fullStream:', JSON.stringify(answer));
// #endregion

const { failures, attempts } = resilience.stats('text');
console.log('textStream:', failures, 'failures in', attempts, 'attempts');
await resilience.close();
