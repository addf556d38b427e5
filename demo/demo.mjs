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
  console.error('The demo did not come to its end within 25 s.');
  process.exit(1);
}, 25_000);

const provider = await startProvider(seeded(SEED));
// The first request of a process loads what fetch is made of. It is no part of the story.
await fetch(provider.url('health'));

const resilience = createResilience({
  random: seeded(SEED),
  // The story is the same wherever it is told.
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
  line(`${operation}/${key}`, 'the quota is free again: those who wait go one by one', 'yellow');
});

/**
 * One call, as a service would make it. Tells how it went unless it is to be quiet.
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
 * The work itself: a request that hears the signal.
 * @param {string} model
 * @param {AbortSignal} signal
 */
async function complete(model, signal) {
  const response = await fetch(provider.url(model), { method: 'POST', body: 'Why?', signal });
  const { ok, status, headers } = response;
  // What the answer says of itself tells holdfast whether to try again, and when.
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

/** Waits for the next time that a wait is over. */
function halfOpening() {
  return new Promise((resolve) => {
    const off = resilience.on('breaker.half_opened', () => {
      off();
      resolve(undefined);
    });
  });
}

scene('The provider is well', 'Calls pass. Each model is a key of the operation "chat".');
for (const model of ['large', 'small', 'large', 'small']) await ask(model);

scene(
  'Model "large" hangs',
  `An attempt is given ${ATTEMPT_TIMEOUT_MS} ms. Then the call ends, and the request is called off.`,
);
provider.behave('large', 'slow');
await ask('large');
await provider.hasSeen('givenUp', 1);
line('provider', 'sees that its client has gone');

scene(
  'Model "large" fails',
  'The third failure in a row opens its breaker. Model "small" has another one and goes on.',
);
provider.behave('large', 'failing');
await ask('large');
const firstTrial = halfOpening();
await ask('large');
await ask('small');

scene('The breaker is open', `${BURST} calls are refused at once. The provider sees none of them.`);
const requestsBeforeBurst = provider.seen.requests;
const burst = await Promise.all(Array.from({ length: BURST }, () => ask('large', { quiet: true })));
const refused = burst.filter((error) => BreakerOpenError.is(error));
const requestsInBurst = provider.seen.requests - requestsBeforeBurst;
line('chat/large', `${refused.length} of ${BURST} calls refused. The first one:`);
tellFailure('chat/large', refused[0]);
line('provider', `saw ${requestsInBurst} requests meanwhile`);
await ask('small');

scene('It is tried too early', 'The trial fails, and the breaker opens for longer.');
await firstTrial;
const secondTrial = halfOpening();
await ask('large');

scene(
  'It is well again',
  'Of three calls one is the trial, the others are refused. It succeeds, and the breaker closes.',
);
provider.behave('large', 'well');
await secondTrial;
await Promise.all([ask('large'), ask('large'), ask('large')]);
await ask('large');

scene('A user leaves', 'The call ends at once, with the reason that the user gave. No breaker counts it.');
provider.behave('small', 'slow');
const user = new AbortController();
const requestsBeforeUser = provider.seen.requests;
const answer = ask('small', { signal: user.signal });
await provider.hasSeen('requests', requestsBeforeUser + 1);
user.abort(new Error('the user left'));
const caughtByUser = await answer;

scene('A call has little time', `It brings a deadline of ${SHORT_DEADLINE_MS} ms along.`);
await ask('small', { deadlineMs: SHORT_DEADLINE_MS });
await provider.hasSeen('givenUp', 3);
line('provider', `has seen ${provider.seen.givenUp} clients go`);
provider.behave('small', 'well');
await ask('small');

scene(
  'A model stumbles',
  'The operation "summary" tries again, after a wait that chance makes a bit longer or shorter.',
);
const summary = { operation: 'summary' };
provider.behave('small', 'stumbling');
await ask('small', summary);

scene(
  'A quota is used up',
  'The provider wants to be left alone for a second. Everybody waits; who cannot is refused at once.',
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
  `All calls of "summary" may spend ${RETRY_BUDGET} retries here; two are left. They cannot multiply an outage.`,
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
row('requests saved: refused by the breaker', whole.rejections.breaker);
row('requests saved: refused by the quota', whole.rejections.quota);
row('requests saved: retries not paid for', whole.rejections.budget);
row('requests called off on the way', provider.seen.givenUp);
row('failures by kind', JSON.stringify(whole.failuresByKind));
row('success rate of "large" and of "small"', `${large.successRate} % and ${small.successRate} %`);
row('breaker of "large"', JSON.stringify(large.breaker));
row('latency: median and worst', `${all.latencyMs.p50.toFixed(0)} ms and ${all.latencyMs.max.toFixed(0)} ms`);
row('health at the end', health.status);

const broken = brokenOnes([
  ['The provider saw one request for each attempt', () => assert.equal(provider.seen.requests, whole.attempts)],
  ['A call is an attempt or a refusal', () => assert.equal(all.calls, all.attempts + all.rejections.breaker)],
  ['Every call is counted once', () => assert.equal(whole.calls, seen.calls)],
  ['Successes are what callers got', () => assert.equal(whole.successes, seen.successes)],
  ['Failures are what callers caught', () => assert.equal(whole.failures, seen.failures)],
  ['Refusals are what callers caught', () => assert.equal(all.rejections.breaker, seen.rejections)],
  ['The whole burst was refused', () => assert.equal(refused.length, BURST)],
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
    'Events tell the same as the numbers',
    () => assert.deepEqual({ opens: seen.opens, halfOpens: seen.halfOpens, closes: seen.closes }, all.breaker),
  ],
  ['The breaker of "small" never opened', () => assert.equal(small.breaker.opens, 0)],
  ['It did not count the user who left', () => assert.deepEqual([judgedSmall.failures, judgedSmall.ignored], [1, 1])],
  ['The user caught the reason of the abort', () => assert.equal(caughtByUser, user.signal.reason)],
  ['Three requests were called off', () => assert.equal(provider.seen.givenUp, 3)],
  ['Every retry was told', () => assert.equal(seen.retries, whole.retries)],
  ['No more retries were made than were paid for', () => assert.equal(summaries.retries, RETRY_BUDGET)],
  ['The one that was not was told', () => assert.deepEqual([seen.unpaid, summaries.rejections.budget], [1, 1])],
  ['The budget is known to be spent', () => assert.deepEqual(spentBudgets, ['summary'])],
  ['The quota was held once and released once', () => assert.deepEqual([seen.holds, seen.releases], [1, 1])],
  ['Nobody reached the provider while it was held', () => assert.equal(requestsWhileHeld, 0)],
  ['Who could not wait was refused', () => assert.ok(QuotaHeldError.is(refusedByQuota))],
  ['All is well at the end', () => assert.deepEqual([health.status, health.breakers], ['healthy', 2])],
]);
for (const claim of broken) console.error(`\nNot true: ${claim}`);
if (broken.length === 0) console.log('\nWhat was said and what was counted agree.');
process.exitCode = broken.length === 0 ? 0 : 1;
