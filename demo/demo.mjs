// @ts-check
/**
 * `npm run demo`: a flaky provider on loopback, and calls through holdfast. Each line says what happened and why. At the
 * end the demo compares what it says with what the provider saw, and ends with 1 when the two differ.
 */
import assert from 'node:assert/strict';
import process from 'node:process';
import { BreakerOpenError, createResilience, explain, QuotaHeldError } from 'holdfast';
import { brokenOnes } from './claims.mjs';
import { startProvider } from './provider.mjs';
import { line, note, row, scene } from './screen.mjs';
import { seeded } from './seeded.mjs';

const SEED = 20_261_121;
const ATTEMPT_TIMEOUT_MS = 1_000;
const OPEN_MS = 1_000;
const SHORT_DEADLINE_MS = 500;
const BURST = 20;
const RETRY_BUDGET = 4;

const watchdog = setTimeout(() => {
  console.error('The demo did not end within 25 s.');
  process.exit(1);
}, 25_000);

const provider = await startProvider(seeded(SEED));
// The first request of a process loads the modules behind fetch. It is not part of the story.
await fetch(provider.url('health'));

const resilience = createResilience({
  random: seeded(SEED),
  // The settings are the same in every environment.
  preset: 'none',
  config: {
    operations: {
      chat: {
        deadlineMs: 5_000,
        attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
        // One thing at a time: the first scenes are about the breaker.
        retry: false,
        breaker: { trip: { consecutiveFailures: 3 }, openMs: OPEN_MS },
      },
      summary: {
        retry: { minDelayMs: 100, budget: { ratio: 0, floorPerSecond: 0.01, burst: RETRY_BUDGET } },
        quota: { spreadMs: 300 },
        breaker: false,
      },
    },
  },
});

/** What callers and listeners saw, to be compared with what holdfast counted. */
const seen = {
  calls: 0,
  successes: 0,
  failures: 0,
  rejections: 0,
  opens: 0,
  halfOpens: 0,
  closes: 0,
  retries: 0,
  unpaid: 0,
  holds: 0,
  releases: 0,
};

resilience.on('breaker.opened', ({ key, cause, waitMs }) => {
  seen.opens += 1;
  line(`chat/${key}`, `the breaker opens (${cause}) for ${Math.round(waitMs ?? 0)} ms`, 'yellow');
});
resilience.on('breaker.half_opened', ({ key }) => {
  seen.halfOpens += 1;
  line(`chat/${key}`, 'the wait is over, the breaker is half-open: one trial may pass', 'yellow');
});
resilience.on('breaker.closed', ({ key }) => {
  seen.closes += 1;
  line(`chat/${key}`, 'the trial succeeded, the breaker closes', 'yellow');
});

resilience.on('retry.scheduled', ({ operation, key, attempt, failure, delayMs, waitFor }) => {
  seen.retries += 1;
  const wait = `attempt ${attempt + 1} in ${Math.round(delayMs)} ms (${waitFor})`;
  line(`${operation}/${key}`, `attempt ${attempt} failed: ${failure.kind}, ${failure.status}; ${wait}`, 'yellow');
});
resilience.on('retry.refused', ({ operation, key, stopRule }) => {
  if (stopRule === 'budget') seen.unpaid += 1;
  line(`${operation}/${key}`, `no other attempt: ${stopRule}`, 'yellow');
});
resilience.on('quota.held', ({ operation, key, kind, forMs }) => {
  seen.holds += 1;
  line(`${operation}/${key}`, `the quota is held (${kind}) for ${forMs} ms`, 'yellow');
});
resilience.on('quota.released', ({ operation, key }) => {
  seen.releases += 1;
  line(`${operation}/${key}`, 'the quota is free again: waiting calls run one by one', 'yellow');
});

/**
 * One call, as a service would make it. Prints its outcome unless it is `quiet`.
 * @param {string} model
 * @param {{ operation?: string, signal?: AbortSignal, deadlineMs?: number, quiet?: boolean }} [options]
 * @returns {Promise<unknown>} the error, or nothing
 */
async function ask(model, { operation = 'chat', quiet = false, ...options } = {}) {
  seen.calls += 1;
  const who = `${operation}/${model}`;
  try {
    const text = await resilience.execute(operation, (call) => complete(model, call.signal), {
      ...options,
      key: model,
    });
    seen.successes += 1;
    line(who, text, 'green');
    return undefined;
  } catch (error) {
    seen.failures += 1;
    if (BreakerOpenError.is(error)) seen.rejections += 1;
    if (!quiet) tellFailure(who, error);
    return error;
  }
}

