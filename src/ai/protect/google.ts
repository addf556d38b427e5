import { HoldfastError } from '../../errors/index.js';
import { isSignal } from '../../runtime/index.js';
import { type Fetch, ReplayableRequest, type RequestCalls } from '../http/index.js';
import {
  type Adapter,
  construct,
  define,
  findMethod,
  isObject,
  type Protection,
  protectParts,
  readField,
  toFetch,
  toRecord,
} from './adapter.js';
import { protectSpeakeasy, requestFetcher } from './speakeasy.js';

/**
 * Google's SDK, versions 2 and 3, for Gemini and Vertex AI. Every part of a client sends its requests by the one `apiClient` of
 * it, whose methods are public to these parts. Live sessions have connections of their own, and are as before.
 */
export const google: Adapter = {
  sdk: '@google/genai',
  recognises: (client) => {
    const api = readField(client, 'apiClient');
    return isObject(api) && findMethod(api, 'apiCall') !== undefined && findMethod(api, 'unaryApiCall') !== undefined;
  },
  protect: (client, protection) => {
    const copy = copyClient(client);
    const api = readField(copy, 'apiClient');
    if (!isObject(api)) throw new TypeError('the client cannot be copied');
    protectRequests(api, protection);
    const fetcher = requestFetcher(protection.send, toFetch(readField(optionsOf(api), 'fetch')));
    // Read by the parts that another generator has written, such as `interactions`.
    define(api, 'getFetch', () => fetcher);
    protectNewParts(copy);
    return copy;
  },
};

/** A client with parts of its own. What was resolved for the given one, such as its credentials, is used by both. */
function copyClient(client: object): object {
  const { vertexai, apiKey, project, location, apiVersion, httpOptions } = toRecord(client);
  const copy = construct(client, {
    vertexai,
    apiKey,
    apiVersion,
    httpOptions: toRecord(httpOptions),
    // Refused for Gemini, though a client takes them from the environment.
    ...(vertexai === true && { project, location }),
  });
  for (const name of ['apiClient', 'live']) {
    const [from, to] = [readField(client, name), readField(copy, name)];
    if (!isObject(from) || !isObject(to)) continue;
    for (const field of ['clientOptions', 'customBaseUrl', 'auth']) {
      if (Object.hasOwn(from, field)) Reflect.set(to, field, readField(from, field));
    }
  }
  return Object.assign(copy, { vertexai, apiKey, project, location, apiVersion, httpOptions });
}

/** The options of the requests of a client. */
function optionsOf(api: object): object {
  return toRecord(toRecord(readField(api, 'clientOptions'))['httpOptions']);
}

/** The field of a request by which its response is found again. */
const ANSWER = Symbol('holdfast.answer');

function protectRequests(api: object, { calls, send }: Protection): void {
  const readStream = findMethod(api, 'processStreamResponse');
  if (readStream === undefined) throw new TypeError('the client cannot be copied');
  define(api, 'apiCall', async (...args: readonly unknown[]) => {
    const [url, init, _retries, timeoutMs, signal, fetch] = args;
    const own = toRecord(init);
    const request = new ReplayableRequest(String(url), { ...own, signal: isSignal(signal) ? signal : null });
    // Without retries, and with its timeout for each attempt.
    const attempt: Fetch = (input, changed) =>
      toFetch(fetch)(input, { ...changed, signal: limit(changed?.signal, timeoutMs) });
    const response = await send(request, attempt);
    const answer: unknown = Reflect.get(own, ANSWER);
    if (answer instanceof Answer) answer.headers = response.headers;
    return response;
  });
  define(api, 'processStreamResponse', (response: unknown) =>
    closeWithReader(readStream(response), response, calls.door),
  );
  for (const name of ['unaryApiCall', 'streamApiCall']) {
    const call = findMethod(api, name);
    if (call === undefined) continue;
    define(api, name, async (url: unknown, init: unknown, ...rest: readonly unknown[]) => {
      const answer = new Answer();
      try {
        return await call(url, { ...toRecord(init), [ANSWER]: answer }, ...rest);
      } catch (error) {
        // The errors of this SDK do not have the headers.
        if (answer.headers !== undefined && isObject(error)) calls.door.remember(error, answer.headers);
        throw error;
      }
    });
  }
}

class Answer {
  headers: Headers | undefined;
}

/** Ends an attempt at the timeout of the SDK by an error that says so; its own cannot be told from an abort. */
function limit(signal: AbortSignal | null | undefined, timeoutMs: unknown): AbortSignal | null {
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0)) return signal ?? null;
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** The generator of the SDK stops reading a response without closing it, and its errors do not have the headers. */
async function* closeWithReader(
  chunks: unknown,
  response: unknown,
  door: RequestCalls['door'],
): AsyncGenerator<unknown, void> {
  if (!isIterable(chunks) || !(response instanceof Response)) throw new TypeError('the stream cannot be read');
  try {
    yield* chunks;
  } catch (error) {
    if (isObject(error) && !HoldfastError.is(error)) door.remember(error, response.headers);
    throw error;
  } finally {
    // An upstream that has gone is what is wanted.
    if (response.body?.locked === false) await response.body.cancel().then(undefined, () => undefined);
  }
}

/** `interactions` and the like, which are clients of another generator inside. */
function protectNewParts(client: object): void {
  const protect = (maker: object, name: string) => {
    const make = findMethod(maker, name);
    if (make === undefined) return;
    const seen = new WeakSet<object>();
    define(maker, name, (...args: readonly unknown[]) => {
      const made = make(...args);
      if (isObject(made) && !seen.has(made)) {
        seen.add(made);
        protectSpeakeasy(made);
      }
      return made;
    });
  };
  protect(client, 'getNextGenClient');
  protectParts(client, (part) => protect(part, 'getClient'));
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && Symbol.asyncIterator in value;
}
