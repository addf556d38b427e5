// @ts-check
import assert from 'node:assert/strict';
import { createResilience, protectStream } from 'holdfast';
import { alone } from '../harness/alone.mjs';
import { heapAfterGc } from '../harness/heap.mjs';
import { race } from '../harness/race.mjs';

/** Microseconds a stream are nanoseconds an event. */
const EVENTS = 1_000;
const STREAMS = 1_000;
const EVENTS_OF_MANY = 100;
/** The least of them is shown: the others were disturbed, or not compiled yet. */
const ROUNDS = 40;

/** A chunk as OpenAI sends it. @param {object} delta @param {string | null} finishReason */
const chunk = (delta, finishReason = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_764_547_200,
  model: 'gpt-5-mini',
  service_tier: 'default',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
});

/** An answer with that many events. @param {number} count */
const answer = (count) => [
  chunk({ role: 'assistant', content: '' }),
  ...Array.from({ length: count - 2 }, (_, nth) => chunk({ content: ` word${nth % 10}` })),
  chunk({}, 'stop'),
];

/** @param {readonly unknown[]} events */
async function* generate(events) {
  for (const event of events) yield event;
}

/** Counts the events of a stream. @param {AsyncIterable<unknown>} stream */
async function count(stream) {
  let events = 0;
  for await (const event of stream) if (event !== undefined) events += 1;
  return events;
}

async function oneStream() {
  const events = answer(EVENTS);
  const resilience = createResilience();
  const { chat, own } = { chat: resilience.operation('chat'), own: ownDialect() };
  /** @param {string} name @param {() => AsyncIterable<unknown>} open */
  const contender = (name, open) => ({
    name,
    call: () => count(open()),
    check: async () => assert.equal(await count(open()), EVENTS),
  });
  const result = await race({
    name: `a stream of ${EVENTS.toLocaleString('en')} events: nanoseconds an event`,
    reference: 'resilience.stream(), chunks of OpenAI',
    guarded: ['async generator alone'],
    contenders: [
      contender('async generator alone', () => generate(events)),
      contender('protectStream(), chunks of OpenAI', () => protectStream(generate(events))),
      contender('resilience.stream(), chunks of OpenAI', () => chat.stream(() => generate(events))),
      contender('resilience.stream(), own dialect', () => chat.stream(() => generate(events), { dialect: own })),
    ],
  });
  await resilience.close();
  return result;
}

/** @returns {import('holdfast').Dialect} */
function ownDialect() {
  return { name: 'own', hasEnd: false, recognises: () => true, read: () => [{ kind: 'content', text: 'word' }] };
}

/**
 * Opens a thousand streams, reads one event of each, and then the rest, all at once.
 * @param {(source: () => AsyncIterable<unknown>) => AsyncIterable<unknown>} open
 */
async function load(open) {
  const events = answer(EVENTS_OF_MANY);
  const readAll = async () => {
    const iterators = Array.from({ length: STREAMS }, () => open(() => generate(events))[Symbol.asyncIterator]());
    await Promise.all(iterators.map((iterator) => iterator.next()));
    return iterators;
  };
  const drain = async (/** @type {AsyncIterator<unknown>} */ iterator) => {
    while ((await iterator.next()).done !== true);
  };
  let leastMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await Promise.all((await readAll()).map(drain));
    leastMs = Math.min(leastMs, performance.now() - startedAt);
  }
  const before = await heapAfterGc();
  const iterators = await readAll();
  const opened = await heapAfterGc();
  await Promise.all(iterators.map(drain));
  iterators.length = 0;
  const after = await heapAfterGc();
  return {
    leastMs,
    usPerEvent: (leastMs * 1_000) / (STREAMS * EVENTS_OF_MANY),
    kbOpen: (opened - before) / 1_024 / STREAMS,
    kbKept: (after - before) / 1_024 / STREAMS,
  };
}

/** What is measured, each in a separate process. */
export const subjects = {
  'async generator alone': () => load((source) => source()),
  'holdfast protectStream()': () => load((source) => protectStream(source())),
  'holdfast resilience.stream()': () => {
    const resilience = createResilience();
    return load((source) => resilience.stream('chat', source));
  },
};

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does it cost to guard a stream?',
  measure: async () => {
    const rows = [];
    for (const name of Object.keys(subjects)) {
      const values = await alone(import.meta.url, name);
      // Nothing of a stream may be left.
      rows.push({ name, values, ...(name.startsWith('holdfast') ? { atMost: { kbKept: 0.5, kbOpen: 12 } } : {}) });
    }
    return [
      await oneStream(),
      {
        kind: 'count',
        name: `${STREAMS.toLocaleString('en')} streams of ${EVENTS_OF_MANY} events at once`,
        columns: [
          { key: 'leastMs', label: 'ms, least', digits: 1 },
          { key: 'usPerEvent', label: 'us/event', digits: 2 },
          { key: 'kbOpen', label: 'KB per open stream', digits: 2 },
          { key: 'kbKept', label: 'KB kept per stream', digits: 3 },
        ],
        rows,
      },
    ];
  },
};
