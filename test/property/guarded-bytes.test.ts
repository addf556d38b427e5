import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { resilientFetch } from '../../src/entry/ai.js';
import { createResilience } from '../../src/entry/root.js';
import { runs } from '../support/seed.js';

const LINE_ENDS = ['\n', '\r\n', '\r'] as const;
const chunk = (content: string, finish: string | null = null) =>
  JSON.stringify({
    id: '1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  });

/** A whole stream of server-sent events, with comments, other line ends and characters of several bytes. */
const bodies = fc
  .record({
    texts: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 }),
    comments: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    lineEnd: fc.constantFrom(...LINE_ENDS),
    hasMark: fc.boolean(),
    hasDone: fc.boolean(),
  })
  .map(({ texts, comments, lineEnd, hasMark, hasDone }) => {
    const events = [...texts.map((text) => chunk(text)), chunk('', 'stop'), ...(hasDone ? ['[DONE]'] : [])];
    const lines = events.flatMap((event, at) => [
      ...(comments[at] === true ? [': a comment', ''] : []),
      `data: ${event}`,
      '',
    ]);
    return Buffer.from(`${hasMark ? '\uFEFF' : ''}${lines.join(lineEnd)}${lineEnd}`);
  });

/** Cuts bytes anywhere, also within a character. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

function split(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const places = [...at.map((share) => Math.floor(share * bytes.length)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  return places.map((end) => {
    const piece = bytes.subarray(start, end);
    start = end;
    return piece;
  });
}

test('the bytes of a guarded stream are those that were sent, however they are split', async () => {
  const resilience = createResilience({ config: { defaults: { retry: false } } });
  await fc.assert(
    fc.asyncProperty(bodies, cuts, async (bytes, at) => {
      const pieces = split(bytes, at);
      const body = () =>
        new ReadableStream<Uint8Array>({
          start(controller) {
            for (const piece of pieces) controller.enqueue(piece);
            controller.close();
          },
        });
      const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
      const fetch = resilientFetch(resilience, 'chat', { fetch: async () => new Response(body(), { headers }) });
      const response = await fetch('http://127.0.0.1/');
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
    }),
    runs(300),
  );
  assert.equal(resilience.stats('chat').failures, 0);
  await resilience.close();
});

test('a guarded stream that is cut off anywhere never ends as if it were whole', async () => {
  const resilience = createResilience({ config: { defaults: { retry: false, breaker: false } } });
  await fc.assert(
    fc.asyncProperty(bodies, cuts, fc.double({ min: 0, max: 1, noNaN: true }), async (bytes, at, share) => {
      const text = bytes.toString();
      // What follows the last chunk with content is needed for the end to be known.
      const end = Buffer.byteLength(text.slice(0, text.lastIndexOf('"finish_reason":"stop"')));
      const sent = bytes.subarray(0, Math.floor(share * end));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of split(sent, at)) controller.enqueue(piece);
          controller.close();
        },
      });
      const headers = { 'content-type': 'text/event-stream' };
      const fetch = resilientFetch(resilience, 'chat', { fetch: async () => new Response(body, { headers }) });
      await assert.rejects(async () => (await fetch('http://127.0.0.1/')).arrayBuffer());
    }),
    runs(300),
  );
  await resilience.close();
});
