// @ts-check
import assert from 'node:assert/strict';
import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import { CapacityError, createResilience } from 'holdfast';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import { race } from '../harness/race.mjs';

const TASKS = 10_000;
const LIMIT = 100;
const QUEUE = 20_000;
/** Every other stage off. */
const ALONE = /** @type {const} */ ({
  deadlineMs: false,
  attemptTimeoutMs: false,
  retry: false,
  quota: false,
  breaker: false,
});

const work = async () => 'an answer';
/** Takes a turn of the event loop, so that calls meet each other. */
const slowWork = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Runs every task, and counts how many run at a time.
 * @param {(task: () => Promise<unknown>) => Promise<unknown>} run
 */
async function verifyLimit(run) {
  let running = 0;
  let most = 0;
  const task = async () => {
    running += 1;
    most = Math.max(most, running);
    await slowWork();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 3 * LIMIT }, () => run(task)));
  assert.equal(most, LIMIT);
}

/**
 * @param {string} name
 * @param {(task: () => Promise<unknown>) => Promise<unknown>} run
 */
const queue = (name, run) => ({
  name,
  call: async () => {
    /** @type {Promise<unknown>[]} */
    const all = [];
    for (let task = 0; task < TASKS; task++) all.push(run(work));
    await Promise.all(all);
  },
  check: () => verifyLimit(run),
});

async function queueing() {
  const resilience = createResilience({
    config: { defaults: { ...ALONE, concurrency: { limit: LIMIT, queue: QUEUE, queueTimeoutMs: 3_600_000 } } },
  });
  const chat = resilience.operation('chat');
  const policy = bulkhead(LIMIT, QUEUE);
  const limit = pLimit(LIMIT);
  const line = new PQueue({ concurrency: LIMIT });
  const result = await race({
    name: `${TASKS.toLocaleString('en')} tasks at once, ${LIMIT} at a time`,
    reference: 'holdfast execute(), concurrency alone',
    guarded: ['cockatiel bulkhead', 'p-limit', 'p-queue'],
    rounds: 11,
    batchMs: 300,
    contenders: [
      queue('holdfast execute(), concurrency alone', (task) => chat.execute(task)),
      queue('cockatiel bulkhead', (task) => policy.execute(task)),
      queue('p-limit', (task) => limit(task)),
      queue('p-queue', (task) => line.add(task)),
    ],
  });
  await resilience.close();
  return result;
}

async function rejections() {
  const resilience = createResilience({ config: { defaults: { ...ALONE, concurrency: { limit: 1, queue: 0 } } } });
  const policy = bulkhead(1, 0);
  /** @type {() => void} */
  let release = () => undefined;
  const held = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  const chat = resilience.operation('chat');
  const busy = [chat.execute(() => held), policy.execute(() => held)];
  await new Promise((resolve) => setImmediate(resolve));
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
  const result = await race({
    name: 'a rejection at capacity, caught',
    reference: 'holdfast execute()',
    guarded: ['cockatiel bulkhead'],
    contenders: [
      contender(
        'holdfast execute()',
        () => chat.execute(work),
        (error) => error instanceof CapacityError,
      ),
      contender(
        'cockatiel bulkhead',
        () => policy.execute(work),
        (error) => error instanceof BulkheadRejectedError,
      ),
    ],
  });
  release();
  await Promise.all(busy);
  await resilience.close();
  return result;
}

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'what does a limit on calls at a time cost?',
  measure: async () => [await queueing(), await rejections()],
};
