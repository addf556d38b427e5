// @ts-check
import assert from 'node:assert/strict';
import { createResilience } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';
import { alone } from '../harness/alone.mjs';
import { COMPLETION, sentChunks } from '../harness/chat-chunks.mjs';
import { startChatServer } from '../harness/chat-server.mjs';
import { heapAfterGc } from '../harness/heap.mjs';
import { race } from '../harness/race.mjs';
import { median } from '../harness/statistics.mjs';

/** Microseconds a stream are nanoseconds an event. */
const EVENTS = 1_000;
const STREAMS = 1_000;
const EVENTS_OF_MANY = 100;
/** The least of them is shown: the others were disturbed, or not compiled yet. */
const ROUNDS = 8;
const CALLS = 400;
const FAILOVERS = 60;
/** A server that stalls is left after this. */
const FIRST_CONTENT_MS = 200;
const MESSAGES = /** @type {OpenAI.ChatCompletionMessageParam[]} */ ([{ role: 'user', content: 'Hello?' }]);

/** @param {OpenAI} client @param {string} model */
const open = (client, model = 'well') => client.chat.completions.create({ model, messages: MESSAGES, stream: true });

/** @param {OpenAI} client @param {string} model */
const ask = (client, model) => client.chat.completions.create({ model, messages: MESSAGES });

/** Counts the events of a stream. @param {OpenAI} client */
async function count(client) {
  let events = 0;
  for await (const chunk of await open(client)) if (chunk.choices.length > 0) events += 1;
  return events;
}

/** A bare client without retries and a protected one. @param {{ baseURL?: string, fetch?: typeof fetch }} options */
function clients(options) {
  const resilience = createResilience();
  const bare = new OpenAI({ apiKey: 'key', maxRetries: 0, ...options });
  return { resilience, bare, guarded: protect(bare, { resilience, operation: 'chat' }) };
}

/**
 * Without a network. Each packet of a stream has that many events.
 * @param {number} perPacket
 * @returns {typeof fetch}
 */
