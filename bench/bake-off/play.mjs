// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, MODELS, promptOf } from './answers.mjs';
import { CALL_MS } from './limits.mjs';
import { startProvider } from './provider.mjs';

/** @typedef {import('./answers.mjs').Verdict} Verdict */
/** @typedef {import('./contenders.mjs').Asking} Asking */
/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./troubles.mjs').Trouble} Trouble */

/** @typedef {{ verdict: Verdict, ms: number }} Outcome of a call */

/**
 * What a contender made of a trouble.
 * @typedef {{ outcomes: readonly Outcome[], requests: number }} Score
 */

/** How long a call is watched: whoever keeps the limit of a call ends before. */
const PATIENCE_MS = CALL_MS + 1_000;
const CALLS = { calls: 20, everyMs: 100 };

/**
 * @param {Contender} contender
 * @param {Trouble} trouble
 * @returns {Promise<Score>}
 */
export async function play(contender, { script, calls, herd = CALLS }) {
  const first = await startProvider(MODELS[0], script);
  const second = await startProvider(MODELS[1], () => ({ kind: 'well' }));
  const made = contender.make({ first: first.baseURL, second: second.baseURL });
  const outcomes = await Promise.all(
    Array.from({ length: herd.calls }, async (_, question) => {
      await sleep(question * herd.everyMs);
      const isStreamed = calls === 'both' ? question % 2 === 1 : calls === 'streamed';
      return outcomeOf(made, question, isStreamed);
    }),
  );
  const requests = first.requests() + second.requests();
  await made.close?.();
  first.close();
  second.close();
  return { outcomes, requests };
}

/**
 * @param {Asking} made
 * @param {number} question
 * @param {boolean} isStreamed
 * @returns {Promise<Outcome>}
 */
async function outcomeOf(made, question, isStreamed) {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(CALL_MS);
  const got = { text: '' };
  const ended = await Promise.race([
    take(made, promptOf(question), { isStreamed, signal, got }).then(
      () => /** @type {const} */ ('whole'),
      () => /** @type {const} */ ('error'),
    ),
    sleep(PATIENCE_MS, /** @type {const} */ ('waiting'), { ref: false }),
  ]);
  return { verdict: judge(got.text, question, ended), ms: performance.now() - startedAt };
}

/**
 * @param {Asking} made
 * @param {string} prompt
 * @param {{ isStreamed: boolean, signal: AbortSignal, got: { text: string } }} call
 */
async function take(made, prompt, { isStreamed, signal, got }) {
  if (!isStreamed) got.text = await made.answer(prompt, signal);
  else for await (const piece of made.stream(prompt, signal)) got.text += piece;
}
