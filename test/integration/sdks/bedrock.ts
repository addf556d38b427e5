import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import { type Ask, type Client, readAll } from './client.js';

const REQUEST = { modelId: 'anthropic.claude', messages: [{ role: 'user' as const, content: [{ text: 'Hello' }] }] };

type Handler = Pick<BedrockRuntimeClientConfig, 'requestHandler'>;

function sdk({ url }: Ask, handler: Handler): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    endpoint: url,
    maxAttempts: 1,
    ...handler,
  });
}

function options({ signal, timeoutMs }: Ask) {
  return { requestTimeout: timeoutMs, ...(signal === undefined ? {} : { abortSignal: signal }) };
}

function createClient(handlerFor: (ask: Ask) => Handler): Client {
  return {
    async chat(ask) {
      return sdk(ask, handlerFor(ask)).send(new ConverseCommand(REQUEST), options(ask));
    },
    async stream(ask) {
      const { stream } = await sdk(ask, handlerFor(ask)).send(new ConverseStreamCommand(REQUEST), options(ask));
      return readAll(stream, ask);
    },
  };
}

/** The SDK of Amazon Bedrock over HTTP/1, which is not its default. */
export const bedrockClient: Client = createClient(({ timeoutMs }) => ({
  requestHandler: new NodeHttpHandler({ requestTimeout: timeoutMs, throwOnRequestTimeout: true }),
}));

/** The same with its default: over HTTP/2, with a connection for each request. */
export const bedrockOverHttp2: Client = createClient(() => ({}));

/** The same with a shared connection, whose errors have other names. */
export const bedrockOverSharedHttp2: Client = createClient(() => ({ requestHandler: new NodeHttp2Handler() }));
