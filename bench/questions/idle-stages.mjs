// @ts-check
import assert from 'node:assert/strict';
import { createResilience } from 'holdfast';
import { race } from '../harness/race.mjs';

const ANSWER = 'an answer';
const work = async () => ANSWER;
const DEFAULTS = 'holdfast execute(), default stages';

/**
 * @param {string} name
 * @param {import('holdfast').ResilienceOptions} options
 * @param {import('holdfast').ExecuteOptions<string, string>} [ofCall]
 */
function contender(name, options, ofCall) {
  const resilience = createResilience(options);
  const chat = resilience.operation('chat');
  const call = () => chat.execute(work, ofCall);
  return { name, call, check: async () => assert.equal(await call(), ANSWER), close: () => resilience.close() };
}

/** @param {import('holdfast').Settings} settings */
const withSettings = (settings) => ({ config: { defaults: settings } });

/** Every stage in turn, enabled and with nothing to do. */
function measure() {
  const fallback = { value: 'another answer' };
  return race({
    name: 'a call that succeeds, with one more stage that has nothing to do',
    reference: DEFAULTS,
    contenders: [
      contender(DEFAULTS, {}),
      contender('and concurrency', withSettings({ concurrency: { limit: 1_000 } })),
      contender('and an adaptive limit', withSettings({ concurrency: { limit: 1_000, adaptive: true } })),
      contender('and pacing of requests', withSettings({ pacing: { requestsPerMinute: 1_000_000_000 } })),
      contender('and hedging after a fixed delay', withSettings({ hedge: { delayMs: 60_000 } })),
      contender('and hedging after a learned delay', withSettings({ hedge: { minDelayMs: 60_000 } })),
      contender('and a fallback', { fallbacks: { chat: fallback } }),
      contender('and a fallback of the call', {}, { fallback }),
      contender('and two targets', { targets: { chat: { list: ['gpt-5', 'claude-sonnet-5'] } } }),
      contender('and a cache, hit', {}, { cache: { key: 'question', ttlMs: 3_600_000 } }),
    ],
  });
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does a stage cost that has nothing to do?',
  measure: async () => [await measure()],
};
