import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import {
  type Call,
  createResilience,
  type Dialect,
  explain,
  type ProtectedStream,
  protectStream,
  type Resilience,
  type StreamSign,
} from 'holdfast';
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Answer,
  anthropic,
  type FaultServer,
  half,
  openai,
  type Script,
  startFaultServer,
} from '../../src/testing/index.js';
import { readAll } from '../support/guarded-streams.js';

/** Reads events by what a test needs to know of them. */
function dialectOf(name: string, read: (event: unknown) => readonly StreamSign[]): Dialect {
  return { name, recognises: () => true, read, hasEnd: true };
}

interface Sdk {
  readonly name: string;
  readonly provider: {
    readonly stream: Answer;
    readonly errors: Readonly<Record<'overloaded' | 'stream_error', Answer>>;
  };
  readonly dialect: Dialect;
  readonly open: (url: string, call?: Call) => PromiseLike<AsyncIterable<unknown>>;
  /** How many events the whole answer has. */
  readonly events: number;
}

const openaiSdk: Sdk = {
  name: 'the SDK of OpenAI',
  provider: openai,
  dialect: dialectOf('openai', (event) => {
    const [choice] = (event as OpenAI.ChatCompletionChunk).choices;
    const text = choice?.delta.content ?? '';
    if (choice?.finish_reason) return [{ kind: 'end', finish: choice.finish_reason }];
    return [text === '' ? { kind: 'preamble' } : { kind: 'content', text }];
  }),
  open: (url, call) => {
    const client = new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    return client.chat.completions.create({ model: 'gpt-4o', messages, stream: true }, call && { signal: call.signal });
  },
  events: 4,
};

