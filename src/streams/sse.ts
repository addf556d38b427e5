import { type EventParser, LONGEST_EVENT } from './event-parser.js';
import { LineSplitter } from './lines.js';

/** A server-sent event. */
export interface ServerSentEvent {
  /** Its name; `undefined` if it has none. */
  readonly event: string | undefined;
  /** Its data, lines joined with LF. */
  readonly data: string;
  /** The last ID that the stream has named; empty if it has named none. */
  readonly id: string;
}

const SPACE = 0x20;
const DIGITS = /^\d{1,9}$/;

/**
 * Parses server-sent events as the HTML standard says, with two exceptions: an event whose name comes without data is one too,
 * as it is for the SDKs of providers, and the last one need not be followed by a blank line, as for `[DONE]` it often is not.
 */
export class SseParser implements EventParser<ServerSentEvent> {
  readonly #lines: LineSplitter;
  readonly #longest: number;
  readonly #onLine = (line: string): void => this.#read(line);
  #events: ServerSentEvent[] = [];
  #event: string | undefined;
  /** `undefined`: the event has no data so far. */
  #data: string | undefined;
  #id = '';
  #retryMs: number | undefined;

  constructor(longest: number = LONGEST_EVENT) {
    this.#longest = longest;
    this.#lines = new LineSplitter(longest);
  }

  /** How long the server asks clients to wait before they connect again; `undefined` if it has not said. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  push(chunk: Uint8Array): readonly ServerSentEvent[] {
    this.#lines.push(chunk, this.#onLine);
    return this.#take();
  }

  end(): readonly ServerSentEvent[] {
    const last = this.#lines.end();
    // Of the chunk that could not be read, nothing has been given.
    if (this.#lines.hasFailed) return [];
    if (last !== '') this.#read(last);
    this.#dispatch();
    return this.#take();
  }

  #take(): readonly ServerSentEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  #read(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    // A comment.
    if (colon === 0) return;
    if (colon < 0) this.#set(line, '');
    else this.#set(line.slice(0, colon), line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1));
  }

  #set(field: string, value: string): void {
    switch (field) {
      case 'data':
        this.#addData(value);
        break;
      case 'event':
        this.#event = value;
        break;
      case 'id':
        if (!value.includes('\0')) this.#id = value;
        break;
      case 'retry':
        if (DIGITS.test(value)) this.#retryMs = Number(value);
        break;
      default:
        // Other fields have no meaning.
        break;
    }
  }

  #addData(value: string): void {
    const data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    if (data.length > this.#longest) {
      this.#data = undefined;
      this.#lines.fail();
    }
    this.#data = data;
  }

  #dispatch(): void {
    const [event, data] = [this.#event, this.#data];
    this.#event = undefined;
    this.#data = undefined;
    if (data === undefined && (event === undefined || event === '')) return;
    this.#events.push({ event: event === '' ? undefined : event, data: data ?? '', id: this.#id });
  }
}
