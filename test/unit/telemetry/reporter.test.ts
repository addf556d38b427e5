import type { ConfigChange, EventType, HoldfastEvent } from 'holdfast';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StreamStalledError, StreamTruncatedError } from '../../../src/errors/index.js';
import type { CallEnding, Failure, StageAttempt } from '../../../src/pipeline/index.js';
import { EVENT_TYPES, EventReporter } from '../../../src/telemetry/index.js';
import { firstOf } from '../../support/attempts.js';
import { errorOf, never } from '../../support/calls.js';
import { countingLane, liveCall, notedHooks } from '../../support/live-calls.js';
import { pass, START, useFakeTime } from '../../support/time.js';

useFakeTime();

afterEach(() => {
  vi.restoreAllMocks();
});

const failure: Failure = { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true };
const error = new Error('down');
const CHANGE: ConfigChange = {
  at: START,
  layer: 'runtime',
  applied: true,
  preset: { from: 'none', to: 'none' },
  changes: [],
};
const ENDING: CallEnding = { stopReason: 'attempts_exhausted', stopRule: 'max_attempts', failure };

/** A call whose second attempt has been interrupted 20 ms after its start, 130 ms ago, with a count of how often its id is read. */
async function failedCall() {
  const callId = vi.fn(() => 'call-1');
  const classify = vi.fn(() => failure);
  const hooks = { ...notedHooks(), callId, classify };
  const call = liveCall({
    hooks,
    lane: countingLane({ key: 'eu' }),
    work: ({ attempt }) => (attempt === 1 ? Promise.reject(error) : never()),
  });
  const first = firstOf(call);
  await errorOf(first.invoke());
  const attempt = call.nextAttempt({ target: { name: 'claude', key: undefined } });
  const ended = errorOf(attempt.invoke());
  await pass(20);
  attempt.interrupt({ by: 'attempt_timeout', error });
  await ended;
  await pass(130);
  return { call, attempt, callId, classify };
}

/** Reports one event of every type but `hook.failed`, which another reporter method makes. */
function reportEverything(reporter: EventReporter, attempt: StageAttempt): void {
  const { call, lane } = attempt;
  reporter.callStarted(call);
  reporter.callSucceeded(call, 50);
  reporter.callFailed(call, ENDING, { durationMs: 50, attempts: 2 }, error);
  reporter.attemptFailed(attempt, error);
  reporter.attemptAbandoned(attempt, 'success');
  reporter.retryScheduled(attempt, { delayMs: 50, waitFor: 'backoff', error, failure });
  reporter.retryRefused(attempt, { stopReason: 'retry_budget', stopRule: 'budget', failure });
  reporter.retryDoubled(attempt, 3, error);
  reporter.hedgeSent(attempt, 1_000);
  reporter.hedgeEnded(attempt, HEDGED);
  reporter.streamStalled(attempt, new StreamStalledError('idle', 500, {}));
  reporter.streamTruncated(attempt, new StreamTruncatedError('no_end', {}));
  reporter.quotaHeld(attempt, 'rate_limited', 700);
  reporter.quotaReleased(lane, attempt);
  reporter.capacityRejected(attempt, FULL);
  reporter.targetMoved(attempt, { from: 'gpt-5', reason: 'overloaded' });
  reporter.fallbackUsed(call, ANSWERED, 60);
  reporter.fallbackFailed(call, ANSWERED, error);
  reporter.cacheHit(call, 'shared');
  reporter.breakerOpened(lane, 'chat/eu', 'failure_rate', 1_000, attempt);
  reporter.breakerHalfOpened(lane, 'chat/eu');
  reporter.breakerClosed(lane, 'chat/eu', 'recovered', attempt);
  reporter.breakerRejected(lane, 'chat/eu', { refusal: 'open', retryAfterMs: 400 }, true, attempt);
  reporter.configChanged(CHANGE);
  reporter.configRefused({ layer: 'runtime', actor: 'ops', reason: 'test', issues: [] });
  reporter.configOverruled(OVERRULED);
  reporter.hookFailed('classify', error, { operation: 'chat', key: 'eu', callId: 'call-1', context: {} });
}

const ANSWERED = { step: 'operation', index: 1, operation: 'cheap' } as const;

const FULL = { refusal: 'queue_full', limit: 2, waiting: 1, abandoned: 0, retryAfterMs: 300 } as const;

const HEDGED = { winner: 2, hedges: 1, wasted: { attempts: 1, inputTokens: 10, outputTokens: 0, costUsd: 0 } };

