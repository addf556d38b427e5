import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BreakerSettings, createResilience, type HoldfastEvent, type RetrySettings } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

const duration = fc.constantFrom(0, 1, 3, 10, 40);

const call = fc.record({
  pauseMs: fc.constantFrom(0, 0, 0, 1, 7),
  ms: duration,
  ends: fc.constantFrom('value', 'value', 'value', 'server_error', 'rate_limited', 'bad'),
  key: fc.constantFrom(undefined, undefined, 'a'),
  priority: fc.constantFrom(undefined, 'high', 'low'),
  deadlineMs: fc.constantFrom(undefined, undefined, 5, 25),
});

const settings = fc.record({
  concurrency: fc.record({
    limit: fc.constantFrom(1, 2, 3),
    queue: fc.constantFrom(0, 2, 100),
    queueTimeoutMs: fc.constantFrom(0, 8, 20, 1_000),
    adaptive: fc.boolean(),
  }),
  retry: fc.constantFrom<RetrySettings | false>(false, { maxAttempts: 2, minDelayMs: 5, jitter: 'none' }),
  breaker: fc.constantFrom<BreakerSettings | false>(false, { trip: { consecutiveFailures: 2 }, openMs: 15 }),
});

type Given<A> = A extends fc.Arbitrary<infer T> ? T : never;

/** An error of the provider. */
function errorFor(ends: string): Error {
  const status = ends === 'server_error' ? 500 : ends === 'rate_limited' ? 429 : 400;
  const headers = { 'retry-after': '0.012' };
  return Object.assign(new Error(ends), { status, headers });
}

/** Makes the calls, and returns what each of them and every event came to. */
async function play(
  { concurrency, retry, breaker }: Given<typeof settings>,
  calls: readonly Given<typeof call>[],
  isBuiltAtOnce: boolean,
) {
  stopTime();
  const resilience = createResilience({ random: () => 0.5, config: { defaults: { concurrency, retry, breaker } } });
  // The event is made of a call: with a listener for it, none waits before it is built.
  if (isBuiltAtOnce) resilience.on('call.started', () => undefined);
  const events: string[] = [];
  const note = (event: HoldfastEvent) => {
    if (event.type !== 'call.started') events.push(JSON.stringify({ ...event, error: undefined }));
  };
  for (const type of ['call.succeeded', 'call.failed', 'attempt.failed', 'capacity.rejected'] as const) {
    resilience.on(type, note);
  }
  const began = performance.now();
  const invoked: string[] = [];
  const reports = calls.map(async ({ pauseMs: _, ms, ends, ...options }, index) => {
    const pausedMs = calls.slice(0, index + 1).reduce((sum, { pauseMs }) => sum + pauseMs, 0);
    await new Promise((resolve) => setTimeout(resolve, pausedMs));
    const work = async () => {
      invoked.push(`${index} at ${performance.now() - began}`);
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (ends !== 'value') throw errorFor(ends);
      return index;
    };
    const report = await resilience.inspect('chat', work, options);
    const end = report.ok ? report.value : `${String(report.error)} ${JSON.stringify(report.error)}`;
    return { ...report, error: undefined, failure: report.failure?.kind, end, atMs: performance.now() - began };
  });
  await drain();
  await pass(4_000);
  const outcome = {
    reports: await Promise.all(reports),
    invoked,
    events: events.sort(),
    snapshot: resilience.snapshot(),
  };
  const timers = vi.getTimerCount();
  await resilience.close();
  vi.useRealTimers();
  return { outcome: JSON.parse(JSON.stringify(outcome)), timers };
}

test('a call that waits before it is built ends as one that is built at once', async () => {
  await fc.assert(
    fc.asyncProperty(settings, fc.array(call, { minLength: 1, maxLength: 25 }), async (given, calls) => {
      const atOnce = await play(given, calls, true);
      const later = await play(given, calls, false);
      assert.deepEqual(later, atOnce);
      assert.equal(later.timers, 0);
    }),
    runs(150),
  );
});
