import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type Ask, type Client, drained } from './client.js';

const REQUEST = { modelId: 'anthropic.claude', messages: [{ role: 'user' as const, content: [{ text: 'Hello' }] }] };

/** Speaks HTTP/1, unlike this client by default. */
function client({ url, timeoutMs }: Ask): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    endpoint: url,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ requestTimeout: timeoutMs, throwOnRequestTimeout: true }),
  });
}

function options({ signal }: Ask) {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** The SDK of Amazon Bedrock. */
export const bedrockClient: Client = {
  async chat(ask) {
    return client(ask).send(new ConverseCommand(REQUEST), options(ask));
  },
  async stream(ask) {
    const { stream } = await client(ask).send(new ConverseStreamCommand(REQUEST), options(ask));
    return drained(stream, ask);
  },
};
