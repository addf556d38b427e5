/** What docs/comparison.md says of the retries of other packages, put to the test: prints each sentence that was seen to hold. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConstantBackoff, retry as cockatielRetry, handleAll, TimeoutStrategy, timeout, wrap } from 'cockatiel';
import { retry, retryBudget } from 'holdfast/retry';
import pRetry from 'p-retry';

const down = () => Object.assign(new Error('down'), { status: 503 });
const badRequest = () => Object.assign(new Error('bad'), { status: 400 });
const SHORT = { minDelayMs: 1, maxDelayMs: 2 };
const LONG_MS = 200;

interface Ended {
  readonly calls: number;
  readonly tookMs: number;
  readonly error: unknown;
}

/** How often a function that always fails is called, and how long that takes. */
async function ended(run: (fn: () => Promise<never>) => Promise<unknown>, error: () => unknown): Promise<Ended> {
  let calls = 0;
  const beganMs = performance.now();
  const thrown: unknown = await run(async () => {
    calls += 1;
    throw error();
  }).then(
    () => assert.fail('it must reject'),
    (reason: unknown) => reason,
  );
  return { calls, tookMs: performance.now() - beganMs, error: thrown };
}

/** A signal that aborts while the first wait is under way. */
function abortedSoon(): AbortSignal {
  const controller = new AbortController();
  void sleep(20).then(() => controller.abort(new Error('left')));
  return controller.signal;
}

const cockatiel = (maxAttempts: number, waitMs: number) =>
  cockatielRetry(handleAll, { maxAttempts, backoff: new ConstantBackoff(waitMs) });

const seen: Readonly<Record<string, () => Promise<void>>> = {
  'retry() does not send a bad request again': async () => {
    assert.equal((await ended((fn) => retry(fn, SHORT), badRequest)).calls, 1);
  },
  'cockatiel and p-retry do, unless they are told not to': async () => {
    assert.equal((await ended((fn) => cockatiel(2, 1).execute(fn), badRequest)).calls, 3);
    assert.equal((await ended((fn) => pRetry(fn, { retries: 2, minTimeout: 1 }), badRequest)).calls, 3);
  },

  'retry() waits as long as the callee asks': async () => {
    const error = () => Object.assign(down(), { headers: { 'retry-after-ms': '60' } });
    const { calls, tookMs } = await ended((fn) => retry(fn, { ...SHORT, maxAttempts: 2 }), error);
    assert.equal(calls, 2);
    assert.ok(tookMs >= 59);
  },
  'calls of retry() can share a budget, which ends retries before the attempts are used up': async () => {
    const budget = retryBudget({ burst: 1, floorPerSecond: 0 });
    const options = { ...SHORT, maxAttempts: 5, budget };
    assert.equal((await ended((fn) => retry(fn, options), down)).calls, 2);
    assert.equal((await ended((fn) => retry(fn, options), down)).calls, 1);
  },

  'an abort during a wait ends retry() and p-retry at once': async () => {
    const signal = abortedSoon();
    const waits = { minDelayMs: LONG_MS, maxDelayMs: LONG_MS, jitter: 'none' } as const;
    const ours = await ended((fn) => retry(fn, { ...waits, signal }), down);
    assert.deepEqual([ours.calls, ours.error], [1, signal.reason]);
    assert.ok(ours.tookMs < LONG_MS);
    const theirs = await ended((fn) => pRetry(fn, { minTimeout: LONG_MS, signal: abortedSoon() }), down);
    assert.equal(theirs.calls, 1);
    assert.ok(theirs.tookMs < LONG_MS);
  },
  'cockatiel waits to the end and calls the function again': async () => {
    const { calls, tookMs } = await ended((fn) => cockatiel(1, LONG_MS).execute(fn, abortedSoon()), down);
    assert.equal(calls, 2);
    assert.ok(tookMs >= LONG_MS - 1);
  },

  'retry() begins no wait that its time limit would cut short': async () => {
    const limits = { minDelayMs: 500, maxDelayMs: 500, maxElapsedMs: 500, deadlineMs: 100 };
    const { calls, tookMs } = await ended((fn) => retry(fn, limits), down);
    assert.equal(calls, 1);
    assert.ok(tookMs < 100);
  },
  'cockatiel begins it': async () => {
    const policy = wrap(timeout(100, TimeoutStrategy.Aggressive), cockatiel(1, 150));
    const { calls, tookMs } = await ended((fn) => policy.execute(fn), down);
    assert.equal(calls, 1);
    assert.ok(tookMs >= 99);
  },
  'p-retry waits for what is left of maxRetryTime, and calls the function too early': async () => {
    const { calls, tookMs } = await ended((fn) => pRetry(fn, { minTimeout: 500, maxRetryTime: 50 }), down);
    assert.ok(calls > 1);
    assert.ok(tookMs < 500);
  },

  'retry() tries again after a TypeError that a rule says is a network failure': async () => {
    const classify = [{ when: { name: 'TypeError' }, means: 'network' }] as const;
    assert.equal(
      (
        await ended(
          (fn) => retry(fn, { ...SHORT, classify }),
          () => new TypeError('cut'),
        )
      ).calls,
      3,
    );
  },
  'p-retry does not, whatever shouldRetry says': async () => {
    const options = { retries: 2, minTimeout: 1, shouldRetry: () => true };
    assert.equal(
      (
        await ended(
          (fn) => pRetry(fn, options),
          () => new TypeError('cut'),
        )
      ).calls,
      1,
    );
  },
};

for (const [sentence, holds] of Object.entries(seen)) {
  await holds();
  console.log(sentence);
}
