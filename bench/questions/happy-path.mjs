// @ts-check
import assert from 'node:assert/strict';
import { createResilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import pRetry from 'p-retry';
import {
  cockatielBreaker,
  cockatielRetryAndBreaker,
  cockatielSamplingBreaker,
  cockatielStack,
  EVERY_P_RETRY_OPTION,
  opossumDefault,
  opossumTuned,
} from '../harness/peers.mjs';
import { race } from '../harness/race.mjs';

const ANSWER = 'an answer';
const work = async () => ANSWER;

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

async function wholePipeline() {
  const resilience = createResilience();
  const listenedTo = createResilience();
  listenedTo.on('call.succeeded', () => undefined);
  const aggressive = cockatielStack('aggressive');
  const cooperative = cockatielStack('cooperative');
  const untimed = cockatielRetryAndBreaker();
  const tuned = opossumTuned(work);
  const plain = opossumDefault(work);
  const fire = () => tuned.fire();
  const found = await race({
    name: 'a call that succeeds',
    reference: 'holdfast execute()',
    guarded: [
      'cockatiel retry + breaker + timeout (aggressive)',
      'cockatiel retry + breaker + timeout (cooperative)',
      'p-retry + opossum tuned, with timeout',
      'opossum default',
    ],
    contenders: [
      contender('bare async function', work),
      contender(
        'holdfast execute()',
        () => resilience.execute('chat', work),
        () => resilience.close(),
      ),
      contender(
        'holdfast execute(), one listener',
        () => listenedTo.execute('chat', work),
        () => listenedTo.close(),
      ),
      contender('cockatiel retry + breaker', () => untimed.execute(work)),
      contender('cockatiel retry + breaker + timeout (cooperative)', () => cooperative.execute(work)),
      contender('cockatiel retry + breaker + timeout (aggressive)', () => aggressive.execute(work)),
      contender(
        'p-retry + opossum tuned, with timeout',
        () => pRetry(fire, EVERY_P_RETRY_OPTION),
        () => tuned.shutdown(),
      ),
      contender('the same, as one writes it: { retries: 3 }', () => pRetry(fire, { retries: 3 })),
      contender(
        'opossum default',
        () => plain.fire(),
        () => plain.shutdown(),
      ),
    ],
  });
  const { calls, successes } = resilience.stats('chat');
  assert.equal(calls, successes);
  assert.ok(calls > 0);
  return found;
}

function breakerAlone() {
  const byConsecutive = new CircuitBreaker({ trip: { consecutiveFailures: 5 } });
  const byRate = new CircuitBreaker({ trip: { failureRate: 0.5, minimumCalls: 100, windowMs: 60_000 } });
  const byHand = new CircuitBreaker();
  const consecutive = cockatielBreaker();
  const sampling = cockatielSamplingBreaker();
  const untimed = opossumTuned(work, { timeout: false });
  const plain = opossumDefault(work);
  return race({
    name: 'the breaker alone, a success',
    reference: 'holdfast breaker.execute(), consecutive',
    guarded: ['cockatiel breaker, consecutive', 'opossum tuned, without timeout', 'opossum default'],
    contenders: [
      contender('bare async function', work),
      contender(
        'holdfast breaker.execute(), consecutive',
        () => byConsecutive.execute(work),
        () => byConsecutive.shutdown(),
      ),
      contender(
        'holdfast breaker.execute(), failure rate',
        () => byRate.execute(work),
        () => byRate.shutdown(),
      ),
      {
        name: 'holdfast admit() and settle(), no promise',
        call: () => byHand.settle(byHand.admit(), 'success'),
        sync: true,
        check: () => assert.equal(byHand.state, 'closed'),
        close: () => byHand.shutdown(),
      },
      contender('cockatiel breaker, consecutive', () => consecutive.execute(work)),
      contender('cockatiel breaker, sampling', () => sampling.execute(work)),
      contender(
        'opossum tuned, without timeout',
        () => untimed.fire(),
        () => untimed.shutdown(),
      ),
      contender(
        'opossum default',
        () => plain.fire(),
        () => plain.shutdown(),
      ),
    ],
  });
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does a call that succeeds cost?',
  measure: async () => [await wholePipeline(), await breakerAlone()],
};
