/** What docs/comparison.md says of other packages, put to the test: prints each sentence that was seen to hold. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import { AttemptTimeoutError, createResilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import Opossum from 'opossum';
import pRetry from 'p-retry';

const OPEN_MS = 20;
const failure = new Error('503');
const fail = () => Promise.reject(failure);
const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail('it must reject'),
    (error: unknown) => error,
  );

/** Work whose calls are settled by hand, in any order. */
function byHand() {
  const calls: { succeed: () => void; fail: () => void }[] = [];
  const work = () =>
    new Promise<string>((resolve, reject) => {
      calls.push({ succeed: () => resolve('fine'), fail: () => reject(failure) });
    });
  return { work, calls };
}

/** An opossum that is half-open now. */
async function halfOpen(work: () => Promise<unknown>): Promise<Opossum> {
  const breaker = new Opossum(work, { resetTimeout: OPEN_MS, timeout: false });
  const waited = new Promise((resolve) => breaker.once('halfOpen', resolve));
  breaker.open();
  await Promise.all([waited, sleep(OPEN_MS * 2)]);
  return breaker;
}

/** A breaker of cockatiel that will be half-open at the next call. */
const cockatielBreaker = () =>
  circuitBreaker(handleAll, { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(1) });

/** Whether work that takes half a second and does not look at its signal is over long before, when it is given 50 ms. */
async function endsOnTime(run: () => Promise<unknown>): Promise<boolean> {
  const first = await Promise.race([run().then(String, String), sleep(300, 'late')]);
  return first !== 'late';
}
const deaf = () => sleep(500);

