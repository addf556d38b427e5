import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { classify } from '../../src/classify/index.js';
import type { StreamSign, ToolCallPiece } from '../../src/streams/dialect.js';
import { DIALECTS, recogniseDialect } from '../../src/streams/dialects/index.js';
import { anthropic, bedrock, cohere, google, groq, mistral, openai } from '../../src/testing/index.js';
import { runs } from '../support/seed.js';
import { eventsOf, readEvents } from '../support/streams.js';

const PROVIDERS = { openai, anthropic, google, bedrock, cohere, mistral, groq };
const STREAMS = Object.values(PROVIDERS).map(({ stream }) => eventsOf(stream));
const REAL = STREAMS.flat();

/** Any JSON, as a rule one of the real events with a part of it replaced. */
const events = fc.oneof(
  { weight: 1, arbitrary: fc.anything({ withBigInt: true, withNullPrototype: true, withMap: true }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...REAL), fc.nat(40), fc.anything({ maxDepth: 2 }))
      .map(([event, place, junk]) => replaceNth(event, place, junk)),
  },
);

/** A copy of a value with its nth part, in depth first order, replaced. */
function replaceNth(value: unknown, nth: number, junk: unknown): unknown {
  let left = nth;
  const copy = (each: unknown): unknown => {
    if (left === 0) {
      left -= 1;
      return junk;
    }
    left -= 1;
    if (Array.isArray(each)) return each.map(copy);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, part]) => [key, copy(part)]));
  };
  return copy(value);
}

function checkPiece({ index, ...rest }: ToolCallPiece): void {
  assert(typeof index === 'number' || typeof index === 'string');
  for (const part of Object.values(rest)) assert(typeof part === 'string' || part === true);
}

function checkSign(sign: StreamSign): void {
  switch (sign.kind) {
    case 'usage':
      assert(Object.values(sign.usage).every((tokens) => tokens >= 0));
      break;
    case 'content':
      assert(sign.text !== '');
      break;
    case 'finish':
    case 'end':
      assert(sign.finish !== '');
      break;
    case 'failure':
      assert(classify(sign.error).kind !== undefined);
      break;
    case 'tool_call':
      checkPiece(sign.toolCall);
      break;
    case 'preamble':
      assert.deepEqual(sign, { kind: 'preamble' });
      break;
  }
}

test('no dialect throws, and what it reads has the shape that it says', () => {
  let meaningful = 0;
  fc.assert(
    fc.property(events, fc.constantFrom(...DIALECTS), (event, dialect) => {
      recogniseDialect(event);
      dialect.recognises(event);
      const signs = dialect.read(event);
      meaningful += signs.length;
      signs.forEach(checkSign);
    }),
    runs(20_000),
  );
  assert(meaningful > 2_000);
});

test('a stream that is cut off anywhere is never taken for one that ended', () => {
  fc.assert(
    fc.property(fc.constantFrom(...STREAMS), fc.nat(20), (stream, count) => {
      const dialect = stream.map(recogniseDialect).find((found) => found !== undefined);
      assert(dialect?.hasEnd === true);
      const isEnd = (event: unknown) => dialect.read(event).some(({ kind }) => kind === 'end');
      const firstEnd = stream.findIndex(isEnd);
      assert(firstEnd > 0);
      const { ended, errors } = readEvents(dialect, stream.slice(0, count));
      assert.equal(ended, count > firstEnd);
      assert.deepEqual(errors, []);
    }),
    runs(300),
  );
});
