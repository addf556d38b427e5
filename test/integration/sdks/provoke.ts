import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { classify, type Failure } from 'holdfast';
import { type FaultServer, startFaultServer } from '../../../src/testing/index.js';
import type { Client } from './client.js';
import type { Situation } from './situations.js';

/** What came of a call of an SDK: its error as classified, a value, or nothing for as long as was waited. */
export type Outcome = { readonly requests: number } & (Ended | { readonly how: 'hung' });

type Ended =
  /** `failure` is what it means with the caller's signal, and `alone` what the error says by itself. */
  | { readonly how: 'failed'; readonly error: unknown; readonly failure: Failure; readonly alone: Failure }
  | { readonly how: 'resolved'; readonly value: unknown };

/** Longer than any test waits, unless it is about waiting. */
const A_MINUTE_MS = 60_000;
/** How long the caller looks at a body that stalls before it leaves. */
const LOOK_MS = 30;
/** More turns of the event loop than pass between a request's arrival and what the SDK has of the answer. */
const TURNS = 20;

/** Lets an SDK run into a situation, and says what comes of it, within `patienceMs` of its request if that is given. */
export async function provoke(client: Client, situation: Situation, patienceMs?: number): Promise<Outcome> {
  const server = await startFaultServer(situation.script);
  const end = new AbortController();
  try {
    if (situation.refuses === true) await server.refuse();
    const called = call(client, situation, server);
    // What is not waited for must not go unheard.
    called.catch(() => undefined);
    if (patienceMs === undefined) return { ...(await called), requests: server.requests.length };
    const hung = hangs(server, patienceMs, end.signal);
    hung.catch(() => undefined);
    return { ...(await Promise.race([called, hung])), requests: server.requests.length };
  } finally {
    end.abort();
    await server.close();
  }
}

async function hangs(server: FaultServer, patienceMs: number, signal: AbortSignal): Promise<{ how: 'hung' }> {
  await server.seen(1);
  await pass(patienceMs, signal);
  return { how: 'hung' };
}

/** Waits, and then for what has come in: a process that was held up hears of its clocks before it reads. */
async function pass(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal });
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}

async function call(client: Client, situation: Situation, server: FaultServer): Promise<Ended> {
  const { asks, aborts, url = server.url, timeoutMs = A_MINUTE_MS } = situation;
  const controller = new AbortController();
  const leave = () => controller.abort(aborts?.reason);
  const leaveSoon = () => void pass(LOOK_MS).then(leave);
  // Why the server was not asked is told by the count of its requests.
  const unasked = () => undefined;
  if (aborts?.when === 'asked') server.seen(1).then(leave, unasked);
  if (aborts?.when === 'answering') server.seen(1).then(leaveSoon, unasked);
  const onPart = aborts?.when === 'streaming' ? leaveSoon : undefined;
  const signal = aborts === undefined ? undefined : controller.signal;
  try {
    return { how: 'resolved', value: await client[asks]({ url, signal, timeoutMs, onPart }) };
  } catch (error) {
    return { how: 'failed', error, failure: classify(error, { signal }), alone: classify(error) };
  }
}
