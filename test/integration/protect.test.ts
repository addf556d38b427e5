import Anthropic from '@anthropic-ai/sdk';
import Groq from 'groq-sdk';
import OpenAI, { AzureOpenAI } from 'openai';
import OpenAI7 from 'openai-7';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProtectOptions, protect } from '../../src/entry/ai.js';
import {
  BreakerOpenError,
  createResilience,
  explain,
  HoldfastError,
  type ResilienceOptions,
  StreamTruncatedError,
} from '../../src/entry/root.js';
import { type Answer, anthropic, half, openai, type Script, startFaultServer } from '../../src/testing/index.js';

const QUICK: ResilienceOptions = {
  config: { defaults: { retry: { minDelayMs: 1, maxDelayMs: 1, jitter: 'none' } } },
};
const ASK = { model: 'gpt-5', messages: [{ role: 'user' as const, content: 'Hello' }] };

async function start<Client extends object>(
  script: Script,
  make: (url: string) => Client,
  options: ResilienceOptions = QUICK,
  ofClient: Partial<ProtectOptions> = {},
) {
  const server = await startFaultServer(script);
  const resilience = createResilience(options);
  onTestFinished(async () => {
    await resilience.close();
    await server.close();
  });
  const bare = make(server.url);
  return { server, resilience, bare, client: protect(bare, { resilience, operation: 'chat', ...ofClient }) };
}

const makeOpenAI = (url: string) => new OpenAI({ apiKey: 'key', baseURL: `${url}/v1` });
const makeOpenAI7 = (url: string) => new OpenAI7({ apiKey: 'key', baseURL: `${url}/v1` });

