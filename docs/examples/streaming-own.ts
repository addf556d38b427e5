import { createResilience, type Dialect, findPartial, protectStream } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });

// #region protect
const request = { model: 'gpt-5-mini', input: 'Say hello.', stream: true } as const;
const events = protectStream(openai.responses.create(request), { idleMs: 15_000, signal: AbortSignal.timeout(60_000) });
for await (const event of events) if (event.type === 'response.output_text.delta') console.log(event.delta);
const { status, finish, firstContentMs } = await events.done;
// #endregion
console.log(status, finish, typeof firstContentMs);

// #region dialect
type Event = { readonly token: string } | { readonly stop: string } | { readonly error: object };

const ours: Dialect = {
  name: 'ours',
  hasEnd: true, // a stream without `stop` was cut off
  recognises: isEvent,
  read(event) {
    if (!isEvent(event)) return []; // means nothing, like a ping
    if ('error' in event) return [{ kind: 'failure', error: event.error }];
    if ('stop' in event) return [{ kind: 'end', finish: event.stop }];
    return [{ kind: 'content', text: event.token }];
  },
};

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && ('token' in value || 'stop' in value || 'error' in value);
}
// #endregion

const resilience = createResilience({ config: { defaults: { retry: false } } });

async function show(...sent: readonly Event[]): Promise<void> {
  try {
    const stream = resilience.stream('local', () => ReadableStream.from(sent), { dialect: ours });
    for await (const event of stream) console.log(event);
  } catch (error) {
    console.log(String(error), findPartial(error)?.text);
  }
}

await show({ token: 'Hi' }, { stop: 'eos' });
await show({ token: 'Hi' });
await show({ token: 'Hi' }, { error: { code: 'busy', message: 'out of memory' } });
await resilience.close();
