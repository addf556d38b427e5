import type { Fetch, RequestCalls, SendRequest } from '../http/index.js';

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
  /** The operation that its requests are calls of. */
  readonly operation: string;
  readonly calls: RequestCalls;
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

/** Gives an object a method of its own, which is not enumerable, as the method that it replaces. */
export function define(of: object, name: string, method: (...args: never[]) => unknown): void {
  Object.defineProperty(of, name, { value: method, writable: true, configurable: true });
}

export function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? { ...value } : {};
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Creates another instance of the class of a client.
 *
 * @throws {TypeError} if the class gives none.
 */
export function construct(client: object, options: object): object {
  const make: unknown = client.constructor;
  const made: unknown = typeof make === 'function' ? Reflect.construct(make, [options]) : undefined;
  if (isObject(made)) return made;
  throw new TypeError('the client cannot be copied');
}

/** Calls `protect` with each part that a client creates when a getter of its class is first read, before it is returned. */
export function protectParts(client: object, protect: (part: object) => void): void {
  const seen = new WeakSet<object>();
  const { prototype } = Object;
  for (let at = Reflect.getPrototypeOf(client); at !== null && at !== prototype; at = Reflect.getPrototypeOf(at)) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (get === undefined || Object.hasOwn(client, name)) continue;
      const read = () => {
        const part: unknown = Reflect.apply(get, client, []);
        if (isObject(part) && !seen.has(part)) {
          seen.add(part);
          protect(part);
        }
        return part;
      };
      Object.defineProperty(client, name, { get: read, configurable: true });
    }
  }
}