describe.each([
  ['OpenAI 6', OpenAI, makeOpenAI],
  ['OpenAI 7', OpenAI7 as unknown as typeof OpenAI, makeOpenAI7 as unknown as typeof makeOpenAI],
  [
    'Groq',
    Groq as unknown as typeof OpenAI,
    ((url: string) => new Groq({ apiKey: 'key', baseURL: url })) as unknown as typeof makeOpenAI,
  ],
  [
    'Azure',
    AzureOpenAI,
    (url: string) => new AzureOpenAI({ apiKey: 'key', endpoint: url, apiVersion: '2024-10-21', deployment: 'gpt-5' }),
  ],
])('a protected client of %s', (_, Class, make) => {
  it('is a client of the same class, and leaves the given one as it is', async () => {
    const { client, bare } = await start(openai.answer, make);
    expect(client).toBeInstanceOf(Class);
    expect(client).not.toBe(bare);
    expect(client.maxRetries).toBe(0);
    expect(bare.maxRetries).toBe(2);
  });

  it('gets an answer after failures, and tells how it did', async () => {
    const { client, server, resilience } = await start([openai.errors.server_error, 'hang_up', openai.answer], make);
    const { data, response } = await client.chat.completions.create(ASK).withResponse();
    expect(data.choices[0]?.message.content).toBe('Hello');
    expect(response.headers.get('x-request-id')).toBe('req_openai');
    expect(server.requests).toHaveLength(3);
    expect(resilience.operation('chat').stats('gpt-5')).toMatchObject({ successes: 1, retries: 2 });
  });

  it('reads a stream', async () => {
    const { client } = await start([openai.errors.overloaded, openai.stream], make);
    const texts: unknown[] = [];
    for await (const chunk of await client.chat.completions.create({ ...ASK, stream: true })) {
      texts.push(chunk.choices[0]?.delta.content);
    }
    expect(texts.join('')).toBe('Hello');
  });

  it('throws what the SDK throws, which explain() recognises', async () => {
    const { client, server } = await start(openai.errors.auth, make);
    const error = await client.chat.completions.create(ASK).then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Class.AuthenticationError);
    expect(explain(error)).toMatchObject({ operation: 'chat', failure: { kind: 'auth' } });
    expect(server.requests).toHaveLength(1);
  });

  it('throws our own errors as they are', async () => {
    const { client, server, resilience } = await start(openai.answer, make);
    resilience.breaker('chat', 'gpt-5').open();
    const error = await client.chat.completions.create(ASK).then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BreakerOpenError);
    expect(HoldfastError.is(error)).toBe(true);
    expect(server.requests).toHaveLength(0);
  });

  it('throws a timeout of ours as it is', async () => {
    const { client } = await start('silence', make, { config: { defaults: { retry: false, attemptTimeoutMs: 30 } } });
    const error = await client.chat.completions.create(ASK).then(undefined, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AttemptTimeoutError' });
  });

  it('does not retry beside us, also if a single request asks for it', async () => {
    const { client, server } = await start(openai.errors.server_error, make);
    await expect(client.chat.completions.create(ASK, { maxRetries: 5 })).rejects.toBeInstanceOf(
      Class.InternalServerError,
    );
    expect(server.requests).toHaveLength(3);
  });

  it('throws an error of ours where a stream is cut off', async () => {
    const { client } = await start(half(openai.stream, 'complete'), make);
    const stream = await client.chat.completions.create({ ...ASK, stream: true });
    await expect(read(stream)).rejects.toBeInstanceOf(StreamTruncatedError);
  });

  it('ends a stream that is aborted with an error', async () => {
    const { client, server } = await start(half(openai.stream, 'stall'), make);
    const stream = await client.chat.completions.create({ ...ASK, stream: true });
    setTimeout(() => stream.controller.abort(), 20);
    await expect(read(stream)).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => server.requests[0]?.outcome).toBe('abandoned');
  });

  it('ends the request when the loop over a stream is left, without an error', async () => {
    const { client, server, resilience } = await start(half(openai.stream, 'stall'), make);
    for await (const _chunk of await client.chat.completions.create({ ...ASK, stream: true })) break;
    await expect.poll(() => server.requests[0]?.outcome).toBe('abandoned');
    expect(resilience.breaker('chat', 'gpt-5').stats()).toMatchObject({ failures: 0 });
  });

  it('keeps its protection with other options', async () => {
    const { client, server } = await start([openai.errors.server_error, openai.answer], make);
    if (!('withOptions' in client)) return;
    const other = client.withOptions({ timeout: 5_000 });
    await other.chat.completions.create(ASK);
    expect(server.requests).toHaveLength(2);
  });

  it('sends the next target the same request', async () => {
    const options: ResilienceOptions = { config: { defaults: { retry: false } } };
    const targets = { targets: ['gpt-5', 'gpt-4o'] };
    const { client, server } = await start([openai.errors.overloaded, openai.answer], make, options, targets);
    await client.chat.completions.create(ASK);
    expect(server.requests.map(({ body }) => JSON.parse(body).model)).toEqual(['gpt-5', 'gpt-4o']);
  });
});

describe('a protected client of OpenAI', () => {
  it.each([
    ['6', makeOpenAI],
    ['7', makeOpenAI7 as unknown as typeof makeOpenAI],
  ])('has the helpers of version %s', async (_, make) => {
    const { client, server } = await start(
      [openai.errors.server_error, openai.stream, openai.answer, openai.stream],
      make,
    );
    const runner = client.chat.completions.stream(ASK);
    expect(await runner.finalContent()).toBe('Hello');
    const parsed = await client.chat.completions.parse(ASK);
    expect(parsed.choices[0]?.message.content).toBe('Hello');
    expect(parsed._request_id).toBe('req_openai');
    const [left, right] = (await client.chat.completions.create({ ...ASK, stream: true })).tee();
    await Promise.all([read(left), read(right)]);
    expect(server.requests).toHaveLength(4);
  });

  it('throws its own error for one within a stream, which explain() recognises', async () => {
    const { client } = await start({ ...openai.errors.stream_error, pieceAfterMs: 20 }, makeOpenAI);
    const stream = await client.chat.completions.create({ ...ASK, stream: true });
    const error = await read(stream).then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(explain(error)).toMatchObject({ failure: { kind: 'server_error' }, partial: { text: 'Hel' } });
  });

  it('lists pages', async () => {
    const page: Answer = {
      headers: { 'content-type': 'application/json' },
      body: '{"object":"list","data":[{"id":"gpt-5"}]}',
    };
    const { client, server } = await start([openai.errors.server_error, page], makeOpenAI);
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(['gpt-5']);
    expect(server.requests).toHaveLength(2);
  });

  it('starts its requests before they are awaited', async () => {
    const { client, server } = await start(openai.answer, makeOpenAI);
    const promise = client.chat.completions.create(ASK);
    await server.seen(1);
    await promise;
  });
});

