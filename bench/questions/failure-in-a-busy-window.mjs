// @ts-check
import assert from 'node:assert/strict';
import { createResilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { opossumDefault, opossumTuned } from '../harness/peers.mjs';
import { race } from '../harness/race.mjs';
import { filledOpossum } from '../harness/window.mjs';

const WINDOW_SIZES = [0, 10_000, 100_000];
const OURS = 'holdfast breaker.execute(), failure rate';

// Created once: the bench measures settling a failure, not building an error.
const refusal = new Error('the provider fails');
const succeed = async () => undefined;
const fail = async () => {
  throw refusal;
};
/** @param {unknown} error */
const sameError = (error) => error === refusal;

/** A rate that only failures without any success would reach. The window holds a success, so the breaker stays closed. */
const trip = { failureRate: 1, minimumCalls: 1_000_000, windowMs: 600_000 };

/**
 * @param {string} name
 * @param {() => Promise<unknown>} call
 * @param {() => boolean} closed
 * @param {() => unknown} close
 */
const contender = (name, call, closed, close) => ({
  name,
  call: async () => {
    try {
      await call();
    } catch {}
  },
  check: async () => {
    await assert.rejects(call, sameError);
    assert.ok(closed(), 'the breaker must still be closed');
  },
  close,
});

/** @param {number} size */
async function withResultsInWindow(size) {
  const breaker = new CircuitBreaker({ trip });
  const resilience = createResilience({ config: { operations: { chat: { breaker: { trip } } } } });
  for (let index = 0; index < Math.max(1, size); index += 1) {
    await breaker.execute(succeed);
    await resilience.execute('chat', succeed);
  }
  // Its own failures fill opossum's window and slow it down: few of them, and a new breaker for each round.
  const plain = filledOpossum(() => opossumDefault(fail, windowOf100Percent()), size);
  const tuned = filledOpossum(() => opossumTuned(fail, windowOf100Percent()), size);
  return race({
    name: `one failure, ${size.toLocaleString('en')} results in the window`,
    reference: OURS,
    guarded: size === 100_000 ? ['opossum default'] : [],
    rounds: 11,
    contenders: [
      contender(
        OURS,
        () => breaker.execute(fail),
        () => breaker.state === 'closed',
        () => breaker.shutdown(),
      ),
      contender(
        'holdfast execute(), failure rate',
        () => resilience.execute('chat', fail),
        () => resilience.breaker('chat').state === 'closed',
        () => resilience.close(),
      ),
      {
        ...contender(
          'opossum default',
          () => plain.current().fire(),
          () => plain.current().closed,
          plain.close,
        ),
        most: 100,
        beforeRound: plain.refill,
      },
      {
        ...contender(
          'opossum tuned',
          () => tuned.current().fire(),
          () => tuned.current().closed,
          tuned.close,
        ),
        most: 100,
        beforeRound: tuned.refill,
      },
    ],
  });
}

/** Ours at every size in one race: whether the size matters at all. */
async function oursBySize() {
  const contenders = [];
  for (const size of WINDOW_SIZES) {
    const breaker = new CircuitBreaker({ trip });
    for (let index = 0; index < Math.max(1, size); index += 1) await breaker.execute(succeed);
    contenders.push(
      contender(
        `${size.toLocaleString('en')} results`,
        () => breaker.execute(fail),
        () => breaker.state === 'closed',
        () => breaker.shutdown(),
      ),
    );
  }
  return race({
    name: 'holdfast alone, one failure',
    reference: '100,000 results',
    guarded: ['0 results'],
    contenders,
  });
}

/** opossum's defaults, except that it never opens and that its window outlasts the bench. */
function windowOf100Percent() {
  return { errorThresholdPercentage: 100, rollingCountTimeout: 3_600_000 };
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does a failure cost while the window holds many results?',
  measure: async () => {
    const races = [await oursBySize()];
    for (const size of WINDOW_SIZES) races.push(await withResultsInWindow(size));
    return races;
  },
};
