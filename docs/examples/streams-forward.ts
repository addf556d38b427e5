// #region forward
import { createResilience } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience({
  // The silence is limited below; one answer may take as long as its call.
  config: { operations: { chat: { deadlineMs: 120_000, attemptTimeoutMs: false, retry: { minDelayMs: 500 } } } },
});

resilience.on('retry.scheduled', ({ failure }) => console.log(`retried: ${failure.kind} ${failure.code}`));

async function streamAnswer(question: string, send: (text: string) => void, options: Options = {}): Promise<void> {
  const { userLeft, silenceMs = 15_000 } = options;
  const model = 'gpt-5-mini';
  await resilience.execute(
    'chat',
    (call) =>
      limitSilence(silenceMs, call.signal, async (signal, heard) => {
        const messages = [{ role: 'user' as const, content: question }];
        const chunks = await openai.chat.completions.create({ model, messages, stream: true }, { signal });
        let isComplete = false;
        for await (const { choices } of chunks) {
          heard();
          const text = choices[0]?.delta.content ?? '';
          if (choices[0]?.finish_reason) isComplete = true;
          if (text === '') continue;
          call.noRetry(); // a second attempt would repeat what the user has seen
          send(text);
        }
        signal.throwIfAborted(); // the SDK ends an aborted stream as if it were complete
        if (!isComplete) throw Object.assign(new Error('the stream was cut off'), { code: 'ECONNRESET' });
      }),
    { key: model, signal: userLeft },
  );
}

interface Options {
  readonly userLeft?: AbortSignal;
  readonly silenceMs?: number;
}
// #endregion

// #region silence
/** Ends the work with a timeout once it has heard nothing for a while. */
async function limitSilence(
  silenceMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal, heard: () => void) => Promise<void>,
): Promise<void> {
  const silent = Object.assign(new Error(`nothing came for ${silenceMs} ms`), { code: 'ETIMEDOUT' });
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(silent), silenceMs);
  try {
    await work(AbortSignal.any([signal, silence.signal]), () => timer.refresh());
  } catch (error) {
    throw silence.signal.aborted ? silent : error; // the SDK reports an abort, which is not retried
  } finally {
    clearTimeout(timer);
  }
}
// #endregion

async function show(question: string, silenceMs?: number): Promise<void> {
  let shown = '';
  try {
    await streamAnswer(
      question,
      (text) => {
        shown += text;
      },
      silenceMs === undefined ? {} : { silenceMs },
    );
    console.log(`all of it: ${shown}`);
  } catch (error) {
    console.log(`some of it: ${shown}, then ${String(error)}`);
  }
}

await show('Say hello.'); // busy, then complete
await show('Say hello.', 300); // nothing before the first word, then complete
await show('Say hello.', 300); // nothing after the first word
await show('Say hello.'); // ends after the first word, as if it were complete

const { calls, successes, failures, attempts } = resilience.stats('chat');
console.log({ calls, successes, failures, attempts });
await resilience.close();
