import { getEventListeners } from 'node:events';
import OpenAI from 'openai-7';
import { expect, it, onTestFinished } from 'vitest';
import { protect } from '../../src/entry/ai.js';
import { createResilience } from '../../src/entry/root.js';
import { half, openai, startFaultServer } from '../../src/testing/index.js';
import { randomFrom, SEED } from '../support/seed.js';

const STREAMS = 1_000;

/** Reads one stream in one of three ways, and returns how that ended. */
async function readOne(client: OpenAI, shared: AbortSignal, way: number): Promise<string> {
  const own = new AbortController();
  const leaves = way > 0.6;
  const aborts = way < 0.3;
  const request = { model: 'gpt-5', messages: [], stream: true as const };
  try {
    const stream = await client.chat.completions.create(request, { signal: aborts ? own.signal : shared });
    // A stream that stalls is ended from outside.
    if (!leaves && !aborts) setTimeout(() => stream.controller.abort(), 500);
    let text = '';
    for await (const event of stream) {
      text += event.choices[0]?.delta.content ?? '';
      if (text === '') continue;
      if (leaves) return 'left';
      if (aborts) own.abort();
    }
    return text;
  } catch {
    return 'aborted';
  }
}

it('1,000 streams at once, some left and some aborted, leave nothing behind', async () => {
  const server = await startFaultServer(({ number }) =>
    number % 2 === 0 ? openai.stream : half(openai.stream, 'stall'),
  );
  const resilience = createResilience({
    config: { defaults: { attemptTimeoutMs: false, stream: { idleMs: 60_000 } } },
  });
  onTestFinished(async () => {
    await resilience.close();
    await server.close();
  });
  const client = protect(new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1` }), {
    resilience,
    operation: 'chat',
  });
  const shared = new AbortController();
  const random = randomFrom(SEED);

  const ends = await Promise.all(Array.from({ length: STREAMS }, () => readOne(client, shared.signal, random())));

  expect(ends).toHaveLength(STREAMS);
  // Nothing that was cut off looks whole.
  expect(new Set(ends)).toEqual(new Set(['left', 'aborted', 'Hello']));
  await expect
    .poll(() => server.requests.filter(({ outcome }) => outcome === 'open').length, { timeout: 10_000 })
    .toBe(0);
  expect(getEventListeners(shared.signal, 'abort')).toEqual([]);
  // Resolves when no call is in progress.
  await resilience.close();
}, 60_000);
