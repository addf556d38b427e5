import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { classify, type Failure } from 'holdfast';
import { type FaultServer, startFaultServer } from '../../../src/testing/index.js';
import type { Client } from './client.js';
import type { Situation } from './situations.js';

/** How a call to an SDK ended: with an error, a value, or not within the time limit. */
export type Outcome = { readonly requests: number } & (Ended | { readonly how: 'hung' });

type Ended =
  /** `failure` is classified with the caller's signal, `alone` without it. */
  | { readonly how: 'failed'; readonly error: unknown; readonly failure: Failure; readonly alone: Failure }
  | { readonly how: 'resolved'; readonly value: unknown };

/** Longer than any test waits, unless it is about a timeout. */
const A_MINUTE_MS = 60_000;
/** How long the caller waits for a stalled body before it aborts. */
const LOOK_MS = 30;
/** More turns of the event loop than it takes the SDK to receive what has been sent. */
const TURNS = 20;

/** Runs an SDK into a situation, and returns how its call ends; `hung` if it has not ended `patienceMs` after its request. */
export async function provoke(client: Client, situation: Situation, patienceMs?: number): Promise<Outcome> {
  const server = await startFaultServer(situation.script);
  const end = new AbortController();
  try {
    if (situation.refuses === true) await server.refuse();
    const called = call(client, situation, server);
    // The loser of the race must not reject unhandled.
    called.catch(() => undefined);
    if (patienceMs === undefined) return { ...(await called), requests: server.requests.length };
    const hung = waitInVain(server, patienceMs, end.signal);
    hung.catch(() => undefined);
    return { ...(await Promise.race([called, hung])), requests: server.requests.length };
  } finally {
    end.abort();
    await server.close();
  }
}

async function waitInVain(server: FaultServer, patienceMs: number, signal: AbortSignal): Promise<{ how: 'hung' }> {
  await server.seen(1);
  await waitForIo(patienceMs, signal);
  return { how: 'hung' };
}

/** Waits, and then for pending input: a delayed process runs its timers before it reads. */
async function waitForIo(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal });
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}

async function call(client: Client, situation: Situation, server: FaultServer): Promise<Ended> {
  const { asks, aborts, url = server.url, timeoutMs = A_MINUTE_MS } = situation;
  const controller = new AbortController();
  const abort = () => controller.abort(aborts?.reason);
  const abortSoon = () => void waitForIo(LOOK_MS).then(abort);
  // If the server got no request, the count of requests shows it.
  const ignore = () => undefined;
  if (aborts?.when === 'asked') server.seen(1).then(abort, ignore);
  if (aborts?.when === 'answering') server.seen(1).then(abortSoon, ignore);
  const onPart = aborts?.when === 'streaming' ? abortSoon : undefined;
  const signal = aborts === undefined ? undefined : controller.signal;
  try {
    return { how: 'resolved', value: await client[asks]({ url, signal, timeoutMs, onPart }) };
  } catch (error) {
    return { how: 'failed', error, failure: classify(error, { signal }), alone: classify(error) };
  }
}
