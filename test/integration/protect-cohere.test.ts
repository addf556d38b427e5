import { Cohere, CohereClient, CohereClientV2, CohereError } from 'cohere-ai';
import { describe, expect, it, vi } from 'vitest';
import { explain } from '../../src/entry/root.js';
import { cohere, json } from '../../src/testing/index.js';
import { catchError, itIsProtected, readEvents, startProtected } from './sdks/protected.js';

const ASK = { model: 'command-r', messages: [{ role: 'user' as const, content: 'Hello' }] };
const make = (url: string) => new CohereClientV2({ token: 'key', environment: url });
const makeFirst = (url: string) => new CohereClient({ token: 'key', environment: url });
const withSignal = (abortSignal?: AbortSignal) => (abortSignal ? { abortSignal } : {});

interface ChatAnswer {
  readonly message: { readonly content: readonly { readonly text: string }[] };
}
interface ChatEvent {
  readonly delta?: { readonly message?: { readonly content?: { readonly text?: string } } };
}

const shared = {
  provider: { ...cohere, errors: { ...cohere.errors } },
  model: 'command-r',
  readAnswer: ({ message }: ChatAnswer) => message.content[0]?.text,
  readEvent: ({ delta }: ChatEvent) => delta?.message?.content?.text,
  authError: { statusCode: 401 },
  modelOf: ({ body }: { body: string }) => JSON.parse(body).model,
};

describe('a protected client of Cohere, version 2 of its API', () => {
  itIsProtected<CohereClientV2>({
    ...shared,
    make,
    Class: CohereClientV2,
    chat: (client, signal) => client.chat(ASK, withSignal(signal)),
    stream: (client, signal) => client.chatStream(ASK, withSignal(signal)),
  });

  it('throws errors of the SDK', async () => {
    const { client } = await startProtected(cohere.errors.server_error, make);
    const error = await catchError(client.chat(ASK));
    expect(error).toBeInstanceOf(CohereError);
    expect(error).toBeInstanceOf(Cohere.InternalServerError);
    expect(explain(error)?.attempts).toHaveLength(3);
  });

  it('gives the raw response', async () => {
    const { client } = await startProtected(cohere.answer, make);
    const { data, rawResponse } = await client.chat(ASK).withRawResponse();
    expect(data.message.content?.[0]).toMatchObject({ text: 'Hello' });
    expect(rawResponse.headers.get('x-debug-trace-id')).toBe('req-cohere');
  });

  it('does not retry if the client or a request asks for it', async () => {
    const retrying = (url: string) => new CohereClientV2({ token: 'key', environment: url, maxRetries: 4 });
    const { client, server } = await startProtected(cohere.errors.server_error, retrying);
    await catchError(client.chat(ASK, { maxRetries: 5 }));
    expect(server.requests).toHaveLength(3);
  });

  it('sends by the fetch that it was given', async () => {
    const fetch = vi.fn(globalThis.fetch);
    const { client } = await startProtected(
      cohere.answer,
      (url) => new CohereClientV2({ token: 'key', environment: url, fetch }),
    );
    await client.chat(ASK);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('protects all its parts', async () => {
    const models = json(200, { models: [{ name: 'command-r' }] });
    const { client, server, resilience } = await startProtected([cohere.errors.server_error, models], make);
    expect((await client.models.list()).models).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
    resilience.breaker('chat').open();
    expect(await catchError(client.models.list())).toMatchObject({ name: 'BreakerOpenError' });
    expect(await catchError(client.fetch('/v2/other'))).toMatchObject({ name: 'BreakerOpenError' });
  });

  it('throws an error where a stream ends with a failure, which the SDK passes on like any other end', async () => {
    const slow = { ...cohere.errors.stream_error, pieceAfterMs: 20 };
    const { client, server, resilience } = await startProtected(slow, make);
    const error = await catchError(readEvents(await client.chatStream(ASK)));
    expect(explain(error)).toMatchObject({ failure: { kind: 'server_error' }, partial: { text: 'Hel' } });
    expect(resilience.breaker('chat', 'command-r').stats()).toMatchObject({ failures: 1 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a protected client of Cohere, version 1 of its API', () => {
  itIsProtected<CohereClient>({
    ...shared,
    make: makeFirst,
    Class: CohereClient,
    chat: (client, signal) => client.v2.chat(ASK, withSignal(signal)),
    stream: (client, signal) => client.v2.chatStream(ASK, withSignal(signal)),
  });

  it('has the methods of that version', async () => {
    const answer = json(200, { text: 'Hello', generation_id: 'g' });
    const events = [
      '{"event_type":"text-generation","text":"Hello"}',
      '{"event_type":"stream-end","finish_reason":"COMPLETE"}',
    ];
    const stream = {
      headers: { 'content-type': 'application/stream+json' },
      body: events.map((event) => `${event}\n`),
    };
    const { client, server } = await startProtected(
      [cohere.errors.server_error, answer, cohere.errors.server_error, stream],
      makeFirst,
    );
    expect((await client.chat({ message: 'Hello' })).text).toBe('Hello');
    expect(await readEvents(await client.chatStream({ message: 'Hello' }))).toMatchObject([{ text: 'Hello' }, {}]);
    expect(server.requests).toHaveLength(4);
  });
});