const seen = {
  'holdfast ends a call on time when the function ignores its signal': async () => {
    const resilience = createResilience({ config: { defaults: { attemptTimeoutMs: 50, retry: false } } });
    assert.ok(AttemptTimeoutError.is(await caught(resilience.execute('chat', deaf))));
  },
  'opossum does': async () => {
    assert.ok(await endsOnTime(() => new Opossum(deaf, { timeout: 50 }).fire()));
  },
  'cockatiel does when its timeout is aggressive, not when it is cooperative': async () => {
    assert.ok(await endsOnTime(() => timeout(50, TimeoutStrategy.Aggressive).execute(deaf)));
    assert.ok(!(await endsOnTime(() => timeout(50, TimeoutStrategy.Cooperative).execute(deaf))));
  },
  'p-retry does not, neither by maxRetryTime nor by its signal': async () => {
    assert.ok(!(await endsOnTime(() => pRetry(deaf, { maxRetryTime: 50 }))));
    assert.ok(!(await endsOnTime(() => pRetry(deaf, { signal: AbortSignal.timeout(50) }))));
  },

  'holdfast counts no abort of the caller': async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 1 } } } } });
    const signal = AbortSignal.timeout(10);
    await caught(resilience.execute('chat', (call) => sleep(60_000, undefined, { signal: call.signal }), { signal }));
    assert.equal(resilience.breaker('chat').state, 'closed');
  },
  'opossum and cockatiel do': async () => {
    const work = () => sleep(60_000, undefined, { signal: AbortSignal.timeout(10) });
    const opossum = new Opossum(work);
    await caught(opossum.fire());
    assert.equal(opossum.stats.failures, 1);
    opossum.shutdown();
    const cockatiel = cockatielBreaker();
    await caught(cockatiel.execute(work));
    assert.equal(cockatiel.state, CircuitState.Open);
  },

  'a half-open opossum admits one call, and nobody behind one that hangs': async () => {
    const { work, calls } = byHand();
    const breaker = await halfOpen(work);
    const others = Promise.allSettled([breaker.fire(), breaker.fire(), breaker.fire()]);
    await sleep(OPEN_MS * 5);
    await caught(breaker.fire());
    assert.equal(calls.length, 1);
    calls[0]?.succeed();
    await others;
    breaker.shutdown();
  },
  'callers of a half-open cockatiel wait for the one trial': async () => {
    const { work, calls } = byHand();
    const breaker = cockatielBreaker();
    await caught(breaker.execute(fail));
    await sleep(OPEN_MS * 2);
    let settled = 0;
    const callers = [1, 2, 3].map(() => breaker.execute(work).then(() => (settled += 1)));
    await sleep(OPEN_MS * 5);
    assert.deepEqual([calls.length, settled], [1, 0]);
    calls[0]?.succeed();
    await sleep(0);
    for (const call of calls) call.succeed();
    await Promise.all(callers);
  },
  'a half-open holdfast refuses at once, and a trial that hangs loses its place': async () => {
    const { work, calls } = byHand();
    const breaker = new CircuitBreaker({ openMs: OPEN_MS, trialLeaseMs: 200 });
    breaker.open();
    await sleep(OPEN_MS * 2);
    const hung = breaker.execute(work);
    await caught(breaker.execute(work));
    assert.equal(calls.length, 1);
    await sleep(250);
    const next = breaker.execute(work);
    assert.equal(calls.length, 2);
    for (const call of calls) call.succeed();
    await Promise.all([hung, next]);
    breaker.shutdown();
  },

  'a success from before the opening closes a half-open opossum': async () => {
    const { work, calls } = byHand();
    const breaker = new Opossum(work, { resetTimeout: OPEN_MS, timeout: false });
    const early = breaker.fire();
    breaker.open();
    await sleep(OPEN_MS * 2);
    assert.ok(breaker.halfOpen);
    calls[0]?.succeed();
    await early;
    assert.ok(breaker.closed);
    breaker.shutdown();
  },
  'a failure from before the opening reopens a half-open cockatiel': async () => {
    const { work, calls } = byHand();
    const breaker = cockatielBreaker();
    const early = caught(breaker.execute(work));
    await caught(breaker.execute(fail));
    await sleep(OPEN_MS * 2);
    const trial = breaker.execute(work);
    assert.equal(breaker.state, CircuitState.HalfOpen);
    calls[0]?.fail();
    await early;
    assert.equal(breaker.state, CircuitState.Open);
    calls[1]?.succeed();
    await trial;
  },

  'a listener that throws harms no call of holdfast': async () => {
    const resilience = createResilience();
    resilience.on('call.succeeded', () => assert.fail('listener'));
    assert.equal(await resilience.execute('chat', () => 'fine'), 'fine');
  },
  'it makes a successful call of opossum and of cockatiel reject': async () => {
    const opossum = new Opossum(async () => 'fine');
    opossum.on('success', () => assert.fail('listener'));
    await caught(opossum.fire());
    opossum.shutdown();
    const policy = retry(handleAll, { maxAttempts: 1 });
    policy.onSuccess(() => assert.fail('listener'));
    await caught(policy.execute(() => 'fine'));
  },

  'a closed opossum remembers the failures that opened it': async () => {
    const breaker = new Opossum((work: () => Promise<unknown>) => work(), {
      resetTimeout: OPEN_MS,
      volumeThreshold: 3,
    });
    for (let failures = 1; failures <= 3; failures += 1) await caught(breaker.fire(fail));
    await sleep(OPEN_MS * 2);
    await breaker.fire(async () => 'fine');
    assert.ok(breaker.closed);
    await caught(breaker.fire(fail));
    assert.ok(breaker.opened);
    breaker.shutdown();
  },
  'an error that opossum filters out closes it when it is half-open': async () => {
    const breaker = new Opossum(fail, { resetTimeout: OPEN_MS, errorFilter: () => true });
    breaker.open();
    await sleep(OPEN_MS * 2);
    await caught(breaker.fire());
    assert.ok(breaker.closed);
    breaker.shutdown();
  },
  'an opossum that opened just now is half-open when it is restored, if it was made long ago': async () => {
    const options = { resetTimeout: OPEN_MS * 5 };
    const before = new Opossum(fail, options);
    await sleep(OPEN_MS * 7);
    before.open();
    // Its types know nothing of the option `state`.
    const saved = { ...options, state: before.toJSON().state };
    before.shutdown();
    const after = new Opossum(fail, saved);
    assert.ok(after.halfOpen);
    after.shutdown();
  },
  'an opossum with a threshold of 100 % never opens': async () => {
    const breaker = new Opossum(fail, { errorThresholdPercentage: 100 });
    for (let failures = 1; failures <= 50; failures += 1) await caught(breaker.fire());
    assert.ok(breaker.closed);
    breaker.shutdown();
  },
  'one timeout of opossum aborts the signal of all its calls': async () => {
    const abortController = new AbortController();
    const opossum = new Opossum((ms: number) => sleep(ms, 'fine'), { timeout: 200, abortController });
    await Promise.all([opossum.fire(1), caught(opossum.fire(400))]);
    assert.ok(abortController.signal.aborted);
    opossum.shutdown();
  },
  'p-retry replaces what is thrown and is no Error': async () => {
    const thrown = await caught(pRetry(() => Promise.reject('a string'), { retries: 0 }));
    assert.ok(thrown instanceof TypeError);
  },
};

for (const [sentence, holds] of Object.entries(seen)) {
  await holds();
  console.log(sentence);
}