const makeAnthropic = (url: string) => new Anthropic({ apiKey: 'key', baseURL: url });
const MESSAGE = { model: 'claude-sonnet-5', max_tokens: 10, messages: ASK.messages };

describe.each([
  ['Anthropic', makeAnthropic],
  [
    'Anthropic by fetch alone',
    (url: string) => Object.defineProperty(makeAnthropic(url), 'middleware', { value: undefined, writable: true }),
  ],
])('a protected client of %s', (_, make) => {
  it('gets an answer after failures', async () => {
    const { client, server } = await start([anthropic.errors.overloaded, 'reset', anthropic.answer], make);
    const message = await client.messages.create(MESSAGE);
    expect(message.content[0]).toMatchObject({ text: 'Hello' });
    expect(message._request_id).toBeDefined();
    expect(server.requests).toHaveLength(3);
  });

  it('reads a stream by its helper', async () => {
    const { client } = await start([anthropic.errors.overloaded, anthropic.stream], make);
    expect(await client.messages.stream(MESSAGE).finalText()).toBe('Hello');
  });

  it('throws our own errors as they are', async () => {
    const { client } = await start('silence', make, { config: { defaults: { retry: false, attemptTimeoutMs: 30 } } });
    const error = await client.messages.create(MESSAGE).then(undefined, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AttemptTimeoutError' });
  });

  it('throws what the SDK throws', async () => {
    const { client } = await start(anthropic.errors.auth, make);
    const error = await client.messages.create(MESSAGE).then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(explain(error)).toMatchObject({ failure: { kind: 'auth' } });
  });

  it('ends a stream that is aborted with an error', async () => {
    const { client } = await start(half(anthropic.stream, 'stall'), make);
    const stream = await client.messages.create({ ...MESSAGE, stream: true });
    setTimeout(() => stream.controller.abort(), 20);
    await expect(read(stream)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('throws the error of the SDK for one within a stream', async () => {
    const { client } = await start(anthropic.errors.stream_error, make);
    const stream = await client.messages.create({ ...MESSAGE, stream: true });
    await expect(read(stream)).rejects.toBeInstanceOf(Anthropic.APIError);
  });
});

describe('protect()', () => {
  it('refuses what is no client of a known SDK, and a client that is protected already', async () => {
    const { client, resilience } = await start(openai.answer, makeOpenAI);
    const options = { resilience, operation: 'chat' };
    expect(() => protect({}, options)).toThrow(
      /client: must be a client of @anthropic-ai\/sdk, @google\/genai, @aws-sdk\/client-bedrock-runtime, @mistralai\/mistralai, cohere-ai, openai/,
    );
    expect(() => protect(client, options)).toThrow(/client: must not be protected already/);
    // @ts-expect-error No options.
    expect(() => protect(makeOpenAI('http://x'))).toThrow(/options: must be an object with resilience and operation/);
    // @ts-expect-error Wrong options.
    expect(() => protect(makeOpenAI('http://x'), { ...options, retries: 1 })).toThrow(/options\.retries: is unknown/);
  });
});

async function read(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const event of events) all.push(event);
  return all;
}
