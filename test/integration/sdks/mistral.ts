import { Mistral } from '@mistralai/mistralai';
import { type Ask, type Client, readAll } from './client.js';

const REQUEST = { model: 'mistral-small', messages: [{ role: 'user' as const, content: 'Hello' }] };

function client({ url, timeoutMs }: Ask): Mistral {
  return new Mistral({ apiKey: 'key', serverURL: url, timeoutMs, retryConfig: { strategy: 'none' } });
}

function options({ signal }: Ask) {
  return signal === undefined ? {} : { fetchOptions: { signal } };
}

/** The SDK of Mistral. */
export const mistralClient: Client = {
  async chat(ask) {
    return client(ask).chat.complete(REQUEST, options(ask));
  },
  async stream(ask) {
    return readAll(await client(ask).chat.stream(REQUEST, options(ask)), ask);
  },
};
