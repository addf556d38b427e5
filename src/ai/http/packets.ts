import { type EventParser, type EventReader, NOTHING, recogniseDialect, type StreamSign } from '../../streams/index.js';

/** Bytes of a response, and the events that they complete. */
export interface Packet {
  /** `undefined`: the end, where an event may lack the line end behind it. */
  readonly bytes: Uint8Array | undefined;
  readonly events: readonly unknown[];
}

/** Reads the body of a response as packets. Closing it ends the request. */
export class PacketReader implements AsyncIterableIterator<Packet, undefined> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #parser: EventParser<unknown>;
  #hasEnded = false;
  #readBytes: Uint8Array[] | undefined = [];

  constructor(body: ReadableStream<Uint8Array>, parser: EventParser<unknown>) {
    this.#reader = body.getReader();
    this.#parser = parser;
  }

  /** The bytes that have been read. */
  get readBytes(): readonly Uint8Array[] {
    return this.#readBytes ?? [];
  }

  /** From now on the bytes that are read are not kept. */
  forgetBytes(): void {
    this.#readBytes = undefined;
  }

  async next(): Promise<IteratorResult<Packet, undefined>> {
    if (this.#hasEnded) return { done: true, value: undefined };
    const { done, value: bytes } = await this.#reader.read();
    if (!done) {
      this.#readBytes?.push(bytes);
      return { done: false, value: { bytes, events: this.#parser.push(bytes) } };
    }
    this.#hasEnded = true;
    return { done: false, value: { bytes: undefined, events: this.#parser.end() } };
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#hasEnded = true;
    await this.#reader.cancel();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Reads packets by the dialect of their events; `undefined`: recognised by the first one. */
export class PacketEvents implements EventReader {
  #reader: EventReader | undefined;
  #hasFailed = false;

  constructor(reader: EventReader | undefined) {
    this.#reader = reader;
  }

  /** A stream without any event is no answer. */
  get hasEnd(): boolean {
    return this.#reader?.hasEnd ?? true;
  }

  /** Whether the provider has reported within the stream that it has failed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  read(packet: unknown): readonly StreamSign[] {
    if (!isPacket(packet)) return NOTHING;
    const { bytes, events } = packet;
    // Text that was cut off says nothing of the API.
    if (bytes === undefined && this.#reader === undefined && events.every(isBrokenText)) return NOTHING;
    // Nearly always.
    if (events.length === 1) return this.#read(events[0]);
    return events.flatMap((event) => this.#read(event));
  }

  #read(event: unknown): readonly StreamSign[] {
    this.#reader ??= recogniseDialect(event);
    const signs = this.#reader?.read(event) ?? NOTHING;
    if (signs.some(({ kind }) => kind === 'failure')) this.#hasFailed = true;
    return signs;
  }
}

function isBrokenText(event: unknown): boolean {
  return typeof event === 'string' && event !== '[DONE]';
}

export function isPacket(value: unknown): value is Packet {
  return typeof value === 'object' && value !== null && 'bytes' in value && 'events' in value;
}
