import { crc32 } from 'node:zlib';
import type { Answer, AnswerHeaders } from './reaction.js';

/** One message of an AWS event stream: its headers, all of them strings, and a JSON payload. */
export interface AwsMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** The type of a header whose value is a string. */
const STRING = 7;
/** Two lengths and their checksum. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** A stream in the binary framing of AWS, each message in a chunk of its own. */
export function awsEventStream(messages: readonly AwsMessage[], headers: AnswerHeaders = {}): Answer {
  const type = { 'content-type': 'application/vnd.amazon.eventstream' };
  return { status: 200, headers: { ...type, ...headers }, body: messages.map(inBytes) };
}

function inBytes({ headers, payload }: AwsMessage): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => headerInBytes(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(PRELUDE_BYTES + head.length + body.length + CHECKSUM_BYTES, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, head, body]);
  return Buffer.concat([message, checksum(message)]);
}

function headerInBytes(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length, 0);
  return Buffer.concat([Buffer.of(key.length), key, Buffer.of(STRING), length, text]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(CHECKSUM_BYTES);
  sum.writeUInt32BE(crc32(bytes), 0);
  return sum;
}