const OVERRULED = { setting: 'preset', given: 'simple', inForce: 'production', by: 'code' } as const;

const OF_CALL = { at: START + 150, operation: 'chat', key: 'eu', callId: 'call-1', context: {} };
const OF_ATTEMPT = { ...OF_CALL, attempt: 2 };
const OF_NO_CALL = { callId: undefined, context: undefined };
const NO_PLACE = { at: START + 150, operation: undefined, key: undefined, ...OF_NO_CALL };

const EXPECTED: readonly HoldfastEvent[] = [
  { type: 'call.started', ...OF_CALL },
  { type: 'call.succeeded', ...OF_CALL, durationMs: 50, attempts: 2 },
  {
    type: 'call.failed',
    ...OF_CALL,
    durationMs: 50,
    attempts: 2,
    stopReason: 'attempts_exhausted',
    failure,
    error,
  },
  { type: 'attempt.failed', ...OF_ATTEMPT, durationMs: 20, failure, error },
  { type: 'attempt.abandoned', ...OF_ATTEMPT, outcome: 'success', lateMs: 130 },
  { type: 'retry.scheduled', ...OF_ATTEMPT, delayMs: 50, waitFor: 'backoff', error, failure },
  { type: 'retry.refused', ...OF_ATTEMPT, stopReason: 'retry_budget', stopRule: 'budget', failure },
  { type: 'retry.doubled', ...OF_ATTEMPT, sdkAttempts: 3, error },
  { type: 'hedge.sent', ...OF_ATTEMPT, delayMs: 1_000 },
  { type: 'hedge.ended', ...OF_ATTEMPT, ...HEDGED },
  { type: 'stream.stalled', ...OF_ATTEMPT, phase: 'idle', limitMs: 500, events: 0 },
  { type: 'stream.truncated', ...OF_ATTEMPT, reason: 'no_end', events: 0 },
  { type: 'quota.held', ...OF_CALL, kind: 'rate_limited', forMs: 700, until: START + 850 },
  { type: 'quota.released', ...OF_CALL },
  { type: 'capacity.rejected', ...OF_ATTEMPT, ...FULL },
  { type: 'target.moved', ...OF_ATTEMPT, from: 'gpt-5', to: 'claude', reason: 'overloaded' },
  { type: 'fallback.used', ...OF_CALL, fallback: ANSWERED, durationMs: 60 },
  { type: 'fallback.failed', ...OF_CALL, fallback: ANSWERED, error },
  { type: 'cache.hit', ...OF_CALL, kind: 'shared' },
  { type: 'breaker.opened', ...OF_CALL, breaker: 'chat/eu', cause: 'failure_rate', waitMs: 1_000 },
  { type: 'breaker.half_opened', ...OF_CALL, ...OF_NO_CALL, breaker: 'chat/eu' },
  { type: 'breaker.closed', ...OF_CALL, breaker: 'chat/eu', cause: 'recovered' },
  { type: 'breaker.rejected', ...OF_CALL, breaker: 'chat/eu', refusal: 'open', retryAfterMs: 400, enforced: true },
  { type: 'config.changed', ...NO_PLACE, change: CHANGE },
  { type: 'config.refused', ...NO_PLACE, layer: 'runtime', actor: 'ops', reason: 'test', issues: [] },
  { type: 'config.overruled', ...NO_PLACE, ...OVERRULED },
  { type: 'hook.failed', ...OF_CALL, hook: 'classify', error },
];

