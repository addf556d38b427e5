import { type Dialect, type EventParser, readSigns, recogniseDialect, type StreamSign } from '../../streams/index.js';

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

const NOTHING: readonly StreamSign[] = [];

/** Reads packets by the dialect of their events; `undefined`: recognised by the first one. */
export class PacketDialect implements Dialect {
  readonly name = 'packets';
  #dialect: Dialect | undefined;
  #hasFailed = false;

  constructor(dialect: Dialect | undefined) {
    this.#dialect = dialect;
  }

  /** A stream without any event is no answer. */
  get hasEnd(): boolean {
    return this.#dialect?.hasEnd ?? true;
  }

  /** Whether the provider has reported within the stream that it has failed. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  recognises(): boolean {
    return true;
  }

  read(packet: unknown): readonly StreamSign[] {
    if (!isPacket(packet)) return NOTHING;
    const { events } = packet;
    // Nearly always.
    if (events.length === 1) return this.#read(events[0]);
    return events.flatMap((event) => this.#read(event));
  }

  #read(event: unknown): readonly StreamSign[] {
    this.#dialect ??= recogniseDialect(event);
    if (this.#dialect === undefined) return NOTHING;
    const signs = readSigns(this.#dialect, event);
    if (signs.some(({ kind }) => kind === 'failure')) this.#hasFailed = true;
    return signs;
  }
}

export function isPacket(value: unknown): value is Packet {
  return typeof value === 'object' && value !== null && 'bytes' in value && 'events' in value;
}
