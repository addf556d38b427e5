import { crc32 } from 'node:zlib';
import type { Answer, AnswerHeaders } from './answers.js';

/** A message of an AWS event stream, with headers of type string and a JSON payload. */
export interface AwsMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** The type of a header with a string value. */
const STRING_TYPE = 7;
/** Length of the message, length of its headers, and the checksum of both. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** A stream in the binary encoding of AWS, each message in its own chunk. */
export function awsEventStream(messages: readonly AwsMessage[], headers: AnswerHeaders = {}): Answer {
  const type = { 'content-type': 'application/vnd.amazon.eventstream' };
  return { status: 200, headers: { ...type, ...headers }, body: messages.map(encodeMessage) };
}

function encodeMessage({ headers, payload }: AwsMessage): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(PRELUDE_BYTES + head.length + body.length + CHECKSUM_BYTES, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, head, body]);
  return Buffer.concat([message, computeChecksum(message)]);
}

function encodeHeader(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length, 0);
  return Buffer.concat([Buffer.of(key.length), key, Buffer.of(STRING_TYPE), length, text]);
}

function computeChecksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(CHECKSUM_BYTES);
  sum.writeUInt32BE(crc32(bytes), 0);
  return sum;
}
