import { CohereClientV2 } from 'cohere-ai';
import { type Ask, type Client, readAll } from './client.js';

const REQUEST = { model: 'command-r', messages: [{ role: 'user' as const, content: 'Hello' }] };

function client({ url }: Ask): CohereClientV2 {
  return new CohereClientV2({ token: 'key', environment: url });
}

function options({ signal, timeoutMs }: Ask) {
  const own = { maxRetries: 0, timeoutInSeconds: timeoutMs / 1000 };
  return signal === undefined ? own : { ...own, abortSignal: signal };
}

/** The SDK of Cohere. */
export const cohereClient: Client = {
  async chat(ask) {
    return client(ask).chat(REQUEST, options(ask));
  },
  async stream(ask) {
    return readAll(await client(ask).chatStream(REQUEST, options(ask)), ask);
  },
};
