import { AwsEventStreamParser, type AwsMessage } from './aws-event-stream.js';
import type { EventParser } from './event-parser.js';
import { NdjsonParser } from './ndjson.js';
import { type ServerSentEvent, SseParser } from './sse.js';

const PARSERS: ReadonlyMap<string, () => EventParser<unknown>> = new Map<string, () => EventParser<unknown>>([
  ['text/event-stream', () => new MappedParser(new SseParser(), toSseEvent)],
  ['application/vnd.amazon.eventstream', () => new MappedParser(new AwsEventStreamParser(), toAwsEvent)],
  ...[
    'application/x-ndjson',
    'application/ndjson',
    'application/jsonl',
    'application/x-jsonl',
    // Cohere's, version 1.
    'application/stream+json',
  ].map((type) => [type, () => new MappedParser(new NdjsonParser(), parseData)] as const),
]);

/**
 * Creates a parser for the body of a response, which gives the events that dialects read. Returns `undefined` if a body of
 * that type is no stream of events.
 */
export function createBodyParser(contentType: string): EventParser<unknown> | undefined {
  const [type = ''] = contentType.split(';', 1);
  return PARSERS.get(type.trim().toLowerCase())?.();
}

/** Gives what another parser gives in another shape. */
class MappedParser<Given> implements EventParser<unknown> {
  readonly #parser: EventParser<Given>;
  readonly #map: (given: Given) => unknown;

  constructor(parser: EventParser<Given>, map: (given: Given) => unknown) {
    this.#parser = parser;
    this.#map = map;
  }

  push(chunk: Uint8Array): readonly unknown[] {
    return this.#parser.push(chunk).map(this.#map);
  }

  end(): readonly unknown[] {
    return this.#parser.end().map(this.#map);
  }
}

/** JSON, or else the text itself, such as `[DONE]`. Text that was cut off is no event that a dialect knows. */
function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The data, which says by itself what it is. Only some errors do not: theirs is the name of the event. */
function toSseEvent({ event, data }: ServerSentEvent): unknown {
  const parsed = data === '' ? undefined : parseData(data);
  if (event !== 'error') return parsed ?? (event === undefined ? undefined : { type: event });
  if (typeof parsed !== 'object' || parsed === null) return { type: 'error', error: { message: data } };
  return 'error' in parsed || 'type' in parsed ? parsed : { type: 'error', error: parsed };
}

const DECODER = new TextDecoder();

/** An object whose only field is named after the event or exception, as the AWS SDK gives it. */
function toAwsEvent({ headers, payload }: AwsMessage): unknown {
  const name = headers.get(':event-type') ?? headers.get(':exception-type');
  if (name !== undefined) return { [name]: parseData(DECODER.decode(payload)) };
  return { error: { name: headers.get(':error-code'), message: headers.get(':error-message') } };
}