describe('an event reporter', () => {
  it('builds every event with its fields', async () => {
    const { attempt } = await failedCall();
    const reporter = new EventReporter();
    const events: HoldfastEvent[] = [];
    reporter.on('*', (event) => events.push(event));
    reportEverything(reporter, attempt);
    expect(events).toEqual(EXPECTED);
    expect(EXPECTED.map(({ type }) => type)).toEqual(EVENT_TYPES);
  });

  it('gives every event the id and the context of its call, undefined where it has none', async () => {
    const { attempt } = await failedCall();
    const reporter = new EventReporter();
    const events: HoldfastEvent[] = [];
    reporter.on('*', (event) => events.push(event));
    reportEverything(reporter, attempt);
    expect(events.filter((event) => !('callId' in event && 'context' in event))).toEqual([]);
    const ofNoCall = events.filter(({ callId, context }) => callId === undefined && context === undefined);
    expect(ofNoCall.map(({ type }) => type)).toEqual([
      'breaker.half_opened',
      'config.changed',
      'config.refused',
      'config.overruled',
    ]);
  });

  it.each(EVENT_TYPES)('calls a listener of %s for that event, and for no other', async (type) => {
    const { attempt } = await failedCall();
    const reporter = new EventReporter();
    const events: HoldfastEvent[] = [];
    reporter.on(type, (event) => events.push(event));
    reportEverything(reporter, attempt);
    expect(events).toEqual(EXPECTED.filter((event) => event.type === type));
  });

  it('builds nothing and reads neither the id, the clock nor the failure while no listener wants an event', async () => {
    const { attempt, callId, classify } = await failedCall();
    const clocks = [vi.spyOn(Date, 'now'), vi.spyOn(performance, 'now')];
    const reporter = new EventReporter();
    reporter.on('call.started', () => undefined)();
    callId.mockClear();
    classify.mockClear();
    reportEverything(reporter, attempt);
    for (const read of [callId, classify, ...clocks]) expect(read).not.toHaveBeenCalled();
  });

  it.each(EVENT_TYPES)('builds nothing for other types while only %s is wanted', async (type) => {
    const { attempt, callId } = await failedCall();
    const reporter = new EventReporter();
    reporter.on(type, () => undefined);
    callId.mockClear();
    reportEverything(reporter, attempt);
    const ofCall = EXPECTED.filter(
      (event) => event.type === type && event.callId !== undefined && type !== 'hook.failed',
    );
    expect(callId).toHaveBeenCalledTimes(ofCall.length);
  });

  it('reports a call by the lane that it entered by, and an attempt by the lane that it ran in', async () => {
    const call = liveCall({ lane: countingLane({ key: 'eu' }) });
    const attempt = call.nextAttempt({ lane: countingLane({ operation: 'backup', key: 'us' }) });
    const reporter = new EventReporter();
    const events: HoldfastEvent[] = [];
    reporter.on('*', (event) => events.push(event));
    reporter.callStarted(call);
    reporter.retryRefused(attempt, { stopReason: 'retry_budget', stopRule: 'budget', failure });
    expect(events).toMatchObject([
      { operation: 'chat', key: 'eu' },
      { operation: 'backup', key: 'us', attempt: 2 },
    ]);
  });

  it('counts in a successful call the attempts that called the function', async () => {
    const call = liveCall({ work: ({ attempt }) => (attempt === 1 ? Promise.reject(error) : 'fine') });
    await errorOf(firstOf(call).invoke());
    await errorOf(call.nextAttempt().reject('capacity', error));
    await call.nextAttempt().invoke();
    call.nextAttempt();
    const reporter = new EventReporter();
    const received = vi.fn();
    reporter.on('call.succeeded', received);
    reporter.callSucceeded(call, 5);
    expect(received).toHaveBeenCalledWith(expect.objectContaining({ attempts: 2 }));
  });
});

describe('a listener of an event reporter that fails', () => {
  const hookFailed = { type: 'hook.failed', at: START, hook: 'listener', error };

  it.each([
    {
      how: 'throws',
      fail: (): unknown => {
        throw error;
      },
    },
    { how: 'rejects', fail: (): unknown => Promise.reject(error) },
  ])('is reported once when it $how, and affects no other listener', async ({ fail }) => {
    const reporter = new EventReporter();
    const [received, failures] = [vi.fn(), vi.fn()];
    reporter.on('quota.released', fail);
    reporter.on('quota.released', received);
    reporter.on('hook.failed', failures);
    reporter.quotaReleased({ operation: 'chat', key: 'eu' });
    await pass(0);
    expect(received).toHaveBeenCalledTimes(1);
    expect(failures.mock.calls).toEqual([[{ ...hookFailed, operation: 'chat', key: 'eu' }]]);
  });

  it('is not reported for the event of a failed hook', async () => {
    const reporter = new EventReporter();
    const all = vi.fn(() => {
      throw error;
    });
    reporter.on('*', all);
    reporter.quotaReleased({ operation: 'chat', key: undefined });
    await pass(0);
    const types = all.mock.calls.map((args: readonly unknown[]) => args[0]);
    expect(types).toMatchObject([{ type: 'quota.released' }, { type: 'hook.failed' }] satisfies { type: EventType }[]);
  });

  it('is reported without an operation when the event has none', () => {
    const reporter = new EventReporter();
    const failures = vi.fn();
    reporter.on('config.changed', () => {
      throw error;
    });
    reporter.on('hook.failed', failures);
    reporter.configChanged(CHANGE);
    expect(failures.mock.calls).toEqual([[{ ...hookFailed, operation: undefined, key: undefined }]]);
  });
});
