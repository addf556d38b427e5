import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AwsEventStreamParser } from '../../../src/streams/aws-event-stream.js';
import { computeCrc32 } from '../../../src/streams/crc32.js';
import { awsEventStream, bedrock } from '../../../src/testing/index.js';

function bytesOf({ body = '' }: ReturnType<typeof awsEventStream>): Buffer {
  const pieces = typeof body === 'string' || body instanceof Uint8Array ? [body] : body;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

const FRAME = bytesOf(awsEventStream([{ headers: { ':event-type': 'x' }, payload: { a: 1 } }]));

/** A frame with these headers, in bytes, and right checksums. */
function frame(headers: readonly number[], claimed: { frame?: number; headers?: number } = {}): Buffer {
  const length = 16 + headers.length;
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(claimed.frame ?? length, 0);
  bytes.writeUInt32BE(claimed.headers ?? headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.set(headers, 12);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, length - 4)), length - 4);
  return bytes;
}

function changed(at: number): Buffer {
  const bytes = Buffer.from(FRAME);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

const problem = (name: string) => expect.objectContaining({ name: 'StreamFormatError', problem: name });

describe('an AWS event stream', () => {
  it.each([1, 2, 5, 13, 64, 100_000])('is read from chunks of %d bytes', (size) => {
    const bytes = bytesOf(bedrock.stream);
    const parser = new AwsEventStreamParser();
    const types = [];
    for (let at = 0; at < bytes.length; at += size) {
      // The same buffer each time, as some sources use theirs again.
      const chunk = Buffer.from(bytes.subarray(at, at + size));
      for (const { headers, payload } of parser.push(chunk)) {
        types.push([headers.get(':event-type'), Object.keys(JSON.parse(Buffer.from(payload).toString()))[0]]);
      }
      chunk.fill(0);
    }
    expect(types).toEqual([
      ['messageStart', 'role'],
      ['contentBlockDelta', 'contentBlockIndex'],
      ['contentBlockDelta', 'contentBlockIndex'],
      ['contentBlockStop', 'contentBlockIndex'],
      ['messageStop', 'stopReason'],
      ['metadata', 'usage'],
    ]);
    expect(parser.end()).toEqual([]);
  });

  it('has headers of every type, of which those with texts are kept', () => {
    const header = (type: number, value: readonly number[]) => [1, 0x61 + type, type, ...value];
    const values = [[], [], [1], [1, 2], [1, 2, 3, 4], Array(8).fill(1), [0, 2, 9, 9], [0, 2, 0x68, 0x69]];
    const bytes = [...values, Array(8).fill(2), Array(16).fill(3)].flatMap((value, type) => header(type, value));
    const [message] = new AwsEventStreamParser().push(frame(bytes));
    expect([...(message?.headers ?? [])]).toEqual([['h', 'hi']]);
  });

  it.each([
    ['in the prelude', 0],
    ['in the checksum of the prelude', 9],
    ['in a header', 14],
    ['in the payload', FRAME.length - 6],
    ['in the checksum', FRAME.length - 1],
  ])('is refused if a bit is wrong %s, and ever after', (_, at) => {
    const parser = new AwsEventStreamParser();
    expect(() => parser.push(changed(at))).toThrow(problem('wrong_checksum'));
    expect(() => parser.push(FRAME)).toThrow(problem('wrong_checksum'));
    expect(parser.end()).toEqual([]);
  });

  it.each([
    ['a frame that is too short', frame([], { frame: 15 })],
    ['headers that are longer than the frame', frame([], { headers: 1 })],
    ['a header whose name is too long', frame([200, 1, 2, 3])],
    ['a header without a type', frame([1, 0x61])],
    ['a header of an unknown type', frame([1, 0x61, 10, 0, 0])],
    ['a text without its length', frame([1, 0x61, 7, 0])],
    ['a text that is too long', frame([1, 0x61, 7, 0, 9, 0x68])],
    ['a number that is cut off', frame([1, 0x61, 5, 0, 0])],
  ])('is refused if it has %s', (_, bytes) => {
    expect(() => new AwsEventStreamParser().push(bytes)).toThrow(problem('malformed_frame'));
  });

  it('is refused if a frame is longer than the limit, before it has come', () => {
    const parser = new AwsEventStreamParser(100);
    expect(() => parser.push(frame([], { frame: 101 }).subarray(0, 12))).toThrow(problem('event_too_long'));
  });

  it('leaves out a frame that was cut off', () => {
    const parser = new AwsEventStreamParser();
    expect(parser.push(FRAME.subarray(0, -1))).toEqual([]);
    expect(parser.end()).toEqual([]);
  });
});

describe('a CRC-32', () => {
  it.each(['', 'a', '123456789', 'é漢🎉'])('of %j is that of Node', (text) => {
    expect(computeCrc32(Buffer.from(text))).toBe(crc32(Buffer.from(text)));
  });
});
