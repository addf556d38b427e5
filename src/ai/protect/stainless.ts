import { type Fetch, ReplayableRequest, type SendRequest } from '../http/index.js';
import { type Adapter, construct, define, findMethod, isObject, readField, toFetch, toRecord } from './adapter.js';
import { SentErrors } from './sent-errors.js';
import { surfaceAborts } from './surface-aborts.js';

/**
 * The SDKs that Stainless generates, such as those of OpenAI, Azure OpenAI, Groq and Cerebras: their clients copy themselves
 * with another `fetch`, which sees every request.
 */
export const stainless: Adapter = {
  sdk: 'openai',
  recognises: (client) =>
    typeof readField(client, 'withOptions') === 'function' || typeof readField(client, 'makeRequest') === 'function',
  protect: (client, { send }) => copyStainless(client, { fetch: sendBy(send, toFetch(readField(client, 'fetch'))) }),
};

function sendBy(send: SendRequest, fetch: Fetch): Fetch {
  return async (input, init) => {
    try {
      return await send(new ReplayableRequest(input, init), fetch);
    } catch (error) {
      SentErrors.note(init, error);
      throw error;
    }
  };
}

/** Copies a client with other options, without retries of its own. */
export function copyStainless(client: object, options: object): object {
  const copy = withOptions(client, { ...azureOptions(client), maxRetries: 0, ...options });
  protectRequests(copy);
  return copy;
}

function withOptions(client: object, options: object): object {
  const copyWith = findMethod(client, 'withOptions');
  // Earlier versions have none.
  if (copyWith === undefined) return construct(client, { ...toRecord(readField(client, '_options')), ...options });
  const made = copyWith(options);
  if (isObject(made)) return made;
  throw new TypeError('withOptions() of the client has not returned a client');
}

/** What `withOptions` of Azure's client loses. */
function azureOptions(client: object): object {
  const apiVersion = readField(client, 'apiVersion');
  return typeof apiVersion === 'string' ? { apiVersion, deployment: readField(client, 'deploymentName') } : {};
}

/** Lets errors of ours reach the caller as they are, and a stream that was aborted end with an error. */
function protectRequests(client: object): void {
  const makeRequest = findMethod(client, 'makeRequest');
  const request = findMethod(client, 'request');
  const copyWith = findMethod(client, 'withOptions');
  if (makeRequest !== undefined) {
    define(client, 'makeRequest', async (given: unknown, ...rest: readonly unknown[]) => {
      const errors = new SentErrors();
      const options = toRecord(await given);
      const fetchOptions = errors.addTo(options['fetchOptions']);
      try {
        // Retries that a single request asks for would be made beside ours.
        return await makeRequest({ ...options, maxRetries: 0, fetchOptions }, ...rest);
      } catch (error) {
        throw errors.restore(error);
      }
    });
  }
  if (request !== undefined) {
    define(client, 'request', (...args: readonly unknown[]) => watchStream(request(...args)));
  }
  if (copyWith !== undefined) {
    define(client, 'withOptions', (options: unknown) => {
      const copy = copyWith({ ...azureOptions(client), ...toRecord(options) });
      if (isObject(copy)) protectRequests(copy);
      return copy;
    });
  }
}

/** Watches the stream that a promise of the SDK resolves to. The promise is parsed only when it is awaited. */
function watchStream(promise: unknown): unknown {
  if (!isObject(promise)) return promise;
  const parse: unknown = Reflect.get(promise, 'parseResponse');
  if (typeof parse !== 'function') return promise;
  Reflect.set(promise, 'parseResponse', async (client: unknown, response: unknown, ...rest: readonly unknown[]) => {
    const parsed: unknown = await Reflect.apply(parse, promise, [client, response, ...rest]);
    const { signal } = toRecord(toRecord(response)['options']);
    surfaceAborts(parsed, signal instanceof AbortSignal ? signal : undefined);
    return parsed;
  });
  const unwrap = findMethod(promise, '_thenUnwrap');
  if (unwrap !== undefined) define(promise, '_thenUnwrap', (transform: unknown) => watchStream(unwrap(transform)));
  return promise;
}
