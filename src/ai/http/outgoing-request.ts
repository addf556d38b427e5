import type { RequestCallOptions } from '../call-options.js';
import { readCallOptions } from './with-call-options.js';

/** What `fetch` takes first. */
export type FetchInput = Parameters<typeof fetch>[0];

/** A request that is about to be sent, as hooks see it. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  /** The body, parsed; `undefined` if it is not JSON text. Parsed when first read. Do not change it. */
  readonly json: unknown;
}

/** The arguments of `fetch`, read once, so that they can be sent several times. */
export class ReplayableRequest implements OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
  /** Whether it can be sent again: a stream can be read once. */
  readonly isReplayable: boolean;
  /** What the caller said about its call. */
  readonly callOptions: RequestCallOptions;
  readonly #input: FetchInput;
  readonly #init: RequestInit;
  #json: { readonly value: unknown } | undefined;

  constructor(input: FetchInput, init: RequestInit = {}) {
    const request = input instanceof Request ? input : undefined;
    this.#input = input;
    this.#init = init;
    this.callOptions = readCallOptions(init);
    this.url = request?.url ?? String(input);
    this.method = (init.method ?? request?.method ?? 'GET').toUpperCase();
    this.headers = new Headers(init.headers ?? request?.headers);
    this.signal = init.signal ?? request?.signal ?? undefined;
    this.isReplayable = init.body === undefined ? !hasBody(request) : isReplayable(init.body);
  }

  get json(): unknown {
    this.#json ??= { value: parseJson(this.#init.body) };
    return this.#json.value;
  }

  /** The arguments of one attempt. */
  arguments(signal: AbortSignal, changed?: ChangedRequest): [FetchInput, RequestInit] {
    const init = { ...this.#init, signal };
    if (changed === undefined) return [this.#input, init];
    const { url, json } = changed;
    const input = url === undefined || url === this.url ? this.#input : url;
    if (json === undefined) return [input, init];
    const headers = new Headers(this.headers);
    // That of the original body.
    headers.delete('content-length');
    return [input, { ...init, headers, body: JSON.stringify(json) }];
  }
}

/** What a target needs to be different in a request. */
export interface ChangedRequest {
  readonly url?: string | undefined;
  /** The whole body. */
  readonly json?: unknown;
}

function hasBody(request: Request | undefined): boolean {
  return request !== undefined && request.body !== null;
}

function isReplayable(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true;
  return !(body instanceof ReadableStream) && (!(Symbol.asyncIterator in body) || body instanceof Blob);
}

function parseJson(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