const anthropicSdk: Sdk = {
  name: 'the SDK of Anthropic',
  provider: anthropic,
  dialect: dialectOf('anthropic', (event) => {
    const { type, ...rest } = event as Anthropic.RawMessageStreamEvent;
    if (type === 'message_stop') return [{ kind: 'end' }];
    if (type !== 'content_block_delta' || !('delta' in rest)) return [{ kind: 'preamble' }];
    const text = 'text' in rest.delta ? rest.delta.text : '';
    return [{ kind: 'content', text }];
  }),
  open: (url, call) => {
    const client = new Anthropic({ apiKey: 'key', baseURL: url, maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    const request = { model: 'claude-sonnet', max_tokens: 10, messages, stream: true } as const;
    return client.messages.create(request, call && { signal: call.signal });
  },
  events: 7,
};

const IDLE_MS = 150;

async function serve(script: Script): Promise<FaultServer> {
  const server = await startFaultServer(script);
  onTestFinished(() => server.close());
  return server;
}

function guard(): Resilience {
  const resilience = createResilience({
    config: {
      defaults: {
        retry: { minDelayMs: 1, maxAttempts: 2, jitter: 'none', kinds: { overloaded: { minDelayMs: 1 } } },
        stream: { firstContentMs: 300, idleMs: IDLE_MS, totalMs: 5_000 },
      },
    },
  });
  onTestFinished(() => resilience.close());
  return resilience;
}

/** Waits until the client has closed the request, which it must do soon. */
async function untilLeft(server: FaultServer, nth = 0): Promise<void> {
  const startedAtMs = performance.now();
  while (server.requests[nth]?.outcome === 'open') {
    if (performance.now() - startedAtMs > 1_000) throw new Error('the request is still open');
    await sleep(5);
  }
}

/** The answer without its last events, which a proxy has closed in order. */
function withoutEnd({ body, ...answer }: Answer, missing: number): Answer {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) throw new Error('is no stream');
  return { ...answer, body: body.slice(0, -missing) };
}

describe.each([openaiSdk, anthropicSdk])('a guarded stream of $name', ({ provider, dialect, open, events }) => {
  const { stream: whole } = provider;
  const start = (server: FaultServer, resilience = guard(), signal?: AbortSignal): ProtectedStream<unknown> =>
    resilience.stream('chat', (call) => open(server.url, call), { dialect, signal });

  it('passes on the whole answer', async () => {
    const server = await serve(whole);
    const stream = start(server);
    expect(await readAll(stream)).toMatchObject({ events: { length: events }, error: undefined });
    expect(await stream.done).toMatchObject({ status: 'complete', text: 'Hello' });
    expect(server.requests.map(({ outcome }) => outcome)).toEqual(['answered']);
  });

  it.each<readonly [what: string, first: Answer | 'reset' | 'silence']>([
    ['an error instead of a stream', provider.errors.overloaded],
    ['a reset connection', 'reset'],
    ['silence', 'silence'],
    ['an answer without any event', { ...whole, body: [], ending: 'cut' }],
  ])('is retried after %s', async (_, first) => {
    const server = await serve([first, whole]);
    expect(await readAll(start(server))).toMatchObject({ events: { length: events }, error: undefined });
    expect(server.requests).toHaveLength(2);
  });

  it('throws when the provider falls silent, and closes the connection', async () => {
    const server = await serve(half(whole, 'stall'));
    const resilience = guard();
    const { error } = await readAll(start(server, resilience));
    expect(error).toMatchObject({
      name: 'StreamStalledError',
      phase: 'idle',
      partial: { text: expect.stringMatching(/^Hel/) },
    });
    await untilLeft(server);
    expect(server.requests.map(({ outcome }) => outcome)).toEqual(['abandoned']);
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 1 });
  });

  it('throws when the connection breaks, with what had arrived', async () => {
    const server = await serve(half(whole, 'cut'));
    const { error } = await readAll(start(server));
    expect(error).toBeInstanceOf(Error);
    expect(explain(error)).toMatchObject({
      partial: { text: expect.stringMatching(/^Hel/) },
      failure: { breaker: 'failure' },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('throws when the answer ends in order without its terminal marker', async () => {
    const server = await serve(withoutEnd(whole, dialect.name === 'openai' ? 2 : 1));
    const { error } = await readAll(start(server));
    expect(error).toMatchObject({ name: 'StreamTruncatedError', partial: { text: 'Hello' } });
  });

  it('throws the error of the SDK for a failure within the stream', async () => {
    const server = await serve(provider.errors.stream_error);
    const { error } = await readAll(start(server));
    expect(error).toBeInstanceOf(dialect.name === 'openai' ? OpenAI.APIError : Anthropic.APIError);
    expect(explain(error)?.partial).toMatchObject({ text: 'Hel' });
  });

  it('throws the reason of the caller, and closes the connection', async () => {
    const server = await serve(half(whole, 'stall'));
    const caller = new AbortController();
    const resilience = guard();
    const read = readAll(start(server, resilience, caller.signal));
    await server.seen(1);
    await sleep(50);
    const reason = new Error('the user left');
    caller.abort(reason);
    expect(await read).toMatchObject({ error: reason });
    await untilLeft(server);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 0, ignored: 1 });
  });

  it('closes the connection when its reader leaves the loop', async () => {
    const server = await serve(half(whole, 'stall'));
    for await (const _ of start(server)) break;
    await untilLeft(server);
    expect(server.requests.map(({ outcome }) => outcome)).toEqual(['abandoned']);
  });

  it('closes the connection of a function that ignores its signal, also during a silence', async () => {
    const server = await serve(half(whole, 'stall'));
    const stream = guard().stream('chat', () => open(server.url), { dialect, settings: { stream: { idleMs: false } } });
    const read = readAll(stream);
    await server.seen(1);
    await sleep(50);
    stream.cancel();
    await read;
    await untilLeft(server);
  });

  it('is guarded by itself as well, where the SDK ends an aborted stream in silence', async () => {
    const server = await serve(half(whole, 'stall'));
    const caller = new AbortController();
    const stream = protectStream(open(server.url), { dialect, signal: caller.signal, idleMs: 5_000 });
    setTimeout(() => caller.abort(), 50);
    const { error } = await readAll(stream);
    expect(error).toMatchObject({ name: 'AbortError' });
    await untilLeft(server);
  });
});

describe('1,000 guarded streams at once', () => {
  it('all settle and close their connections, though half of their callers leave', async () => {
    const server = await serve(({ number }) => (number % 3 === 0 ? half(openai.stream, 'stall') : openai.stream));
    const resilience = guard();
    const streams = Array.from({ length: 1_000 }, (_, nth) => {
      const caller = new AbortController();
      const stream = resilience.stream('chat', (call) => openaiSdk.open(server.url, call), {
        dialect: openaiSdk.dialect,
        signal: caller.signal,
        settings: {
          concurrency: false,
          retry: false,
          stream: { firstContentMs: 50_000, idleMs: 2_000, totalMs: 50_000 },
        },
      });
      void readAll(stream);
      if (nth % 2 === 0) setTimeout(() => caller.abort(new Error('left')), nth % 400);
      return stream;
    });
    const reports = await Promise.all(streams.map(({ done }) => done));
    expect(reports).toHaveLength(1_000);
    expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(['complete', 'failed']));
    expect(resilience.snapshot().inFlight).toBe(0);
    for (let turn = 0; turn < 200 && server.requests.some(({ outcome }) => outcome === 'open'); turn++) await sleep(10);
    expect(server.requests.filter(({ outcome }) => outcome === 'open')).toEqual([]);
  });
});
