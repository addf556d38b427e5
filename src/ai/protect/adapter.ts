import type { Fetch, RequestOptions, SendRequest } from '../http/index.js';

/** How the clients of one SDK are protected. */
export interface Adapter {
  /** For messages. */
  readonly sdk: string;
  /** Whether a client is one of this SDK, by its shape: there may be several copies of the SDK. Must not throw. */
  recognises(client: object): boolean;
  /** Returns a client of the same class whose requests are calls. Leaves the given one as it is. */
  protect(client: object, protection: Protection): object;
}

/** What a protected client does with its requests. */
export interface Protection {
  readonly resilience: unknown;
  readonly operation: string;
  readonly options: RequestOptions;
  /** Sends a request as a call. */
  readonly send: SendRequest;
}

/** Reads a field of a client, whatever it is. */
export function readField(from: object, name: string): unknown {
  return Reflect.get(from, name);
}

/** Returns a method bound to its object; `undefined` if there is none of that name. */
export function findMethod(of: object, name: string): ((...args: readonly unknown[]) => unknown) | undefined {
  const method: unknown = Reflect.get(of, name);
  return typeof method === 'function' ? (...args) => Reflect.apply(method, of, args) : undefined;
}

/** The `fetch` that a client has, or the global one. */
export function toFetch(value: unknown): Fetch {
  return typeof value === 'function'
    ? (input, init) => Reflect.apply(value, undefined, [input, init])
    : globalThis.fetch;
}
