import type { Fetch } from '../http/index.js';
import { type Adapter, construct, findMethod, isObject, readField, toRecord } from './adapter.js';
import { protectSpeakeasy, requestFetcher } from './speakeasy.js';

/** Mistral's SDK, which sends by an HTTP client that it can be given, and creates its parts from its options. */
export const mistral: Adapter = {
  sdk: '@mistralai/mistralai',
  recognises: (client) =>
    findMethod(client, '_do') !== undefined &&
    findMethod(client, '_createRequest') !== undefined &&
    isObject(readField(client, '_options')),
  protect: (client, { send }) => {
    const options = toRecord(readField(client, '_options'));
    const httpClient = { request: requestFetcher(send, fetchOf(options['httpClient'])), clone: () => httpClient };
    const copy = construct(client, { ...options, httpClient, retryConfig: { strategy: 'none' } });
    protectSpeakeasy(copy);
    return copy;
  },
};

/** Sends by the HTTP client that was given, whose hooks see each attempt. */
function fetchOf(httpClient: unknown): Fetch {
  const request = isObject(httpClient) ? findMethod(httpClient, 'request') : undefined;
  if (request === undefined) return (input, init) => globalThis.fetch(input, init);
  return async (input, init) => {
    const response = await request(new Request(input, init));
    if (response instanceof Response) return response;
    throw new TypeError('httpClient.request must resolve to a Response');
  };
}
