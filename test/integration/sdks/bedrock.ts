import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import { type Ask, type Client, drained } from './client.js';

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

function clientBy(handlerFor: (ask: Ask) => Handler): Client {
  return {
    async chat(ask) {
      return sdk(ask, handlerFor(ask)).send(new ConverseCommand(REQUEST), options(ask));
    },
    async stream(ask) {
      const { stream } = await sdk(ask, handlerFor(ask)).send(new ConverseStreamCommand(REQUEST), options(ask));
      return drained(stream, ask);
    },
  };
}

/** The SDK of Amazon Bedrock over HTTP/1, unlike by default. */
export const bedrockClient: Client = clientBy(({ timeoutMs }) => ({
  requestHandler: new NodeHttpHandler({ requestTimeout: timeoutMs, throwOnRequestTimeout: true }),
}));

/** The same as it is by default: over HTTP/2, with a connection for each request. */
export const bedrockOverHttp2: Client = clientBy(() => ({}));

/** The same with requests that share a connection, whose errors it names otherwise. */
export const bedrockOverSharedHttp2: Client = clientBy(() => ({ requestHandler: new NodeHttp2Handler() }));
