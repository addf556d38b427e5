import { HoldfastError } from '../../errors/index.js';
import { isSignal } from '../../runtime/index.js';
import { type Fetch, ReplayableRequest, type SendRequest } from '../http/index.js';
import {
  type Adapter,
  construct,
  define,
  findMethod,
  isObject,
  protectParts,
  readField,
  toFetch,
  toRecord,
} from './adapter.js';

/**
 * Cohere's SDK, both versions of its API: by the `fetch` that a client takes. Its clients for Amazon's clouds take none, and are
 * not known here.
 */
export const cohere: Adapter = {
  sdk: 'cohere-ai',
  recognises: (client) => {
    const { fetcher } = toRecord(readField(client, '_options'));
    const isCohere = findMethod(client, 'chatStream') !== undefined && findMethod(client, 'checkApiKey') !== undefined;
    return isCohere && typeof fetcher !== 'function';
  },
  protect: (client, { send }) => {
    const options = toRecord(readField(client, '_options'));
    const copy = construct(client, { ...options, maxRetries: 0, fetch: sendBy(send, toFetch(options['fetch'])) });
    protectMethods(copy, new WeakSet());
    return copy;
  },
};

function sendBy(send: SendRequest, fetch: Fetch): Fetch {
  return (input, init) => send(new ReplayableRequest(input, init), fetch);
}

/** The methods behind the public ones, whose values these wrap. */
const INNER = /^__[a-z]/;

/** Does so for all parts of a client as well. */
function protectMethods(client: object, seen: WeakSet<object>): void {
  if (seen.has(client)) return;
  seen.add(client);
  for (const name of listMethods(client)) {
    const method = findMethod(client, name);
    if (method !== undefined) define(client, name, protectMethod(method));
  }
  const protect = (part: unknown) => {
    if (isPart(part)) protectMethods(part, seen);
  };
  Object.values(client).forEach(protect);
  protectParts(client, protect);
}

/** The names of the methods that send requests. */
function listMethods(client: object): readonly string[] {
  const names: string[] = [];
  const { prototype } = Object;
  for (let at = Reflect.getPrototypeOf(client); at !== null && at !== prototype; at = Reflect.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at).filter((name) => INNER.test(name) || name === 'fetch'));
  }
  return [...new Set(names)];
}

function isPart(value: unknown): value is object {
  return isObject(value) && isObject(readField(value, '_options'));
}

type Method = (...args: readonly unknown[]) => unknown;

function protectMethod(method: Method): Method {
  return async (...args) => {
    const options = toRecord(args.at(-1));
    try {
      // Retries that a single request asks for would be made beside ours.
      return await method(...('maxRetries' in options ? [...args.slice(0, -1), { ...options, maxRetries: 0 }] : args));
    } catch (error) {
      throw restoreError(error, options['abortSignal']);
    }
  };
}

/** The SDK has one error for all that is no answer. */
function restoreError(error: unknown, signal: unknown): unknown {
  const cause = isObject(error) ? readField(error, 'cause') : undefined;
  if (HoldfastError.is(cause)) return cause;
  return isSignal(signal) && signal.aborted && cause === signal.reason ? cause : error;
}
