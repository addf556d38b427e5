import { HTTPClient, Mistral } from '@mistralai/mistralai';
import { MistralError } from '@mistralai/mistralai/models/errors';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/entry/root.js';
import { json, mistral } from '../../src/testing/index.js';
import { catchError, itIsProtected, readEvents, startProtected } from './sdks/protected.js';

const ASK = { model: 'mistral-small', messages: [{ role: 'user' as const, content: 'Hello' }] };
const make = (url: string) => new Mistral({ apiKey: 'key', serverURL: url });
const withSignal = (signal?: AbortSignal) => (signal ? { fetchOptions: { signal } } : {});

describe('a protected client of Mistral', () => {
  itIsProtected<Mistral>({
    make,
    Class: Mistral,
    provider: mistral,
    model: 'mistral-small',
    chat: (client, signal) => client.chat.complete(ASK, withSignal(signal)),
    stream: (client, signal) => client.chat.stream(ASK, withSignal(signal)),
    readAnswer: ({ choices }: { choices: { message: { content: string } }[] }) => choices[0]?.message.content,
    readEvent: ({ data }: { data: { choices: { delta: { content: string } }[] } }) => data.choices[0]?.delta.content,
    authError: { statusCode: 401 },
    abortError: { name: 'RequestAbortedError' },
    modelOf: ({ body }) => JSON.parse(body).model,
  });

  it('throws errors of the SDK', async () => {
    const { client } = await startProtected(mistral.errors.server_error, make);
    const error = await catchError(client.chat.complete(ASK));
    expect(error).toBeInstanceOf(MistralError);
    expect(explain(error)?.attempts).toHaveLength(3);
  });

  it('does not retry if the client or a request asks for it', async () => {
    const retries = {
      strategy: 'backoff',
      backoff: { initialInterval: 1, maxInterval: 1, exponent: 1, maxElapsedTime: 500 },
    } as const;
    const retrying = (url: string) => new Mistral({ apiKey: 'key', serverURL: url, retryConfig: retries });
    const { client, server } = await startProtected(mistral.errors.server_error, retrying);
    await catchError(client.chat.complete(ASK, { retries }));
    expect(server.requests).toHaveLength(3);
  });

  it('sends by the HTTP client that it was given', async () => {
    const seen: string[] = [];
    const httpClient = new HTTPClient();
    httpClient.addHook('beforeRequest', (request) => void seen.push(request.method));
    const { client } = await startProtected(
      [mistral.errors.server_error, mistral.answer],
      (url) => new Mistral({ apiKey: 'key', serverURL: url, httpClient }),
    );
    await client.chat.complete(ASK);
    expect(seen).toEqual(['POST', 'POST']);
  });

  it('protects all its parts', async () => {
    const embeddings = json(200, {
      id: 'e',
      object: 'list',
      model: 'mistral-embed',
      data: [],
      usage: { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 },
    });
    const { client, server, resilience } = await startProtected([mistral.errors.server_error, embeddings], make);
    await client.embeddings.create({ model: 'mistral-embed', inputs: ['Hello'] });
    expect(server.requests).toHaveLength(2);
    resilience.breaker('chat').open();
    expect(await catchError(client.beta.libraries.list({}))).toMatchObject({ name: 'BreakerOpenError' });
    expect(server.requests).toHaveLength(2);
  });

  it('sends files', async () => {
    const file = json(200, {
      id: '497f6eca-6276-4993-bfeb-53cbbbba6f09',
      object: 'file',
      bytes: 5,
      created_at: 1,
      filename: 'a',
      purpose: 'batch',
      sample_type: 'batch_request',
      source: 'upload',
    });
    const { client, server } = await startProtected([mistral.errors.server_error, file], make);
    await client.files.upload({ file: { fileName: 'a', content: new Blob(['Hello']) } });
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.body).toBe(server.requests[0]?.body);
    expect(server.requests[1]?.body).toContain('Hello');
  });

  it('ends a stream with an error for one within it', async () => {
    const { client } = await startProtected(mistral.errors.stream_error, make);
    expect(await catchError(readEvents(await client.chat.stream(ASK)))).toBeInstanceOf(Error);
  });
});
