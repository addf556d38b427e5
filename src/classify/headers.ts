import { hasFields, type Sight, safely } from './sight.js';

/** Looks up a response header by its name in lower case. Never throws. */
export type HeaderLookup = (name: string) => string | undefined;

/** The headers of an answer: a `Headers`, a Map, pairs, or a plain object, whose names may be written in any case. */
export class AnswerHeaders {
  readonly #headers: object;
  readonly #read: ((name: string) => unknown) | undefined;

  constructor(headers: object) {
    this.#headers = headers;
    this.#read = safely(() => readerOf(headers));
  }

  /** One of them, by its name in lower case. Never throws. */
  get(name: string): string | undefined {
    try {
      return textOf(meantBy(name, this.#read?.(name)));
    } catch {
      return undefined;
    }
  }

  /** Looks up some of them, for whoever asks for nearly all of these: they are read at one go, where each look takes long. */
  only(names: ReadonlySet<string>): HeaderLookup {
    return safely(() => lookupAmong(names, this.#headers)) ?? ((name) => this.get(name));
  }
}

const MOST_VALUES = 8;
/** As long as Node lets all headers of an answer be together. */
const LONGEST_TEXT = 16_384;

/** The headers of whatever response an error carries; `undefined` when it carries none. */
export function headersOf(sight: Sight): AnswerHeaders | undefined {
  const found =
    sight.headers ??
    sight.responseHeaders ??
    headersWithin(sight.response) ??
    headersWithin(sight.rawResponse) ??
    headersWithin(sight.$response);
  return hasFields(found) ? new AnswerHeaders(found) : undefined;
}

function headersWithin(response: unknown): unknown {
  if (!hasFields(response)) return undefined;
  try {
    return response.headers;
  } catch {
    return undefined;
  }
}

/** Node's `Headers` check each name letter by letter: it is quicker to read all of them than to ask for ten. */
function lookupAmong(names: ReadonlySet<string>, headers: object): HeaderLookup | undefined {
  // A class of somebody else's may look elsewhere, and an iterator of somebody else's may go on for ever.
  if (!hasGet(headers) || headers.get !== Headers.prototype.get) return undefined;
  const found = new Map<string, string>();
  for (const [written, value] of Headers.prototype.entries.call(headers)) {
    // In lower case already, unless somebody has put a class of their own in the place of Node's.
    const name = written.toLowerCase();
    if (names.has(name)) found.set(name, value);
  }
  return (name) => textOf(found.get(name));
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
