import { type ErrorFields, hasFields, tryRead } from './error-fields.js';

const STATUS_TEXT = /^[1-5]\d\d$/;

/** Reads the HTTP status of the response, wherever the SDK that threw the error keeps it. */
export function readResponseStatus(fields: ErrorFields): number | undefined {
  return toStatus(fields.status) ?? toStatus(fields.statusCode) ?? readNestedStatus(fields);
}

/** Returns `value` if it is the status of a failed request, 400 or above. */
export function toErrorStatus(value: unknown): number | undefined {
  const status = toStatus(value);
  return status !== undefined && status >= 400 ? status : undefined;
}

/** Reads the status in the objects that the AWS SDK, axios, got, Cohere and Mistral attach to their errors. */
function readNestedStatus({ $metadata, response, rawResponse }: ErrorFields): number | undefined {
  if ($metadata === undefined && response === undefined && rawResponse === undefined) return undefined;
  return tryRead(() => {
    if (isMetadata($metadata)) return toStatus($metadata.httpStatusCode);
    if (hasFields(response)) return toStatus(response.status) ?? toStatus(response.statusCode);
    return hasFields(rawResponse) ? toStatus(rawResponse.status) : undefined;
  });
}

function isMetadata(value: unknown): value is { readonly httpStatusCode?: unknown } {
  return typeof value === 'object' && value !== null;
}

function toStatus(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 100 && value < 600 ? value : undefined;
  return typeof value === 'string' && STATUS_TEXT.test(value) ? Number(value) : undefined;
}

/** Looks up a response header by its lower-case name. Never throws. */
export type HeaderLookup = (name: string) => string | undefined;

/** Response headers: a `Headers`, a Map, pairs, or a plain object with names in any case. */
export class ResponseHeaders {
  readonly #headers: object;
  readonly #read: ((name: string) => unknown) | undefined;

  constructor(headers: object) {
    this.#headers = headers;
    this.#read = tryRead(() => buildReader(headers));
  }

  /** Returns one header by its lower-case name. Never throws. */
  get(name: string): string | undefined {
    try {
      return toText(selectValue(name, this.#read?.(name)));
    } catch {
      return undefined;
    }
  }

  /** Returns a lookup of the given names. Faster than {@link get} if nearly all of them are looked up. */
  readAll(names: ReadonlySet<string>): HeaderLookup {
    return tryRead(() => readNativeHeaders(names, this.#headers)) ?? ((name) => this.get(name));
  }
}

const MAX_VALUES = 8;
/** The number of headers that Node reads of a response. */
const MAX_HEADERS = 2_000;
/** Node's limit for all headers of a response together. */
const MAX_HEADER_LENGTH = 16_384;

/** Finds the headers of the response that an error carries; `undefined` if it carries none. */
export function findResponseHeaders(fields: ErrorFields): ResponseHeaders | undefined {
  const found =
    fields.headers ??
    fields.responseHeaders ??
    readNestedHeaders(fields.response) ??
    readNestedHeaders(fields.rawResponse) ??
    readNestedHeaders(fields.$response);
  return hasFields(found) ? new ResponseHeaders(found) : undefined;
}

function readNestedHeaders(response: unknown): unknown {
  if (!hasFields(response)) return undefined;
  try {
    return response.headers;
  } catch {
    return undefined;
  }
}

/** Node's `Headers` validates each name letter by letter, so reading all headers is faster than looking up ten. */
function readNativeHeaders(names: ReadonlySet<string>, headers: object): HeaderLookup | undefined {
  // An overridden `get` may look elsewhere, and an overridden iterator may never end.
  if (!hasGet(headers) || headers.get !== Headers.prototype.get) return undefined;
  const found = new Map<string, string>();
  for (const [rawName, value] of Headers.prototype.entries.call(headers)) {
    // Already in lower case, unless the global `Headers` has been replaced.
    const name = rawName.toLowerCase();
    if (names.has(name)) found.set(name, value);
  }
  return (name) => toText(found.get(name));
}

function buildReader(headers: object): (name: string) => unknown {
  // A Map finds a name only in the case in which it was set.
  if (hasGet(headers) && !(headers instanceof Map)) return (name) => headers.get(name);
  let fields: HeaderFields | undefined;
  return (name) => {
    fields ??= readHeaderFields(headers);
    return fields[name];
  };
}

type HeaderFields = Readonly<Record<string, unknown>>;

function hasGet(headers: object): headers is { get: (name: string) => unknown } {
  return 'get' in headers && typeof headers.get === 'function';
}

function isPairs(headers: object): headers is Iterable<readonly [string, unknown]> {
  return Array.isArray(headers) || headers instanceof Map;
}

function readHeaderFields(headers: object): HeaderFields {
  const fields = copyFirst(headers);
  const names = Object.keys(fields);
  // `fetch` has already lower-cased them.
  if (names.every((name) => name === name.toLowerCase())) return fields;
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), fields[name]]));
}

function copyFirst(headers: object): HeaderFields {
  if (isPairs(headers)) return Object.fromEntries(Array.from(headers).slice(0, MAX_HEADERS));
  const names = Object.keys(headers);
  if (names.length <= MAX_HEADERS) return { ...headers };
  return Object.fromEntries(names.slice(0, MAX_HEADERS).map((name) => [name, Reflect.get(headers, name)]));
}

/** Selects the first of several values; for `retry-after`, the longest wait. */
function selectValue(name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return name === 'retry-after' ? value.slice(0, MAX_VALUES).map(toText).join(', ') : value[0];
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > MAX_HEADER_LENGTH ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}
