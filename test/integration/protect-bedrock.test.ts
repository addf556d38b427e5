import { getEventListeners } from 'node:events';
import {
  BedrockRuntime,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InternalServerException,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  StartAsyncInvokeCommand,
  ThrottlingException,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describe, expect, it } from 'vitest';
import { protect } from '../../src/entry/ai.js';
import { explain, StreamTruncatedError } from '../../src/entry/root.js';
import { awsEventStream, bedrock, half, json } from '../../src/testing/index.js';
import { answering, h2c } from '../support/h2c.js';
import { catchError, itIsProtected, NO_RETRY, readEvents, startProtected, untilAbandoned } from './sdks/protected.js';

const ASK = { modelId: 'anthropic.claude', messages: [{ role: 'user' as const, content: [{ text: 'Hello' }] }] };
const CONFIG = { region: 'eu-west-1', credentials: { accessKeyId: 'id', secretAccessKey: 'secret' } };

const make = (url: string) =>
  new BedrockRuntimeClient({ ...CONFIG, endpoint: url, requestHandler: new NodeHttpHandler() });

const withSignal = (abortSignal?: AbortSignal) => (abortSignal ? { abortSignal } : {});

async function streamOf(client: BedrockRuntimeClient, signal?: AbortSignal): Promise<AsyncIterable<unknown>> {
  const { stream } = await client.send(new ConverseStreamCommand(ASK), withSignal(signal));
  return stream ?? never();
}

