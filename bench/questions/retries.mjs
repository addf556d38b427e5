// @ts-check
import assert from 'node:assert/strict';
import { ConstantBackoff, retry as cockatielRetry, handleAll } from 'cockatiel';
import { createResilience } from 'holdfast';
import { retry, retryBudget } from 'holdfast/retry';
import pRetry from 'p-retry';
import { EVERY_P_RETRY_OPTION } from '../harness/peers.mjs';
import { race } from '../harness/race.mjs';

const ANSWER = 'an answer';
const work = async () => ANSWER;

/** Waits of zero, so that only the work around them is timed. */
const AT_ONCE = { minDelayMs: 0, maxDelayMs: 0, jitter: /** @type {const} */ ('none') };

/**
 * @param {string} name
 * @param {() => Promise<unknown>} call
 * @param {() => unknown} [close]
 */
const contender = (name, call, close = () => undefined) => ({
  name,
  call,
  close,
  check: async () => assert.equal(await call(), ANSWER),
});

/** An error as a provider's client throws it. */
class Overloaded extends Error {
  status = 503;
  headers = new Headers({ 'content-type': 'application/json' });
}

/** A function that fails at every other call, beginning with the first. */
function everyOther() {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls % 2 === 1) throw new Overloaded('try again');
    return ANSWER;
  };
}

function atOnce() {
  const policy = cockatielRetry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(0) });
  const only = { deadlineMs: /** @type {const} */ (false), attemptTimeoutMs: /** @type {const} */ (false) };
  const resilience = createResilience({ config: { defaults: { ...only, breaker: false } } });
  const none = createResilience({ config: { defaults: { ...only, breaker: false, retry: false, quota: false } } });
  const budget = retryBudget();
  return race({
    name: 'retries only, a call that succeeds at once',
    reference: 'holdfast execute(), retries only',
    guarded: ['cockatiel retry', 'p-retry, every option given'],
    contenders: [
      contender('bare async function', work),
      contender('holdfast execute(), no stage at all', () => none.execute('chat', work)),
      contender('holdfast execute(), retries only', () => resilience.execute('chat', work)),
      contender('holdfast retry()', () => retry(work)),
      contender('holdfast retry(), with options', () => retry(work, { maxAttempts: 3, budget })),
      contender('cockatiel retry', () => policy.execute(work)),
      contender('p-retry, every option given', () => pRetry(work, EVERY_P_RETRY_OPTION)),
      contender('p-retry, { retries: 3 }', () => pRetry(work, { retries: 3 })),
    ],
  });
}

function atTheSecondAttempt() {
  const policy = cockatielRetry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(0) });
  const settings = { retry: { ...AT_ONCE, budget: /** @type {const} */ (false) } };
  const resilience = createResilience({ config: { defaults: settings } });
  const [ours, alone, theirs, others] = [everyOther(), everyOther(), everyOther(), everyOther()];
  return race({
    name: 'a call that succeeds at the second attempt, without a wait',
    reference: 'holdfast execute(), default stages',
    contenders: [
      contender(
        'holdfast execute(), default stages',
        () => resilience.execute('chat', ours),
        () => resilience.close(),
      ),
      contender('holdfast retry()', () => retry(alone, AT_ONCE)),
      contender('cockatiel retry', () => policy.execute(theirs)),
      contender('p-retry, every option given', () => pRetry(others, { ...EVERY_P_RETRY_OPTION, minTimeout: 0 })),
    ],
  });
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what do retries cost?',
  measure: async () => [await atOnce(), await atTheSecondAttempt()],
};
