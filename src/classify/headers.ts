import { attempt, isObject, type Sight } from './sight.js';

/** Looks up a response header by its name in lower case. Never throws. */
export type HeaderLookup = (name: string) => string | undefined;

/** The headers of whatever response an error carries; `undefined` when it carries none. */
export function headersOf(sight: Sight): HeaderLookup | undefined {
  const found =
    sight.headers ??
    sight.responseHeaders ??
    headersWithin(sight.response) ??
    headersWithin(sight.rawResponse) ??
    headersWithin(sight.$response);
  return isObject(found) ? lookupIn(found) : undefined;
}

function headersWithin(response: unknown): unknown {
  if (!isObject(response)) return undefined;
  try {
    return response.headers;
  } catch {
    return undefined;
  }
}

/** A `Headers`, a Map, pairs, or a plain object, whose names may be written in any case. */
function lookupIn(headers: object): HeaderLookup {
  const read = attempt(() => readerOf(headers));
  return (name) => {
    try {
      return textOf(read?.(name));
    } catch {
      return undefined;
    }
  };
}

function readerOf(headers: object): (name: string) => unknown {
  if (hasGet(headers)) return (name) => headers.get(name);
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

function fieldsOf(headers: object): Fields {
  const fields: Fields = Array.isArray(headers) ? Object.fromEntries(headers) : { ...headers };
  const names = Object.keys(fields);
  // Those that were read by `fetch` are in lower case already.
  if (names.every((name) => name === name.toLowerCase())) return fields;
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), fields[name]]));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? textOf(value[0]) : undefined;
}