function localFetch(perPacket) {
  const encoder = new TextEncoder();
  const events = sentChunks(EVENTS);
  const packets = Array.from({ length: Math.ceil(events.length / perPacket) }, (_, nth) =>
    encoder.encode(events.slice(nth * perPacket, (nth + 1) * perPacket).join('')),
  );
  return async (_, init) => {
    if (!String(init?.body).includes('"stream":true')) return Response.json(COMPLETION);
    let next = 0;
    const body = new ReadableStream({
      pull(controller) {
        const packet = packets[next++];
        if (packet === undefined) controller.close();
        else controller.enqueue(packet);
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

/** @param {number} perPacket */
async function oneStream(perPacket) {
  const { resilience, bare, guarded } = clients({ fetch: localFetch(perPacket) });
  /** @param {string} name @param {OpenAI} client */
  const contender = (name, client) => ({
    name,
    call: () => count(client),
    check: async () => assert.equal(await count(client), EVENTS),
  });
  const result = await race({
    name: `a stream of ${EVENTS.toLocaleString('en')} events, ${perPacket} a packet, no network: nanoseconds an event`,
    reference: 'protected client',
    batchMs: 100,
    contenders: [contender('SDK alone', bare), contender('protected client', guarded)],
  });
  await resilience.close();
  return result;
}

async function oneCall() {
  const { resilience, bare, guarded } = clients({ fetch: localFetch(1) });
  /** @param {string} name @param {OpenAI} client */
  const contender = (name, client) => ({
    name,
    call: () => ask(client, 'well'),
    check: async () => assert.equal((await ask(client, 'well')).choices.length, 1),
  });
  const result = await race({
    name: 'a call of the OpenAI SDK, no network',
    reference: 'protected client',
    contenders: [contender('SDK alone', bare), contender('protected client', guarded)],
  });
  await resilience.close();
  return result;
}

/** Calls in turns, each alone: what differs between two neighbours is the client. @param {string} model */
async function pairs(model) {
  const server = await startChatServer();
  const { resilience, bare, guarded } = clients({ baseURL: server.baseURL });
  /** @param {OpenAI} client */
  const once = async (client) => {
    const startedAt = performance.now();
    const { user, system } = process.cpuUsage();
    await ask(client, model);
    const cpu = process.cpuUsage();
    return { ms: performance.now() - startedAt, cpuUs: cpu.user + cpu.system - user - system };
  };
  /** @type {Awaited<ReturnType<typeof once>>[]} */
  const ofBare = [];
  /** @type {typeof ofBare} */
  const ofGuarded = [];
  for (let call = 0; call < CALLS * 2; call += 1) {
    // The first half warms up.
    const isKept = call >= CALLS;
    const [first, second] = call % 2 === 0 ? [bare, guarded] : [guarded, bare];
    const [one, other] = [await once(first), await once(second)];
    if (isKept) ofBare.push(first === bare ? one : other);
    if (isKept) ofGuarded.push(first === bare ? other : one);
  }
  await resilience.close();
  server.close();
  const rows = [
    { name: 'SDK alone', calls: ofBare },
    { name: 'protected client', calls: ofGuarded },
  ];
  const more = ofGuarded.map(({ ms }, call) => ms - (ofBare[call]?.ms ?? Number.NaN));
  return rows.map(({ name, calls }) => ({
    name: `${name}, ${model === 'slow' ? 'answered after 10 ms' : 'answered at once'}`,
    values: {
      ms: median(calls.map(({ ms }) => ms)),
      cpuUs: median(calls.map(({ cpuUs }) => cpuUs)),
      ...(calls === ofGuarded && { moreUs: median(more) * 1_000 }),
    },
  }));
}

/**
 * Opens a thousand streams, reads them all at once, and then holds as many open.
 * @param {boolean} isGuarded
 */
async function load(isGuarded) {
  const server = await startChatServer();
  const { resilience, bare, guarded } = clients({ baseURL: server.baseURL });
  const client = isGuarded ? guarded : bare;
  let leastMs = Number.POSITIVE_INFINITY;
  let leastCpuUs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    const before = process.cpuUsage();
    const counts = await Promise.all(Array.from({ length: STREAMS }, () => count(client)));
    const { user, system } = process.cpuUsage(before);
    leastMs = Math.min(leastMs, performance.now() - startedAt);
    leastCpuUs = Math.min(leastCpuUs, user + system);
    assert.equal(
      counts.reduce((sum, events) => sum + events, 0),
      STREAMS * EVENTS_OF_MANY,
    );
  }
  const before = await heapAfterGc();
  const iterators = await Promise.all(
    Array.from({ length: STREAMS }, async () => {
      const iterator = (await open(client, 'held'))[Symbol.asyncIterator]();
      await iterator.next();
      return iterator;
    }),
  );
  const opened = await heapAfterGc();
  await server.release();
  await Promise.all(
    iterators.map(async (iterator) => {
      while ((await iterator.next()).done !== true);
    }),
  );
  iterators.length = 0;
  const after = await heapAfterGc();
  await resilience.close();
  server.close();
  return {
    leastMs,
    usPerEvent: leastCpuUs / (STREAMS * EVENTS_OF_MANY),
    kbOpen: (opened - before) / 1_024 / STREAMS,
    kbKept: (after - before) / 1_024 / STREAMS,
  };
}

/** What is measured, each in a separate process. */
export const subjects = {
  'SDK alone': () => load(false),
  'protected client': () => load(true),
};

/** How long the first token takes while the first model is in trouble and the second is well. */
async function failover() {
  const server = await startChatServer();
  /** @param {string} name @param {readonly string[]} targets @param {boolean} isNew a new breaker for each call */
  const row = async (name, targets, isNew) => {
    const create = () => {
      const config = { defaults: { stream: { firstContentMs: FIRST_CONTENT_MS } } };
      const resilience = createResilience({ config, targets: { chat: { list: targets } } });
      const bare = new OpenAI({ apiKey: 'key', baseURL: server.baseURL });
      return { resilience, client: protect(bare, { resilience, operation: 'chat' }) };
    };
    let made = create();
    /** @type {number[]} */
    const times = [];
    for (let call = 0; call < FAILOVERS; call += 1) {
      if (isNew) {
        await made.resilience.close();
        made = create();
      }
      const startedAt = performance.now();
      for await (const chunk of await open(made.client)) {
        if ((chunk.choices[0]?.delta.content ?? '') === '') continue;
        times.push(performance.now() - startedAt);
        break;
      }
    }
    await made.resilience.close();
    const settled = times.slice(FAILOVERS / 2);
    return { name, values: { medianMs: median(settled), mostMs: Math.max(...settled) } };
  };
  const rows = [
    await row('the first model is well', ['well', 'well2'], true),
    await row('it refuses (503)', ['refusing', 'well'], true),
    await row('it refuses, and its breaker is open', ['refusing', 'well'], false),
    await row(`it is silent, firstContentMs: ${FIRST_CONTENT_MS}`, ['silent', 'well'], true),
    await row('it is silent, and its breaker is open', ['silent', 'well'], false),
  ];
  server.close();
  return rows;
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does a protected client cost, and how soon does another model answer?',
  measure: async () => {
    const many = [];
    for (const name of Object.keys(subjects)) {
      const values = await alone(import.meta.url, name);
      // Nothing of a stream may be left.
      many.push({ name, values, ...(name === 'protected client' ? { atMost: { kbKept: 1 } } : {}) });
    }
    return [
      await oneCall(),
      {
        kind: 'count',
        name: 'a call of the OpenAI SDK on loopback, in turns',
        columns: [
          { key: 'ms', label: 'ms, median', digits: 2 },
          { key: 'cpuUs', label: 'us of CPU, median', digits: 0 },
          { key: 'moreUs', label: 'us more, median of pairs', digits: 0 },
        ],
        rows: [...(await pairs('well')), ...(await pairs('slow'))],
      },
      await oneStream(1),
      await oneStream(10),
      {
        kind: 'count',
        name: `${STREAMS.toLocaleString('en')} streams of ${EVENTS_OF_MANY} events at once, on loopback`,
        columns: [
          { key: 'leastMs', label: 'ms, least', digits: 0 },
          { key: 'usPerEvent', label: 'us of CPU/event', digits: 2 },
          { key: 'kbOpen', label: 'KB per open stream', digits: 1 },
          { key: 'kbKept', label: 'KB kept per stream', digits: 3 },
        ],
        rows: many,
      },
      {
        kind: 'count',
        name: 'time to the first token with two models, loopback',
        columns: [
          { key: 'medianMs', label: 'ms, median', digits: 1 },
          { key: 'mostMs', label: 'ms, most', digits: 1 },
        ],
        rows: await failover(),
      },
    ];
  },
};
