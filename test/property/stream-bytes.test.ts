import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { AwsEventStreamParser } from '../../src/streams/aws-event-stream.js';
import { createBodyParser } from '../../src/streams/body-parser.js';
import { computeCrc32 } from '../../src/streams/crc32.js';
import type { EventParser } from '../../src/streams/event-parser.js';
import { StreamFormatError } from '../../src/streams/format-error.js';
import { NdjsonParser } from '../../src/streams/ndjson.js';
import { SseParser } from '../../src/streams/sse.js';
import { awsEventStream } from '../../src/testing/index.js';
import { runs } from '../support/seed.js';

/** Where bytes are cut into chunks, as fractions of their length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function chunksOf(bytes: Uint8Array, fractions: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...fractions.map((each) => Math.floor(each * bytes.length)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

function parseAll<Event>(parser: EventParser<Event>, chunks: readonly Uint8Array[]): readonly Event[] {
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
}

const lineEnds = fc.constantFrom('\n', '\r', '\r\n');
const text = fc.string({ unit: fc.constantFrom('a', ' ', ':', '{', '"', 'é', '漢', '🎉', '\u2028', '\uFEFF', '\0') });
const name = text.filter((each) => each !== '');
const id = text.filter((each) => !each.includes('\0'));

interface Sent {
  readonly event: string | undefined;
  readonly data: readonly string[];
  readonly comment: string | undefined;
  readonly id: string | undefined;
}

const sentEvent: fc.Arbitrary<Sent> = fc.record({
  event: fc.option(name, { nil: undefined }),
  data: fc.array(text, { minLength: 1, maxLength: 4 }),
  comment: fc.option(text, { nil: undefined }),
  id: fc.option(id, { nil: undefined }),
});

function linesOf({ event, data, comment, id: named }: Sent): readonly string[] {
  return [
    ...(comment === undefined ? [] : [`:${comment}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(named === undefined ? [] : [`id: ${named}`]),
    ...data.map((each) => `data: ${each}`),
    '',
  ];
}

/** Writes events with line ends that take turns. */
function write(sent: readonly Sent[], ends: readonly string[]): string {
  let written = '';
  for (const [index, line] of sent.flatMap(linesOf).entries()) {
    const end = ends[index % ends.length] ?? '\n';
    // An LF right behind a CR would belong to it.
    written += line === '' && end === '\n' && written.endsWith('\r') ? '\r\n' : line + end;
  }
  return written;
}

test('server-sent events are read as they were written, whatever the line ends and wherever chunks end', () => {
  const ends = fc.array(lineEnds, { minLength: 1 });
  const marks = fc.constantFrom('', '\uFEFF');
  let several = 0;
  fc.assert(
    fc.property(fc.array(sentEvent, { maxLength: 8 }), ends, marks, cuts, (sent, lineEnd, mark, fractions) => {
      const chunks = chunksOf(Buffer.from(mark + write(sent, lineEnd)), fractions);
      let lastId = '';
      const expected = sent.map(({ event, data, id: named }) => {
        lastId = named ?? lastId;
        return { event, data: data.join('\n'), id: lastId };
      });
      assert.deepEqual(parseAll(new SseParser(), chunks), expected);
      if (sent.length > 1 && chunks.length > 2) several += 1;
    }),
    runs(3_000),
  );
  assert(several > 500);
});

test('JSON by lines is read as it was written, wherever chunks end', () => {
  const sent = fc.array(fc.tuple(fc.json(), lineEnds), { maxLength: 8 });
  fc.assert(
    fc.property(sent, cuts, (values, fractions) => {
      const written = values.map(([json, end]) => `${json}${end}`).join('');
      const found = parseAll(new NdjsonParser(), chunksOf(Buffer.from(written), fractions));
      assert.deepEqual(
        found,
        values.map(([json]) => json),
      );
    }),
    runs(1_000),
  );
});

test('AWS event streams are read as they were written, wherever chunks end', () => {
  const key = fc.string({ minLength: 1, maxLength: 20 });
  const sent = fc.array(fc.record({ headers: fc.dictionary(key, text), payload: fc.jsonValue() }), { maxLength: 6 });
  fc.assert(
    fc.property(sent, cuts, (messages, fractions) => {
      const { body } = awsEventStream(messages);
      assert(Array.isArray(body));
      const bytes = Buffer.concat(body.map((piece) => Buffer.from(piece)));
      const found = parseAll(new AwsEventStreamParser(), chunksOf(bytes, fractions));
      assert.deepEqual(
        found.map(({ headers, payload }) => [[...headers], Buffer.from(payload).toString()]),
        messages.map(({ headers, payload }) => [Object.entries(headers), JSON.stringify(payload)]),
      );
    }),
    runs(1_000),
  );
});

const PARSERS = ['text/event-stream', 'application/x-ndjson', 'application/vnd.amazon.eventstream'];

test('bytes that are no stream are events or a typed error, and never another one', () => {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .string({ unit: fc.constantFrom('data', ':', '\n', '\r', ' ', 'event', 'id', 'retry', '{', '"', '\0') })
      .map((given) => Buffer.from(given)),
    // A prelude with a right checksum, and anything behind it.
    fc.tuple(fc.nat(300), fc.nat(300), fc.uint8Array({ maxLength: 300 })).map(([frame, headers, rest]) => {
      const prelude = Buffer.alloc(12);
      prelude.writeUInt32BE(frame, 0);
      prelude.writeUInt32BE(headers, 4);
      prelude.writeUInt32BE(computeCrc32(prelude.subarray(0, 8)), 8);
      return Buffer.concat([prelude, rest]);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...PARSERS), garbage, cuts, (type, bytes, fractions) => {
      const parser = createBodyParser(type);
      assert(parser !== undefined);
      try {
        parseAll(parser, chunksOf(bytes, fractions));
      } catch (error) {
        assert(error instanceof StreamFormatError);
        assert.throws(() => parser.push(bytes), error);
        assert.deepEqual(parser.end(), []);
      }
    }),
    runs(3_000),
  );
});

test('where chunks end makes no difference, whatever the bytes are', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.constantFrom('\r\n', 'data: x\r\n\r\n').map(Buffer.from),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), cuts, (pieces, fractions) => {
      const all = Buffer.concat(pieces);
      assert.deepEqual(parseAll(new SseParser(), chunksOf(all, fractions)), parseAll(new SseParser(), [all]));
    }),
    runs(2_000),
  );
});
