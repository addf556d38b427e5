// @ts-check
import assert from 'node:assert/strict';
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { createResilience } from 'holdfast';
import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';
import { opossumDefault, opossumTuned } from '../harness/peers.mjs';
import { race } from '../harness/race.mjs';

const openMs = 3_600_000;
const DEPTH = 10;
const never = async () => assert.fail('the function is called though the breaker is open');
const fail = async () => {
  throw new Error('the provider fails');
};

/**
 * @param {string} name
 * @param {() => Promise<unknown>} call
 * @param {(error: unknown) => boolean} isRejection
 */
const contender = (name, call, isRejection) => ({
  name,
  call: async () => {
    try {
      await call();
    } catch {}
  },
  check: () => assert.rejects(call, isRejection),
});

/** @param {unknown} error */
const isOurs = (error) => error instanceof BreakerOpenError && (error.retryAfterMs ?? 0) > 0;
/** @param {unknown} error */
const isOpossums = (error) => error instanceof Error && 'code' in error && error.code === 'EOPENBREAKER';
/** @param {unknown} error */
const isCockatiels = (error) => error instanceof BrokenCircuitError;

/** Every contender, its breaker open. */
async function allOpen() {
  const resilience = createResilience({ config: { operations: { chat: { breaker: { openMs } } } } });
  resilience.breaker('chat').open();
  const breaker = new CircuitBreaker({ openMs });
  breaker.open();
  const tuned = opossumTuned(never, { resetTimeout: openMs });
  tuned.open();
  const plain = opossumDefault(never, { resetTimeout: openMs });
  plain.open();
  const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(1) });
  await cockatiel.execute(fail).catch(() => undefined);
  return { resilience, breaker, tuned, plain, cockatiel };
}

/** Peers, here with a breaker only, against our whole pipeline and against our breaker alone. */
async function measure() {
  const { resilience, breaker, tuned, plain, cockatiel } = await allOpen();
  const peers = [
    contender('cockatiel breaker', () => cockatiel.execute(never), isCockatiels),
    contender('opossum tuned', () => tuned.fire(), isOpossums),
    contender('opossum default', () => plain.fire(), isOpossums),
  ];
  const guarded = peers.map(({ name }) => name);
  const races = [
    await race({
      name: 'a rejection, caught',
      reference: 'holdfast execute()',
      guarded,
      contenders: [contender('holdfast execute()', () => resilience.execute('chat', never), isOurs), ...peers],
    }),
    await race({
      name: 'a rejection by the breaker alone, caught',
      reference: 'holdfast breaker.execute()',
      guarded,
      contenders: [
        contender('holdfast breaker.execute()', () => breaker.execute(never), isOurs),
        {
          name: 'holdfast breaker.tryAdmit(), a value',
          call: () => breaker.tryAdmit(),
          sync: true,
          check: () => assert.ok(isOurs(breaker.tryAdmit())),
        },
        ...peers,
      ],
    }),
    await race({
      name: `the same, ${DEPTH} functions deep in a service`,
      reference: 'holdfast execute()',
      contenders: [
        contender('holdfast execute()', () => deep(() => resilience.execute('chat', never)), isOurs),
        contender('holdfast breaker.execute()', () => deep(() => breaker.execute(never)), isOurs),
        contender('cockatiel breaker', () => deep(() => cockatiel.execute(never)), isCockatiels),
        contender('opossum tuned', () => deep(() => tuned.fire()), isOpossums),
        contender('opossum default', () => deep(() => plain.fire()), isOpossums),
      ],
    }),
  ];
  breaker.shutdown();
  tuned.shutdown();
  plain.shutdown();
  await resilience.close();
  return races;
}

/**
 * Calls below a stack of frames, as a service does. The cost of an error with a stack depends on their number.
 * @param {() => Promise<unknown>} call
 * @param {number} depth
 * @returns {Promise<unknown>}
 */
function deep(call, depth = DEPTH) {
  return depth === 0 ? call() : deep(call, depth - 1);
}

/** @type {import('../harness/results.mjs').Question} */
export const question = { title: 'what does a rejection cost while the breaker is open?', measure };
