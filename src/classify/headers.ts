import { hasFields, type Sight, safely } from './sight.js';

/** Looks up a response header by its name in lower case. Never throws. */
export type HeaderLookup = (name: string) => string | undefined;

const MOST_VALUES = 8;
/** As long as Node lets all headers of an answer be together. */
const LONGEST_TEXT = 16_384;

/** The headers of whatever response an error carries; `undefined` when it carries none. */
export function headersOf(sight: Sight): HeaderLookup | undefined {
  const found =
    sight.headers ??
    sight.responseHeaders ??
    headersWithin(sight.response) ??
    headersWithin(sight.rawResponse) ??
    headersWithin(sight.$response);
  return hasFields(found) ? lookupIn(found) : undefined;
}

function headersWithin(response: unknown): unknown {
  if (!hasFields(response)) return undefined;
  try {
    return response.headers;
  } catch {
    return undefined;
  }
}

/** A `Headers`, a Map, pairs, or a plain object, whose names may be written in any case. */
function lookupIn(headers: object): HeaderLookup {
  const read = safely(() => readerOf(headers));
  return (name) => {
    try {
      return textOf(meantBy(name, read?.(name)));
    } catch {
      return undefined;
    }
  };
}

function readerOf(headers: object): (name: string) => unknown {
  // A Map finds a name only as it was written.
  if (hasGet(headers) && !(headers instanceof Map)) return (name) => headers.get(name);
  let fields: Fields | undefined;
  return (name) => {
    fields ??= fieldsOf(headers);
    return fields[name];
  };
}

type Fields = Readonly<Record<string, unknown>>;

function hasGet(headers: object): headers is { get: (name: string) => unknown } {
  return 'get' in headers && typeof headers.get === 'function';
}

function isPairs(headers: object): headers is Iterable<readonly [string, unknown]> {
  return Array.isArray(headers) || headers instanceof Map;
}

function fieldsOf(headers: object): Fields {
  const fields: Fields = isPairs(headers) ? Object.fromEntries(headers) : { ...headers };
  const names = Object.keys(fields);
  // Those that were read by `fetch` are in lower case already.
  if (names.every((name) => name === name.toLowerCase())) return fields;
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), fields[name]]));
}

/** Of several values the first, but of waits all of them, since the longest counts. */
function meantBy(name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return name === 'retry-after' ? value.slice(0, MOST_VALUES).map(textOf).join(', ') : value[0];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}
