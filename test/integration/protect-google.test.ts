import { ApiError, GoogleGenAI } from '@google/genai';
import { ApiError as ApiError3, GoogleGenAI as GoogleGenAI3 } from 'google-genai-3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { explain } from '../../src/entry/root.js';
import { google, half, json } from '../../src/testing/index.js';
import { catchError, itIsProtected, readEvents, startProtected, untilAbandoned } from './sdks/protected.js';

type Client = Pick<GoogleGenAI, 'models' | 'chats' | 'interactions'>;

const ASK = { model: 'gemini-flash', contents: 'Hello' };

describe.each([
  ['2', GoogleGenAI, ApiError],
  ['3', GoogleGenAI3 as unknown as typeof GoogleGenAI, ApiError3],
] as const)('a protected client of Google, version %s', (_, Class, ErrorClass) => {
  const make = (url: string) => new Class({ apiKey: 'key', httpOptions: { baseUrl: url } });
  const withSignal = (abortSignal?: AbortSignal) => ({ ...ASK, config: abortSignal ? { abortSignal } : {} });

  itIsProtected<Client>({
    make,
    Class,
    provider: google,
    model: 'gemini-flash',
    chat: (client, signal) => client.models.generateContent(withSignal(signal)),
    stream: (client, signal) => client.models.generateContentStream(withSignal(signal)),
    readAnswer: ({ text }: { text: string }) => text,
    readEvent: ({ text }: { text: string }) => text,
    authError: { name: 'ApiError', status: 401 },
    modelOf: ({ path }) => /models\/([^:]+)/.exec(path)?.[1],
  });

  it('throws errors of its class', async () => {
    const { client } = await startProtected(google.errors.auth, make);
    expect(await catchError(client.models.generateContent(ASK))).toBeInstanceOf(ErrorClass);
  });

  it('does not retry if the client or a request asks for it', async () => {
    const retrying = (url: string) =>
      new Class({ apiKey: 'key', httpOptions: { baseUrl: url, retryOptions: { attempts: 4 } } });
    const { client, bare, server } = await startProtected(google.errors.server_error, retrying);
    const config = { httpOptions: { retryOptions: { attempts: 5 } } };
    await catchError(client.models.generateContent({ ...ASK, config }));
    expect(server.requests).toHaveLength(3);
    expect(bare).toMatchObject({ httpOptions: { retryOptions: { attempts: 4 } } });
  });

  it('takes the timeout of the client for one attempt', async () => {
    const { client, server } = await startProtected(['silence', google.answer], make);
    const answer = await client.models.generateContent({ ...ASK, config: { httpOptions: { timeout: 300 } } });
    expect(answer.text).toBe('Hello');
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it('sends by the fetch that it was given', async () => {
    const fetch = vi.fn(globalThis.fetch);
    const { client } = await startProtected(
      google.answer,
      (url) => new Class({ apiKey: 'key', httpOptions: { baseUrl: url, fetch } }),
    );
    await client.models.generateContent(ASK);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('has chats', async () => {
    const { client, server } = await startProtected([google.errors.unavailable, google.answer, google.stream], make);
    const chat = client.chats.create({ model: 'gemini-flash' });
    expect((await chat.sendMessage({ message: 'Hello' })).text).toBe('Hello');
    await readEvents(await chat.sendMessageStream({ message: 'Hello' }));
    expect(chat.getHistory()).toHaveLength(5);
    expect(server.requests).toHaveLength(3);
  });

  it('throws the error of the SDK for one within a stream', async () => {
    const { client } = await startProtected({ ...google.errors.stream_unavailable, pieceAfterMs: 20 }, make);
    const events = await client.models.generateContentStream(ASK);
    const error = await catchError(readEvents(events));
    expect(error).toMatchObject({ name: 'ApiError', status: 503 });
    expect(explain(error)).toMatchObject({ failure: { kind: 'overloaded' }, partial: { text: 'Hel' } });
  });

  it('ends the request of a stream that is closed before it is read', async () => {
    const { client, server } = await startProtected(half(google.stream, 'stall'), make);
    const events = await client.models.generateContentStream(ASK);
    await events.next();
    await events.return(undefined);
    await untilAbandoned(server);
  });

  it('protects its interactions', async () => {
    const answer = json(200, { id: 'int-1', status: 'completed', outputs: [{ type: 'text', text: 'Hello' }] });
    const { client, server } = await startProtected([google.errors.server_error, answer], make);
    await client.interactions.create({ model: 'gemini-flash', input: 'Hello' });
    expect(server.requests).toHaveLength(2);
    const failing = await startProtected(google.errors.server_error, make);
    const error = await catchError(failing.client.interactions.create({ model: 'gemini-flash', input: 'Hello' }));
    expect(failing.server.requests).toHaveLength(3);
    expect(error).toMatchObject({ status: 500 });
    expect(explain(error)).toMatchObject({ operation: 'chat', key: 'gemini-flash' });
  });

  it('is copied whatever the environment says of the project', async () => {
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'project');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { client } = await startProtected(google.answer, make);
    expect((await client.models.generateContent(ASK)).text).toBe('Hello');
  });

  it('calls Vertex AI with the credentials of the given client', async () => {
    const vertex = (url: string) =>
      new Class({
        vertexai: true,
        project: 'project',
        location: 'us-central1',
        httpOptions: { baseUrl: url },
        googleAuthOptions: {
          authClient: { getRequestHeaders: async () => new Headers({ authorization: 'token' }) } as never,
        },
      });
    const { client, server, resilience } = await startProtected([google.errors.server_error, google.answer], vertex);
    expect((await client.models.generateContent(ASK)).text).toBe('Hello');
    expect(server.requests[1]).toMatchObject({
      headers: { authorization: 'token' },
      path: expect.stringContaining('/projects/project/locations/us-central1/publishers/google/models/gemini-flash:'),
    });
    expect(resilience.operation('chat').stats('gemini-flash')).toMatchObject({ successes: 1 });
  });
});