/**
 * The work itself: a request that the signal aborts.
 * @param {string} model
 * @param {AbortSignal} signal
 */
async function complete(model, signal) {
  const response = await fetch(provider.url(model), { method: 'POST', body: 'Why?', signal });
  const { ok, status, headers } = response;
  // From status and headers holdfast decides whether to retry, and when.
  if (!ok) throw Object.assign(new Error(`status ${status}`), { status, headers });
  return response.text();
}

/**
 * @param {string} who
 * @param {unknown} error
 */
function tellFailure(who, error) {
  line(who, String(error), 'red');
  note(`explain(error): ${explain(error)?.summary}`);
}

/** Waits until a breaker is half-open. */
function halfOpening() {
  return new Promise((resolve) => {
    const off = resilience.on('breaker.half_opened', () => {
      off();
      resolve(undefined);
    });
  });
}

scene('The provider is healthy', 'Calls pass. Each model is a key of the operation "chat".');
for (const model of ['large', 'small', 'large', 'small']) await ask(model);

scene(
  'Model "large" hangs',
  `An attempt may take ${ATTEMPT_TIMEOUT_MS} ms. Then the call ends, and the request is aborted.`,
);
provider.behave('large', 'slow');
await ask('large');
await provider.hasSeen('givenUp', 1);
line('provider', 'sees its client disconnect');

scene(
  'Model "large" fails',
  'The third failure in a row opens its breaker. Model "small" has its own breaker and continues.',
);
provider.behave('large', 'failing');
await ask('large');
const firstTrial = halfOpening();
await ask('large');
await ask('small');

scene('The breaker is open', `${BURST} calls are rejected at once. The provider sees none of them.`);
const requestsBeforeBurst = provider.seen.requests;
const burst = await Promise.all(Array.from({ length: BURST }, () => ask('large', { quiet: true })));
const refused = burst.filter((error) => BreakerOpenError.is(error));
const requestsInBurst = provider.seen.requests - requestsBeforeBurst;
line('chat/large', `${refused.length} of ${BURST} calls rejected. The first one:`);
tellFailure('chat/large', refused[0]);
line('provider', `saw ${requestsInBurst} requests meanwhile`);
await ask('small');

scene('A trial comes too early', 'The trial fails, and the breaker opens for longer.');
await firstTrial;
const secondTrial = halfOpening();
await ask('large');

scene(
  'The provider recovers',
  'One of three calls is the trial, the others are rejected. The trial succeeds, and the breaker closes.',
);
provider.behave('large', 'well');
await secondTrial;
await Promise.all([ask('large'), ask('large'), ask('large')]);
await ask('large');

scene('A user disconnects', 'The call ends at once, with the reason of the abort. No breaker counts it.');
provider.behave('small', 'slow');
const user = new AbortController();
const requestsBeforeUser = provider.seen.requests;
const answer = ask('small', { signal: user.signal });
await provider.hasSeen('requests', requestsBeforeUser + 1);
user.abort(new Error('the user left'));
const caughtByUser = await answer;

scene('A call has little time', `Its deadline is ${SHORT_DEADLINE_MS} ms.`);
await ask('small', { deadlineMs: SHORT_DEADLINE_MS });
await provider.hasSeen('givenUp', 3);
line('provider', `has seen ${provider.seen.givenUp} clients disconnect`);
provider.behave('small', 'well');
await ask('small');

scene('A model fails once', 'The operation "summary" retries, after a wait with jitter.');
const summary = { operation: 'summary' };
provider.behave('small', 'stumbling');
await ask('small', summary);

scene(
  'A quota is used up',
  'The provider asks for a pause of a second. Calls wait; a call without enough time is rejected at once.',
);
provider.behave('large', 'limited');
const held = new Promise((resolve) => resilience.on('quota.held', resolve));
const asked = [ask('large', summary)];
await held;
const requestsBeforeHold = provider.seen.requests;
asked.push(ask('large', summary), ask('large', summary));
const refusedByQuota = await ask('large', { ...summary, deadlineMs: SHORT_DEADLINE_MS });
const requestsWhileHeld = provider.seen.requests - requestsBeforeHold;
line('provider', `saw ${requestsWhileHeld} requests meanwhile`);
await Promise.all(asked);

