// @ts-check
/**
 * `npm run demo`: a flaky provider on loopback, and calls through holdfast. Each line says what happened and why. At the
 * end the demo compares what it says with what the provider saw, and ends with 1 when the two differ.
 */
import assert from 'node:assert/strict';
import process from 'node:process';
import { BreakerOpenError, createResilience, explain } from 'holdfast';
import { brokenOnes } from './claims.mjs';
import { startProvider } from './provider.mjs';
import { line, note, row, scene } from './screen.mjs';
import { seeded } from './seeded.mjs';

const SEED = 20_261_121;
const ATTEMPT_TIMEOUT_MS = 1_000;
const OPEN_MS = 1_000;
const SHORT_DEADLINE_MS = 500;
const BURST = 20;

const watchdog = setTimeout(() => {
  console.error('The demo did not come to its end within 25 s.');
  process.exit(1);
}, 25_000);

const provider = await startProvider(seeded(SEED));
// The first request of a process loads what fetch is made of. It is no part of the story.
await fetch(provider.url('health'));

const resilience = createResilience({
  random: seeded(SEED),
  config: {
    operations: {
      chat: {
        deadlineMs: 5_000,
        attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
        breaker: { trip: { consecutiveFailures: 3 }, openMs: OPEN_MS },
      },
    },
  },
});

/** What callers and listeners saw, to be compared with what holdfast counted. */
const seen = { calls: 0, successes: 0, failures: 0, rejections: 0, opens: 0, halfOpens: 0, closes: 0, abandoned: 0 };

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
resilience.on('attempt.abandoned', () => {
  seen.abandoned += 1;
});

/**
 * One call, as a service would make it. Tells how it went unless it is to be quiet.
 * @param {string} model
 * @param {{ signal?: AbortSignal, deadlineMs?: number, quiet?: boolean }} [options]
 * @returns {Promise<unknown>} the error, or nothing
 */
async function ask(model, { quiet = false, ...options } = {}) {
  seen.calls += 1;
  try {
    const text = await resilience.execute('chat', (call) => complete(model, call.signal), { ...options, key: model });
    seen.successes += 1;
    line(`chat/${model}`, text, 'green');
    return undefined;
  } catch (error) {
    seen.failures += 1;
    if (BreakerOpenError.is(error)) seen.rejections += 1;
    if (!quiet) tellFailure(model, error);
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
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.text();
}

/**
 * @param {string} model
 * @param {unknown} error
 */
function tellFailure(model, error) {
  line(`chat/${model}`, String(error), 'red');
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
tellFailure('large', refused[0]);
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

const chat = resilience.operation('chat');
const [all, large, small] = [chat.stats(), chat.stats('large'), chat.stats('small')];
const judgedSmall = chat.breaker('small').stats();
const health = resilience.health();
await resilience.close();
await provider.close();
clearTimeout(watchdog);

scene('Summary', 'What holdfast counted, and what the provider saw.');
row('calls', `${all.calls} (${all.successes} succeeded, ${all.failures} failed)`);
row('attempts: the function was called', all.attempts);
row('requests seen by the provider', provider.seen.requests);
row('requests saved: refused by the breaker', all.rejections.breaker);
row('requests called off on the way', provider.seen.givenUp);
row('failures by kind', JSON.stringify(all.failuresByKind));
row('success rate of "large" and of "small"', `${large.successRate} % and ${small.successRate} %`);
row('breaker of "large"', JSON.stringify(large.breaker));
row('latency: median and worst', `${all.latencyMs.p50.toFixed(0)} ms and ${all.latencyMs.max.toFixed(0)} ms`);
row('health at the end', health.status);

const broken = brokenOnes([
  ['The provider saw one request for each attempt', () => assert.equal(provider.seen.requests, all.attempts)],
  ['A call is an attempt or a refusal', () => assert.equal(all.calls, all.attempts + all.rejections.breaker)],
  ['Every call is counted once', () => assert.equal(all.calls, seen.calls)],
  ['Successes are what callers got', () => assert.equal(all.successes, seen.successes)],
  ['Failures are what callers caught', () => assert.equal(all.failures, seen.failures)],
  ['Refusals are what callers caught', () => assert.equal(all.rejections.breaker, seen.rejections)],
  ['The whole burst was refused', () => assert.equal(refused.length, BURST)],
  ['The burst made no request', () => assert.equal(requestsInBurst, 0)],
  [
    'Failures are of the kinds that were staged',
    () => assert.deepEqual(all.failuresByKind, { timeout: 2, unknown: 3, cancelled: 1 }),
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
  ['Each of them was dropped when it settled', () => assert.equal(seen.abandoned, 3)],
  ['All is well at the end', () => assert.deepEqual([health.status, health.breakers], ['healthy', 2])],
]);
for (const claim of broken) console.error(`\nNot true: ${claim}`);
if (broken.length === 0) console.log('\nWhat was said and what was counted agree.');
process.exitCode = broken.length === 0 ? 0 : 1;
