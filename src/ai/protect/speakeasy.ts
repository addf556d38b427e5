import { HoldfastError } from '../../errors/index.js';
import { type Fetch, ReplayableRequest, type SendRequest } from '../http/index.js';
import { define, findMethod, isObject, protectParts, readField, toRecord } from './adapter.js';

const NO_RETRIES = { strategy: 'none' } as const;

/**
 * Protects a client of an SDK that Speakeasy generates, which sends its requests by a function of ours: without retries of its
 * own, and errors of ours reach the caller as they are.
 */
export function protectSpeakeasy(client: object): void {
  const run = findMethod(client, '_do');
  if (run === undefined) return;
  define(client, '_do', async (request: unknown, options: unknown) =>
    restoreError(await run(request, { ...toRecord(options), retryConfig: NO_RETRIES })),
  );
  protectParts(client, protectSpeakeasy);
}

/** A result of the SDK is a value or an error. */
function restoreError(result: unknown): unknown {
  const error = isObject(result) ? readField(result, 'error') : undefined;
  const cause = isObject(error) ? readField(error, 'cause') : undefined;
  return HoldfastError.is(cause) ? { ok: false, error: cause } : result;
}

/** Makes what such an SDK calls with each `Request`. */
export function requestFetcher(send: SendRequest, fetch: Fetch): (request: Request) => Promise<Response> {
  return async (request) => send(await readRequest(request), fetch);
}

/** Reads the body of a request, so that it can be sent several times. */
async function readRequest(request: Request): Promise<ReplayableRequest> {
  const { url, method, headers, redirect, credentials, signal } = request;
  const init = { method, headers, redirect, credentials, signal };
  if (request.body === null) return new ReplayableRequest(url, init);
  const isJson = headers.get('content-type')?.includes('json') === true;
  return new ReplayableRequest(url, { ...init, body: isJson ? await request.text() : await request.arrayBuffer() });
}