describe('a protected client of Bedrock', () => {
  itIsProtected<BedrockRuntimeClient>({
    make,
    Class: BedrockRuntimeClient,
    provider: bedrock,
    model: 'anthropic.claude',
    chat: (client, signal) => client.send(new ConverseCommand(ASK), withSignal(signal)),
    stream: streamOf,
    readAnswer: ({ output }: { output: { message: { content: { text: string }[] } } }) =>
      output.message.content[0]?.text,
    readEvent: ({ contentBlockDelta }: { contentBlockDelta?: { delta: { text: string } } }) =>
      contentBlockDelta?.delta.text,
    authError: { name: 'UnrecognizedClientException', $metadata: { httpStatusCode: 401 } },
    modelOf: ({ path }) => decodeURIComponent(/model\/([^/]+)/.exec(path)?.[1] ?? ''),
  });

  it('leaves no listener on the signal of a caller', async () => {
    const { client } = await startProtected([bedrock.answer, bedrock.stream], make);
    const { signal } = new AbortController();
    await client.send(new ConverseCommand(ASK), { abortSignal: signal });
    await readEvents(await streamOf(client, signal));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('throws the exceptions of the SDK', async () => {
    const { client } = await startProtected(bedrock.errors.server_error, make);
    const error = await catchError(client.send(new ConverseCommand(ASK)));
    expect(error).toBeInstanceOf(InternalServerException);
    expect(explain(error)?.attempts).toHaveLength(3);
  });

  it('tells in the metadata how many attempts there were', async () => {
    const { client } = await startProtected([bedrock.errors.server_error, bedrock.answer], make);
    const { $metadata } = await client.send(new ConverseCommand(ASK));
    expect($metadata).toMatchObject({ attempts: 2, httpStatusCode: 200 });
  });

  it('signs each attempt anew, for the model of its target', async () => {
    const { client, server } = await startProtected([bedrock.errors.unavailable, bedrock.answer], make, NO_RETRY, {
      targets: [
        'one:1',
        { name: 'two', prepare: (input) => ({ ...input, modelId: 'two:2', system: [{ text: 'Be brief' }] }) },
      ],
    });
    await client.send(new ConverseCommand(ASK));
    const [first, second] = server.requests;
    expect(first?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
    expect(second?.headers.authorization).not.toBe(first?.headers.authorization);
    expect(second?.path).toBe('/model/two%3A2/converse');
    expect(JSON.parse(second?.body ?? '')).toMatchObject({ system: [{ text: 'Be brief' }] });
  });

  it('throws the exception within a stream', async () => {
    const { client } = await startProtected(bedrock.errors.stream_throttled, make);
    const error = await catchError(readEvents(await streamOf(client)));
    expect(error).toBeInstanceOf(ThrottlingException);
    expect(explain(error)).toMatchObject({ failure: { kind: 'rate_limited' }, partial: { text: 'Hel' } });
  });

  it('keeps the middleware of the given client and of a command, and leaves them as they are', async () => {
    const { bare, server, resilience } = await startProtected([bedrock.errors.server_error, bedrock.answer], make);
    const seen: string[] = [];
    bare.middlewareStack.add(
      (next) => (args) => {
        seen.push('client');
        return next(args);
      },
      { step: 'build' },
    );
    const names = bare.middlewareStack.identify();
    const client = protect(bare, { resilience, operation: 'chat' });
    const command = new ConverseCommand(ASK);
    command.middlewareStack.add(
      (next) => (args) => {
        seen.push('command');
        return next(args);
      },
      { step: 'build' },
    );
    await client.send(command);
    expect(seen.toSorted()).toEqual(['client', 'client', 'command', 'command']);
    expect(bare.middlewareStack.identify()).toEqual(names);
    expect(command.input).toBe(ASK);
    expect(server.requests).toHaveLength(2);
  });

  it('takes callbacks', async () => {
    const { client } = await startProtected([bedrock.answer, bedrock.errors.auth], make);
    const send = () =>
      new Promise((resolve) => {
        client.send(new ConverseCommand(ASK), (error, output) => resolve(error ?? output?.stopReason));
      });
    expect(await send()).toBe('end_turn');
    expect(await send()).toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it('has the methods of the larger client', async () => {
    const larger = (url: string) =>
      new BedrockRuntime({ ...CONFIG, endpoint: url, requestHandler: new NodeHttpHandler() });
    const { client, server } = await startProtected([bedrock.errors.server_error, bedrock.answer], larger);
    expect(client).toBeInstanceOf(BedrockRuntime);
    expect((await client.converse(ASK)).stopReason).toBe('end_turn');
    expect(server.requests).toHaveLength(2);
  });

  it('starts work once, though it sends the request twice', async () => {
    const { client, server } = await startProtected(
      [bedrock.errors.server_error, json(200, { invocationArn: 'arn' })],
      make,
    );
    await client.send(
      new StartAsyncInvokeCommand({
        modelId: 'amazon.nova-reel',
        modelInput: { text: 'Hello' },
        outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://bucket' } },
      }),
    );
    const tokens = server.requests.map(({ body }) => JSON.parse(body).clientRequestToken);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(tokens[1]).toBe(tokens[0]);
  });

  it('speaks HTTP/2, as the SDK does by default', async () => {
    const server = await h2c(answering(bedrock.stream));
    const { client } = await startProtected(
      'reset',
      () => new BedrockRuntimeClient({ ...CONFIG, endpoint: server.url }),
    );
    expect(await readEvents(await streamOf(client))).toHaveLength(6);
  });
});

describe('InvokeModel by a protected client of Bedrock', () => {
  const invoke = { modelId: 'anthropic.claude', body: '{"messages":[]}', contentType: 'application/json' };
  const chunk = (event: object) => ({
    headers: { ':message-type': 'event', ':event-type': 'chunk', ':content-type': 'application/json' },
    payload: { bytes: Buffer.from(JSON.stringify(event)).toString('base64') },
  });
  const stream = awsEventStream([
    chunk({ type: 'message_start', message: { usage: { input_tokens: 2 } } }),
    chunk({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } }),
    chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } }),
    chunk({ type: 'content_block_stop', index: 0 }),
    chunk({ type: 'message_stop' }),
  ]);

  it('gets an answer after a failure', async () => {
    const { client, server } = await startProtected(
      [bedrock.errors.server_error, json(200, { content: [{ type: 'text', text: 'Hello' }] })],
      make,
    );
    const { body } = await client.send(new InvokeModelCommand(invoke));
    expect(JSON.parse(body.transformToString())).toMatchObject({ content: [{ text: 'Hello' }] });
    expect(server.requests).toHaveLength(2);
  });

  it('reads the events of the provider behind it', async () => {
    const { client, server } = await startProtected(
      [bedrock.errors.server_error, stream, half(stream, 'complete')],
      make,
    );
    const { body } = await client.send(new InvokeModelWithResponseStreamCommand(invoke));
    expect(await readEvents(body ?? never())).toHaveLength(6);
    const { body: short } = await client.send(new InvokeModelWithResponseStreamCommand(invoke));
    const error = await catchError(readEvents(short ?? never()));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error).toMatchObject({ partial: { text: 'Hel' } });
    expect(server.requests).toHaveLength(3);
  });

  it('ends the request when the loop is left', async () => {
    const { client, server } = await startProtected(half(stream, 'stall'), make);
    const { body } = await client.send(new InvokeModelWithResponseStreamCommand(invoke));
    for await (const _event of body ?? never()) break;
    await untilAbandoned(server);
  });
});

function never(): never {
  throw new Error('is no stream');
}
