import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/entry/root.js';
import { type Answer, anthropic, awsEventStream, openai } from '../../src/testing/index.js';
import { catchError, itIsProtected, readEvents, startProtected } from './sdks/protected.js';

const ASK = { model: 'claude-sonnet-5', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] };
const withSignal = (signal?: AbortSignal) => (signal ? { signal } : {});

interface Client {
  readonly messages: Pick<Anthropic['messages'], 'create'>;
}

const shared = {
  model: ASK.model,
  chat: (client: Client, signal?: AbortSignal) => client.messages.create(ASK, withSignal(signal)),
  stream: (client: Client, signal?: AbortSignal) =>
    client.messages.create({ ...ASK, stream: true }, withSignal(signal)),
  readAnswer: ({ content }: { content: { text: string }[] }) => content[0]?.text,
  readEvent: ({ delta }: { delta?: { text?: string } }) => delta?.text,
  authError: { status: 401 },
  abortError: { message: 'Request was aborted.' },
};

/** The stream as Bedrock sends it: each event of Anthropic within one of its own. */
function toBedrock({ body, ...answer }: Answer): Answer {
  const events = Array.isArray(body) ? body : [];
  const chunks = events.map((event) => ({
    headers: { ':message-type': 'event', ':event-type': 'chunk', ':content-type': 'application/json' },
    payload: { bytes: Buffer.from(/data: (.*)/.exec(String(event))?.[1] ?? '').toString('base64') },
  }));
  return { ...answer, ...awsEventStream(chunks) };
}

describe('a protected client of Anthropic on Bedrock', () => {
  const make = (url: string) =>
    new AnthropicBedrock({ awsRegion: 'eu-west-1', awsAccessKey: 'id', awsSecretKey: 'secret', baseURL: url });

  itIsProtected<Client>({
    ...shared,
    make,
    Class: AnthropicBedrock,
    provider: { ...anthropic, stream: toBedrock(anthropic.stream) },
    modelOf: ({ path }) => decodeURIComponent(/model\/([^/]+)/.exec(path)?.[1] ?? ''),
  });

  it('signs each attempt', async () => {
    const { client, server } = await startProtected([anthropic.errors.server_error, anthropic.answer], make);
    await client.messages.create(ASK);
    for (const { headers } of server.requests) expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
    expect(server.requests).toHaveLength(2);
  });
});

describe('a protected client of Anthropic on Vertex', () => {
  const authClient = { getRequestHeaders: () => Promise.resolve(new Headers({ authorization: 'Bearer token' })) };
  const make = (url: string) =>
    new AnthropicVertex({
      region: 'us-east5',
      projectId: 'project',
      baseURL: url,
      authClient: authClient as unknown as NonNullable<ConstructorParameters<typeof AnthropicVertex>[0]>['authClient'] &
        object,
    });

  itIsProtected<Client>({
    ...shared,
    make,
    Class: AnthropicVertex,
    provider: anthropic,
    modelOf: ({ path }) => /models\/([^:]+)/.exec(path)?.[1],
  });

  it('keeps its credentials', async () => {
    const { client, server } = await startProtected([anthropic.errors.server_error, anthropic.answer], make);
    await client.messages.create(ASK);
    for (const { headers } of server.requests) expect(headers.authorization).toBe('Bearer token');
  });

  it('throws the error of the SDK for one within a stream, which explain() recognises', async () => {
    const { client } = await startProtected({ ...anthropic.errors.stream_error, pieceAfterMs: 20 }, make);
    const error = await catchError(readEvents(await client.messages.create({ ...ASK, stream: true })));
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(explain(error)).toMatchObject({ failure: { kind: 'server_error' }, partial: { text: 'Hel' } });
  });
});

describe('a protected client of OpenAI for another provider', () => {
  itIsProtected<OpenAI>({
    make: (url) => new OpenAI({ apiKey: 'key', baseURL: `${url}/api/v1` }),
    Class: OpenAI,
    provider: openai,
    model: 'vendor/model',
    chat: (client, signal) =>
      client.chat.completions.create({ model: 'vendor/model', messages: ASK.messages }, withSignal(signal)),
    stream: (client, signal) =>
      client.chat.completions.create(
        { model: 'vendor/model', messages: ASK.messages, stream: true },
        withSignal(signal),
      ),
    readAnswer: ({ choices }: { choices: { message: { content: string } }[] }) => choices[0]?.message.content,
    readEvent: ({ choices }: { choices: { delta: { content: string } }[] }) => choices[0]?.delta.content,
    authError: { status: 401 },
    abortError: { message: 'Request was aborted.' },
    modelOf: ({ body }) => JSON.parse(body).model,
  });
});
