import { computeCrc32 } from './crc32.js';
import { type EventParser, LONGEST_EVENT } from './event-parser.js';
import { StreamFormatError, type StreamFormatProblem } from './format-error.js';
import { GrowingBytes } from './growing-bytes.js';

/** A message of an AWS event stream. */
export interface AwsMessage {
  /** Headers whose value is a text, by name. Others are left out: events are told apart by texts. */
  readonly headers: ReadonlyMap<string, string>;
  readonly payload: Uint8Array;
}

/** Length of the message, length of its headers, and the checksum of both. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const SHORTEST_FRAME_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES;

/** Parses the binary frames of an AWS event stream, and verifies their checksums. */
export class AwsEventStreamParser implements EventParser<AwsMessage> {
  readonly #longestBytes: number;
  readonly #bytes = new GrowingBytes();
  /** How many bytes there must be before there is anything to read. */
  #neededBytes = PRELUDE_BYTES;
  #error: StreamFormatError | undefined;

  constructor(longestBytes: number = LONGEST_EVENT) {
    this.#longestBytes = longestBytes;
  }

  push(chunk: Uint8Array): readonly AwsMessage[] {
    if (this.#error !== undefined) throw this.#error;
    this.#bytes.add(chunk);
    const messages: AwsMessage[] = [];
    while (this.#bytes.length >= this.#neededBytes) {
      const bytes = this.#bytes.view();
      const frameBytes = this.#readLength(bytes);
      this.#neededBytes = frameBytes;
      if (bytes.length < frameBytes) break;
      messages.push(this.#readFrame(bytes.subarray(0, frameBytes)));
      this.#bytes.drop(frameBytes);
      this.#neededBytes = PRELUDE_BYTES;
    }
    return messages;
  }

  /** Leaves out a frame that was cut off. */
  end(): readonly AwsMessage[] {
    this.#bytes.drop(this.#bytes.length);
    return [];
  }

  #readLength(bytes: Uint8Array): number {
    const view = toView(bytes);
    const [frameBytes, headerBytes] = [view.getUint32(0), view.getUint32(4)];
    if (view.getUint32(8) !== computeCrc32(bytes.subarray(0, 8))) this.#fail('wrong_checksum');
    if (frameBytes < SHORTEST_FRAME_BYTES || headerBytes > frameBytes - SHORTEST_FRAME_BYTES) {
      this.#fail('malformed_frame');
    }
    if (frameBytes > this.#longestBytes) this.#fail('event_too_long');
    return frameBytes;
  }

  #readFrame(frame: Uint8Array): AwsMessage {
    const view = toView(frame);
    const end = frame.length - CHECKSUM_BYTES;
    if (view.getUint32(end) !== computeCrc32(frame.subarray(0, end))) this.#fail('wrong_checksum');
    const payloadStart = PRELUDE_BYTES + view.getUint32(4);
    const headers = readHeaders(frame.subarray(PRELUDE_BYTES, payloadStart)) ?? this.#fail('malformed_frame');
    // A copy: the bytes that it was read from are used again.
    return { headers, payload: frame.slice(payloadStart, end) };
  }

  #fail(problem: StreamFormatProblem): never {
    this.#bytes.drop(this.#bytes.length);
    this.#error = new StreamFormatError(problem);
    throw this.#error;
  }
}

const STRING_TYPE = 7;
const BYTES_TYPE = 6;
/** The lengths of values by type: true, false, byte, short, integer, long, bytes, text, time and UUID. */
const VALUE_BYTES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
/** A mark at the beginning of a header would be a part of it. */
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** Returns `undefined` if they are not what their lengths say. */
function readHeaders(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  const view = toView(bytes);
  let at = 0;
  while (at < bytes.length) {
    const typeAt = at + 1 + view.getUint8(at);
    if (typeAt >= bytes.length) return undefined;
    const type = view.getUint8(typeAt);
    const value = findValue(view, type, typeAt + 1);
    if (value === undefined || value.end > bytes.length) return undefined;
    if (type === STRING_TYPE) headers.set(decode(bytes, at + 1, typeAt), decode(bytes, value.start, value.end));
    at = value.end;
  }
  return headers;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function findValue(view: DataView, type: number, at: number): Range | undefined {
  if (type !== STRING_TYPE && type !== BYTES_TYPE) {
    const length = VALUE_BYTES[type];
    return length === undefined ? undefined : { start: at, end: at + length };
  }
  const start = at + 2;
  return start > view.byteLength ? undefined : { start, end: start + view.getUint16(at) };
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return DECODER.decode(bytes.subarray(start, end));
}

function toView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