scene(
  'The retry budget is spent',
  `All calls of "summary" may spend ${RETRY_BUDGET} retries here; two are left. Retries cannot multiply an outage.`,
);
provider.behave('small', 'failing');
await ask('small', summary);
await ask('small', summary);
const { spentBudgets } = resilience.health();
line('health', `spent budgets: ${spentBudgets.join(', ')}`);

const chat = resilience.operation('chat');
const [all, large, small] = [chat.stats(), chat.stats('large'), chat.stats('small')];
const [whole, summaries] = [resilience.stats(), resilience.stats('summary')];
const judgedSmall = chat.breaker('small').stats();
const health = resilience.health();
await resilience.close();
await provider.close();
clearTimeout(watchdog);

scene('Summary', 'What holdfast counted, and what the provider saw.');
row('calls', `${whole.calls} (${whole.successes} succeeded, ${whole.failures} failed)`);
row('attempts: the function was called', `${whole.attempts} (${whole.retries} of them retries)`);
row('requests seen by the provider', provider.seen.requests);
row('requests saved: rejected by the breaker', whole.rejections.breaker);
row('requests saved: rejected by the quota', whole.rejections.quota);
row('requests saved: retries beyond the budget', whole.rejections.budget);
row('requests aborted on the way', provider.seen.givenUp);
row('failures by kind', JSON.stringify(whole.failuresByKind));
row('success rate of "large" and of "small"', `${large.successRate} % and ${small.successRate} %`);
row('breaker of "large"', JSON.stringify(large.breaker));
row('latency: median and worst', `${all.latencyMs.p50.toFixed(0)} ms and ${all.latencyMs.max.toFixed(0)} ms`);
row('health at the end', health.status);

const broken = brokenOnes([
  ['The provider saw one request for each attempt', () => assert.equal(provider.seen.requests, whole.attempts)],
  ['A call is an attempt or a rejection', () => assert.equal(all.calls, all.attempts + all.rejections.breaker)],
  ['Every call is counted once', () => assert.equal(whole.calls, seen.calls)],
  ['Successes are what callers got', () => assert.equal(whole.successes, seen.successes)],
  ['Failures are what callers caught', () => assert.equal(whole.failures, seen.failures)],
  ['Rejections are what callers caught', () => assert.equal(all.rejections.breaker, seen.rejections)],
  ['The whole burst was rejected', () => assert.equal(refused.length, BURST)],
  ['The burst made no request', () => assert.equal(requestsInBurst, 0)],
  [
    'Failures are of the kinds that were staged',
    () => assert.deepEqual(all.failuresByKind, { timeout: 2, overloaded: 3, cancelled: 1 }),
  ],
  [
    'The breaker of "large" opened twice and closed once',
    () => assert.deepEqual(large.breaker, { opens: 2, halfOpens: 2, closes: 1 }),
  ],
  [
    'Events and numbers agree',
    () => assert.deepEqual({ opens: seen.opens, halfOpens: seen.halfOpens, closes: seen.closes }, all.breaker),
  ],
  ['The breaker of "small" never opened', () => assert.equal(small.breaker.opens, 0)],
  [
    'It did not count the user who disconnected',
    () => assert.deepEqual([judgedSmall.failures, judgedSmall.ignored], [1, 1]),
  ],
  ['The user caught the reason of the abort', () => assert.equal(caughtByUser, user.signal.reason)],
  ['Three requests were aborted', () => assert.equal(provider.seen.givenUp, 3)],
  ['Every retry emitted an event', () => assert.equal(seen.retries, whole.retries)],
  ['Retries stayed within the budget', () => assert.equal(summaries.retries, RETRY_BUDGET)],
  [
    'The retry beyond the budget emitted an event',
    () => assert.deepEqual([seen.unpaid, summaries.rejections.budget], [1, 1]),
  ],
  ['The health lists the spent budget', () => assert.deepEqual(spentBudgets, ['summary'])],
  ['The quota was held once and released once', () => assert.deepEqual([seen.holds, seen.releases], [1, 1])],
  ['No request reached the provider while it was held', () => assert.equal(requestsWhileHeld, 0)],
  ['The call without enough time was rejected', () => assert.ok(QuotaHeldError.is(refusedByQuota))],
  ['The service is healthy at the end', () => assert.deepEqual([health.status, health.breakers], ['healthy', 2])],
]);
for (const claim of broken) console.error(`\nNot true: ${claim}`);
if (broken.length === 0) console.log('\nThe story and the numbers agree.');
process.exitCode = broken.length === 0 ? 0 : 1;
