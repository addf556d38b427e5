import {
  AttemptTimeoutError,
  BreakerOpenError,
  createResilience,
  DeadlineExceededError,
  type EventType,
  explain,
  type HoldfastEvent,
  type Stats,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, fail, never, recorded, typesOf } from '../support/calls.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

const UNKNOWN = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };
const TIMEOUT = { kind: 'timeout', retry: 'backoff', breaker: 'failure', failover: true };
const CANCELLED = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };

const RESET = {
  kind: 'network',
  retry: 'backoff',
  breaker: 'failure',
  failover: true,
  code: 'ECONNRESET',
};

function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

/** One that opens after two failures, for a second; its ids begin with 0. */
function quickToOpen() {
  return createResilience({
    random: () => 0,
    config: { defaults: { breaker: { trip: { consecutiveFailures: 2 }, openMs: 1_000 } } },
  });
}

/** A call that takes a while. */
async function endAfter<T>(ms: number, end: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return end();
}

describe('the events of a call', () => {
  const about = { operation: 'chat', key: 'eu', callId: '0-1', context: {} };
  const options = { key: 'eu' };

  it('that succeeds are call.started and call.succeeded', async () => {
    const resilience = quickToOpen();
    const events = recorded(resilience);
    const done = resilience.execute('chat', () => endAfter(30, () => 'fine'), options);
    await pass(30);
    await done;
    expect(events).toEqual([
      { type: 'call.started', at: START, ...about },
      { type: 'call.succeeded', at: START + 30, ...about, durationMs: 30, attempts: 1 },
    ]);
  });

  it('that fails end with call.failed', async () => {
    const resilience = quickToOpen();
    const events = recorded(resilience);
    const error = new Error('down');
    const ended = errorOf(resilience.execute('chat', () => endAfter(30, () => Promise.reject(error)), options));
    await pass(30);
    await ended;
    const failed = { at: START + 30, ...about, durationMs: 30, failure: UNKNOWN, error };
    expect(events).toEqual([
      { type: 'call.started', at: START, ...about },
      { type: 'attempt.failed', ...failed, attempt: 1 },
      { type: 'call.failed', ...failed, attempts: 1, stopReason: 'not_retryable' },
    ]);
  });

  it('whose attempt takes too long carry the AttemptTimeoutError', async () => {
    const defaults = { attemptTimeoutMs: 50, retry: false } as const;
    const resilience = createResilience({ random: () => 0, config: { defaults } });
    const events = recorded(resilience);
    const ended = errorOf(resilience.execute('chat', never, options));
    await pass(50);
    const error = await ended;
    expect(error).toEqual(new AttemptTimeoutError('chat', 50));
    const failed = { at: START + 50, ...about, durationMs: 50, failure: TIMEOUT, error };
    expect(events).toEqual([
      { type: 'call.started', at: START, ...about },
      { type: 'attempt.failed', ...failed, attempt: 1 },
      { type: 'call.failed', ...failed, attempts: 1, stopReason: 'attempts_exhausted' },
    ]);
  });

  it('that reaches its deadline carry the DeadlineExceededError', async () => {
    const resilience = createResilience({ random: () => 0, config: { defaults: { deadlineMs: 50 } } });
    const events = recorded(resilience);
    const ended = errorOf(resilience.execute('chat', never, options));
    await pass(50);
    const error = await ended;
    expect(error).toEqual(new DeadlineExceededError('chat', 50));
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed']);
    expect(events.at(-1)).toMatchObject({ stopReason: 'deadline', failure: TIMEOUT, error });
  });

  it('that its caller aborts carry the reason of the abort', async () => {
    const resilience = quickToOpen();
    const events = recorded(resilience);
    const abort = new AbortController();
    const error = new Error('the user left');
    const ended = errorOf(resilience.execute('chat', never, { ...options, signal: abort.signal }));
    await pass(20);
    abort.abort(error);
    await ended;
    const failed = { at: START + 20, ...about, durationMs: 20, failure: CANCELLED, error };
    expect(events).toEqual([
      { type: 'call.started', at: START, ...about },
      { type: 'attempt.failed', ...failed, attempt: 1 },
      { type: 'call.failed', ...failed, attempts: 1, stopReason: 'cancelled' },
    ]);
  });

  it('that is retried until it has no attempts left include each attempt and the refused retry', async () => {
    const retry = { maxAttempts: 2, minDelayMs: 100, jitter: 'none' } as const;
    const resilience = createResilience({ random: () => 0, config: { defaults: { retry } } });
    const events = recorded(resilience);
    const error = connectionReset();
    const ended = errorOf(resilience.execute('chat', () => endAfter(30, () => Promise.reject(error)), options));
    await pass(160);
    await ended;
    const failed = { ...about, failure: RESET, error };
    const refused = { stopReason: 'attempts_exhausted', stopRule: 'max_attempts', failure: RESET };
    expect(events).toEqual([
      { type: 'call.started', at: START, ...about },
      { type: 'attempt.failed', at: START + 30, ...failed, attempt: 1, durationMs: 30 },
      { type: 'retry.scheduled', at: START + 30, ...failed, attempt: 1, delayMs: 100, waitFor: 'backoff' },
      { type: 'attempt.failed', at: START + 160, ...failed, attempt: 2, durationMs: 30 },
      { type: 'retry.refused', at: START + 160, ...about, attempt: 2, ...refused },
      {
        type: 'call.failed',
        at: START + 160,
        ...failed,
        attempts: 2,
        durationMs: 160,
        stopReason: 'attempts_exhausted',
      },
    ]);
  });

  it('that waits for a hint and then succeeds include the hold of the quota and the retry', async () => {
    const resilience = createResilience({ random: () => 0 });
    const events = recorded(resilience);
    const error = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '20' } });
    const done = resilience.execute('chat', ({ attempt }) => (attempt === 1 ? Promise.reject(error) : 'fine'), options);
    await pass(20_000);
    expect(await done).toBe('fine');
    const [at, later] = [START, START + 20_000];
    expect(events).toMatchObject([
      { type: 'call.started', at },
      { type: 'attempt.failed', at, failure: { kind: 'rate_limited', retryAfterMs: 20_000 } },
      { type: 'quota.held', at, operation: 'chat', key: 'eu', kind: 'rate_limited', forMs: 20_000, until: later },
      { type: 'retry.scheduled', at, delayMs: 20_000, waitFor: 'hint' },
      { type: 'quota.released', at: later, operation: 'chat', key: 'eu' },
      { type: 'call.succeeded', at: later, attempts: 2, durationMs: 20_000 },
    ]);
  });

  it('that opens the breaker, is rejected by it and closes it include those of the breaker', async () => {
    const resilience = quickToOpen();
    await fail(resilience, 1, 'chat', 'eu');
    const events = recorded(resilience);

    await fail(resilience, 1, 'chat', 'eu');
    const atFailure = { at: START, operation: 'chat', key: 'eu', callId: '0-2', context: {} };
    const failed = { ...atFailure, durationMs: 0, failure: UNKNOWN, error: new Error('down') };
    expect(events.splice(0)).toEqual([
      { type: 'call.started', ...atFailure },
      { type: 'attempt.failed', ...failed, attempt: 1 },
      {
        type: 'breaker.opened',
        ...atFailure,
        breaker: 'chat/eu',
        cause: 'consecutive_failures',
        waitMs: 1_000,
      },
      { type: 'call.failed', ...failed, attempts: 1, stopReason: 'not_retryable' },
    ]);

    await pass(400);
    const error = await errorOf(resilience.execute('chat', never, options));
    expect(error).toBeInstanceOf(BreakerOpenError);
    const atRefusal = { at: START + 400, operation: 'chat', key: 'eu', callId: '0-3', context: {} };
    expect(events.splice(0)).toEqual([
      { type: 'call.started', ...atRefusal },
      {
        type: 'breaker.rejected',
        ...atRefusal,
        breaker: 'chat/eu',
        refusal: 'open',
        retryAfterMs: 600,
        enforced: true,
      },
      {
        type: 'call.failed',
        ...atRefusal,
        durationMs: 0,
        attempts: 0,
        stopReason: 'breaker_open',
        failure: undefined,
        error,
      },
    ]);

    await pass(600);
    const atHalfOpen = { at: START + 1_000, breaker: 'chat/eu', operation: 'chat', key: 'eu' };
    expect(events.splice(0)).toEqual([{ type: 'breaker.half_opened', ...atHalfOpen }]);

    await resilience.execute('chat', () => 'well again', options);
    const atSuccess = { at: START + 1_000, operation: 'chat', key: 'eu', callId: '0-4', context: {} };
    expect(events).toEqual([
      { type: 'call.started', ...atSuccess },
      { type: 'breaker.closed', ...atSuccess, breaker: 'chat/eu', cause: 'recovered' },
      { type: 'call.succeeded', ...atSuccess, durationMs: 0, attempts: 1 },
    ]);
  });

  it('arrive when explain() already has the summary of the call', async () => {
    const resilience = quickToOpen();
    const summaries: (string | undefined)[] = [];
    resilience.on('call.failed', ({ error }) => summaries.push(explain(error)?.summary));
    await fail(resilience, 1);
    expect(summaries).toEqual(['chat ended by not_retryable after 1 attempt in 0 ms, last failure: unknown']);
  });
});

describe('the events of a breaker', () => {
  it('that is changed by hand name its transitions', () => {
    const resilience = quickToOpen();
    const events = recorded(resilience);
    const handle = resilience.operation('chat').breaker();
    handle.open();
    handle.close();
    handle.isolate();
    handle.reset();
    const base = { at: START, breaker: 'chat', operation: 'chat', key: undefined };
    expect(events).toEqual([
      { type: 'breaker.opened', ...base, cause: 'manual', waitMs: 1_000 },
      { type: 'breaker.closed', ...base, cause: 'manual' },
      { type: 'breaker.opened', ...base, cause: 'isolated', waitMs: undefined },
      { type: 'breaker.closed', ...base, cause: 'reset' },
    ]);
  });

  it('that only observes include the rejections that it would have made', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { mode: 'observe' } } } });
    await fail(resilience, 5);
    const events = recorded(resilience);
    expect(await resilience.execute('chat', () => 'let through')).toBe('let through');
    expect(typesOf(events)).toEqual(['call.started', 'breaker.rejected', 'call.succeeded']);
    expect(events[1]).toMatchObject({ enforced: false, refusal: 'open' });
    expect(resilience.health()).toMatchObject({ healthy: true, openBreakers: [] });
  });
});

describe('a listener of a Resilience', () => {
  it("receives its type, and with '*' every type", async () => {
    const resilience = quickToOpen();
    const failed: HoldfastEvent[] = [];
    resilience.on('call.failed', (event) => failed.push(event));
    const all = recorded(resilience);
    await fail(resilience, 1);
    await resilience.execute('chat', () => 1);
    expect(typesOf(failed)).toEqual(['call.failed']);
    expect(typesOf(all)).toEqual(['call.started', 'attempt.failed', 'call.failed', 'call.started', 'call.succeeded']);
  });

  it('receives nothing after it has unsubscribed, and may unsubscribe twice', async () => {
    const resilience = quickToOpen();
    const heard = vi.fn();
    const off = resilience.on('call.started', heard);
    const other = vi.fn();
    resilience.on('call.started', other);
    await resilience.execute('chat', () => 1);
    off();
    off();
    await resilience.execute('chat', () => 1);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(other).toHaveBeenCalledTimes(2);
  });

  it('that subscribed twice receives each event twice, and unsubscribes one at a time', async () => {
    const resilience = quickToOpen();
    const heard = vi.fn();
    const off = resilience.on('call.started', heard);
    resilience.on('call.started', heard);
    await resilience.execute('chat', () => 1);
    expect(heard).toHaveBeenCalledTimes(2);
    off();
    await resilience.execute('chat', () => 1);
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it('receives the events of its own Resilience only', async () => {
    const resilience = quickToOpen();
    const events = recorded(resilience);
    await fail(quickToOpen(), 3);
    expect(events).toEqual([]);
  });
});

describe('an event without a listener', () => {
  it('is not built, so that a call without listeners never reads the wall clock', async () => {
    const resilience = createResilience();
    const now = vi.spyOn(Date, 'now');
    await resilience.execute('chat', () => 1);
    await fail(resilience, 1);
    const abort = new AbortController();
    const cancelled = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    abort.abort();
    await cancelled;
    const late = errorOf(resilience.execute('chat', never, { deadlineMs: 5 }));
    await pass(5);
    await late;
    expect(now).not.toHaveBeenCalled();
  });

  it('is not built for a late result', async () => {
    const resilience = createResilience();
    const late = resilience.inspect('chat', () => endAfter(20, () => 1), { deadlineMs: 10 });
    await pass(10);
    await late;
    const now = vi.spyOn(Date, 'now');
    await pass(10);
    expect(now).not.toHaveBeenCalled();
  });

  it('is not built for a rejection', async () => {
    const resilience = createResilience();
    resilience.operation('chat').breaker().open();
    const now = vi.spyOn(Date, 'now');
    await errorOf(resilience.execute('chat', never));
    expect(now).not.toHaveBeenCalled();
  });

  it('is not built when another type has a listener', async () => {
    const resilience = createResilience();
    resilience.on('breaker.opened', () => undefined);
    const now = vi.spyOn(Date, 'now');
    await resilience.execute('chat', () => 1);
    await fail(resilience, 1);
    expect(now).not.toHaveBeenCalled();
  });

  it('is not built after its last listener has unsubscribed', async () => {
    const resilience = createResilience();
    resilience.on('*', () => undefined)();
    const now = vi.spyOn(Date, 'now');
    await resilience.execute('chat', () => 1);
    expect(now).not.toHaveBeenCalled();
  });

  it.each<{ type: EventType; times: number }>([
    { type: 'call.started', times: 1 },
    { type: 'call.succeeded', times: 0 },
    { type: 'attempt.failed', times: 1 },
    { type: 'call.failed', times: 1 },
    { type: 'attempt.abandoned', times: 0 },
  ])('is not built beside an event that has a listener: $type', async ({ type, times }) => {
    const resilience = createResilience();
    resilience.on(type, () => undefined);
    const now = vi.spyOn(Date, 'now');
    await fail(resilience, 1);
    expect(now).toHaveBeenCalledTimes(times);
  });
});

const ZERO: Stats = {
  calls: 0,
  successes: 0,
  failures: 0,
  successRate: 0,
  failureRate: 0,
  attempts: 0,
  retries: 0,
  hedges: 0,
  failuresByKind: {},
  fallbacks: 0,
  cacheHits: 0,
  rejections: { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 0 },
  breaker: { opens: 0, halfOpens: 0, closes: 0 },
  latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 },
  lastSuccessAt: undefined,
  lastFailureAt: undefined,
};

/** A bit of everything, on one operation. */
async function mixedFate() {
  const resilience = quickToOpen();
  const work = (ms: number, end: () => unknown) => errorOrValue(resilience.execute('chat', () => endAfter(ms, end)));
  const abort = new AbortController();
  const ends = [
    work(10, () => 1),
    work(20, () => 1),
    errorOf(resilience.execute('chat', never, { signal: abort.signal })),
    errorOf(resilience.execute('chat', never, { deadlineMs: 40 })),
    work(50, () => Promise.reject(new Error('down'))),
  ];
  abort.abort();
  await pass(50);
  await Promise.all(ends);
  await errorOf(resilience.execute('chat', never));
  return resilience;
}

function errorOrValue(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

describe('the stats of a Resilience', () => {
  it('are all zero while nothing has happened, and so are the rates', () => {
    const resilience = createResilience({ config: { operations: { chat: {} } } });
    expect(resilience.stats('chat')).toEqual(ZERO);
    expect(resilience.stats()).toEqual(ZERO);
    expect(resilience.operation('chat').stats('eu')).toEqual(ZERO);
  });

  it('count everything that has happened', async () => {
    const resilience = await mixedFate();
    expect(resilience.stats('chat')).toEqual({
      calls: 6,
      successes: 2,
      failures: 4,
      successRate: 33.33,
      failureRate: 66.67,
      attempts: 5,
      retries: 0,
      hedges: 0,
      failuresByKind: { cancelled: 1, timeout: 1, unknown: 1 },
      fallbacks: 0,
      cacheHits: 0,
      rejections: { breaker: 1, quota: 0, capacity: 0, target: 0, budget: 0 },
      breaker: { opens: 1, halfOpens: 0, closes: 0 },
      latencyMs: { p50: expect.toSatisfy((ms: number) => Math.abs(ms - 20) <= 1), p95: 50, p99: 50, max: 50 },
      lastSuccessAt: START + 20,
      lastFailureAt: START + 50,
    });
  });

  it('add up to the number of calls', async () => {
    const resilience = await mixedFate();
    const { calls, successes, failures, failuresByKind, rejections, successRate, failureRate } = resilience.stats();
    const sum = (counts: object) => Object.values(counts).reduce((total: number, count: number) => total + count, 0);
    expect(successes + failures).toBe(calls);
    expect(sum(failuresByKind) + sum(rejections)).toBe(failures);
    expect(successRate + failureRate).toBe(100);
  });

  it('of all operations are the sum of the stats of each', async () => {
    const resilience = await mixedFate();
    await pass(10);
    await resilience.execute('embed', () => 1);
    const all = resilience.stats();
    expect(all).toMatchObject({ calls: 7, successes: 3, failures: 4, attempts: 6, breaker: { opens: 1 } });
    expect(all.lastSuccessAt).toBe(resilience.stats('embed').lastSuccessAt);
    expect(all.lastFailureAt).toBe(resilience.stats('chat').lastFailureAt);
  });

  it('of a key are its own, and those of the operation are the sum of its keys', async () => {
    const resilience = createResilience();
    const chat = resilience.operation('chat');
    await chat.execute(() => 1);
    await chat.execute(() => 1, { key: 'eu' });
    await chat.execute(() => 1, { key: 'eu' });
    expect(chat.stats('eu').calls).toBe(2);
    expect(chat.stats('us').calls).toBe(0);
    expect(chat.stats().calls).toBe(3);
    expect(resilience.health().breakers).toBe(2);
  });

  it('do not change after they are returned', async () => {
    const resilience = createResilience();
    await fail(resilience, 1);
    const stats = resilience.stats('chat');
    const copy = structuredClone(stats);
    await fail(resilience, 7);
    resilience.resetStats();
    expect(stats).toEqual(copy);
  });

  it('count the transitions of the breaker', async () => {
    const resilience = quickToOpen();
    await fail(resilience, 2);
    await pass(1_000);
    await fail(resilience, 1);
    await pass(2_000);
    await resilience.execute('chat', () => 1);
    expect(resilience.stats('chat').breaker).toEqual({ opens: 2, halfOpens: 2, closes: 1 });
    expect(resilience.breaker('chat').stats()).toMatchObject({ opens: 2, halfOpens: 2, closes: 1 });
  });

  it('have no latency of rejected and of cancelled calls', async () => {
    const resilience = quickToOpen();
    resilience.operation('chat').breaker().open();
    await errorOf(resilience.execute('chat', never));
    const abort = new AbortController();
    const cancelled = errorOf(resilience.execute('embed', never, { signal: abort.signal }));
    await pass(500);
    abort.abort();
    await cancelled;
    expect(resilience.stats().latencyMs).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  });

  it('show last instants by the wall clock as it is when they are read', async () => {
    const resilience = createResilience();
    await resilience.execute('chat', () => 1);
    await pass(500);
    expect(resilience.stats('chat').lastSuccessAt).toBe(START);
    vi.setSystemTime(START + 100_000);
    expect(resilience.stats('chat').lastSuccessAt).toBe(START + 99_500);
  });
});

describe('resetStats()', () => {
  it('resets one operation, and keeps the state of its breakers', async () => {
    const resilience = quickToOpen();
    await fail(resilience, 2);
    await fail(resilience, 2, 'chat', 'eu');
    await fail(resilience, 1, 'embed');
    resilience.resetStats('chat');
    expect(resilience.stats('chat')).toEqual(ZERO);
    expect(resilience.operation('chat').stats('eu')).toEqual(ZERO);
    expect(resilience.stats('embed').failures).toBe(1);
    expect(resilience.health().openBreakers).toEqual(['chat', 'chat/eu']);
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 2, failures: 2, opens: 1 });
  });

  it('resets all operations', async () => {
    const resilience = quickToOpen();
    await fail(resilience, 1);
    await fail(resilience, 1, 'embed');
    resilience.resetStats();
    expect(resilience.stats()).toEqual(ZERO);
    await fail(resilience, 1);
    expect(resilience.breaker('chat').state).toBe('open');
    expect(resilience.stats()).toMatchObject({ calls: 1, breaker: { opens: 1 } });
  });

  it('lets a call that is under way be counted at its end', async () => {
    const resilience = createResilience();
    const done = resilience.execute('chat', () => endAfter(10, () => 1));
    resilience.resetStats();
    await pass(10);
    await done;
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1 });
  });
});

describe('the stats of retried calls', () => {
  it('count their attempts and the retries among them, and the calls once', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: false } } });
    const ends = [
      resilience.execute('chat', ({ attempt }) => (attempt < 3 ? Promise.reject(connectionReset()) : 'fine')),
      errorOf(resilience.execute('chat', () => Promise.reject(connectionReset()))),
      resilience.execute('chat', () => 'fine'),
    ];
    await pass(30_000);
    await Promise.all(ends);
    expect(resilience.stats('chat')).toMatchObject({
      calls: 3,
      successes: 2,
      failures: 1,
      attempts: 7,
      retries: 4,
      failuresByKind: { network: 1 },
      rejections: { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 0 },
    });
  });

  it('count a retry that the budget refused beside the failure of its call, and health names the operation', async () => {
    const retry = { minDelayMs: 10, budget: { ratio: 0, floorPerSecond: 0.1, burst: 1 } };
    const resilience = createResilience({ config: { defaults: { breaker: false, retry } } });
    const ended = errorOf(resilience.execute('chat', () => Promise.reject(connectionReset())));
    await pass(100);
    await ended;
    expect(resilience.stats('chat')).toMatchObject({
      calls: 1,
      failures: 1,
      attempts: 2,
      failuresByKind: { network: 1 },
      rejections: { budget: 1 },
    });
    expect(resilience.health()).toMatchObject({ healthy: true, spentBudgets: ['chat'] });
    await pass(10_000);
    expect(resilience.health().spentBudgets).toEqual([]);
  });

  it('count a call that its quota rejected as a rejection, and health names the hold', async () => {
    const resilience = createResilience();
    const error = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '90' } });
    await errorOf(resilience.execute('chat', () => Promise.reject(error), { key: 'eu' }));
    await errorOf(resilience.execute('chat', () => 'fine', { key: 'eu' }));
    expect(await resilience.execute('chat', () => 'fine', { key: 'us' })).toBe('fine');
    expect(resilience.stats('chat')).toMatchObject({
      calls: 3,
      attempts: 2,
      failuresByKind: { rate_limited: 1 },
      rejections: { quota: 1 },
    });
    expect(resilience.health()).toMatchObject({
      healthy: false,
      status: 'degraded',
      openBreakers: [],
      holds: [{ name: 'chat/eu', kind: 'rate_limited', releasesInMs: 90_000 }],
    });
    await pass(90_000);
    expect(resilience.health()).toMatchObject({ healthy: true, holds: [] });
  });
});

describe('health()', () => {
  it('is healthy while no operation is known, and while breakers are closed', async () => {
    const resilience = createResilience();
    const nothing = {
      openBreakers: [],
      halfOpenBreakers: [],
      holds: [],
      spentBudgets: [],
      operations: 0,
      breakers: 0,
      at: START,
    };
    expect(resilience.health()).toEqual({ healthy: true, status: 'healthy', ...nothing });
    await resilience.execute('chat', () => 1);
    expect(resilience.health()).toMatchObject({ healthy: true, status: 'healthy', operations: 1, breakers: 1 });
  });

  it('is degraded while some breakers are open, unhealthy when all are, healthy when half-open', async () => {
    const resilience = quickToOpen();
    await resilience.execute('embed', () => 1);
    await fail(resilience, 2, 'chat', 'eu');
    expect(resilience.health()).toEqual({
      healthy: false,
      status: 'degraded',
      openBreakers: ['chat/eu'],
      halfOpenBreakers: [],
      holds: [],
      spentBudgets: [],
      operations: 2,
      breakers: 2,
      at: START,
    });
    await fail(resilience, 2, 'embed');
    expect(resilience.health()).toMatchObject({ status: 'unhealthy', openBreakers: ['embed', 'chat/eu'] });
    await pass(1_000);
    expect(resilience.health()).toMatchObject({
      healthy: true,
      status: 'healthy',
      openBreakers: [],
      halfOpenBreakers: ['embed', 'chat/eu'],
    });
  });

  it('is not affected by operations without a breaker', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: false } } });
    await fail(resilience, 20);
    expect(resilience.health()).toMatchObject({ healthy: true, operations: 1, breakers: 0 });
  });

  it('is unhealthy after close(), and while it closes', async () => {
    const resilience = createResilience();
    const done = resilience.execute('chat', () => endAfter(10, () => 1));
    const closed = resilience.close();
    expect(resilience.health()).toMatchObject({ healthy: false, status: 'unhealthy' });
    await pass(10);
    await done;
    await closed;
    expect(resilience.health()).toMatchObject({ healthy: false, status: 'unhealthy' });
  });

  it('shows a breaker that is forced open as open', async () => {
    const resilience = createResilience({ config: { operations: { chat: { breaker: { mode: 'forced_open' } } } } });
    await errorOf(resilience.execute('chat', never));
    expect(resilience.health()).toMatchObject({ status: 'unhealthy', openBreakers: ['chat'] });
  });
});

describe('events, stats and health', () => {
  it('carry the context of the call by reference in every event that belongs to a call', async () => {
    const resilience = createResilience();
    const events = recorded(resilience);
    const context = { tenant: 'a' };
    const down = Object.assign(new Error('down'), { status: 503 });
    const settings = { retry: { maxAttempts: 2, minDelayMs: 1, maxDelayMs: 1 } } as const;
    const ended = errorOf(resilience.execute('chat', () => Promise.reject(down), { context, settings }));
    await pass(10);
    await ended;
    expect(new Set(typesOf(events))).toEqual(
      new Set(['call.started', 'attempt.failed', 'retry.scheduled', 'retry.refused', 'call.failed']),
    );
    for (const event of events) expect(event.context).toBe(context);
  });

  it('tell which call has opened, met and closed a breaker, and which has put a quota on hold and ended the hold', async () => {
    const breaker = { trip: { consecutiveFailures: 1 }, openMs: 1_000 };
    const resilience = createResilience({ config: { defaults: { retry: false, breaker } } });
    const events = recorded(resilience);
    const down = Object.assign(new Error('down'), { status: 503 });
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '1' } });
    const ask = (tenant: string, work: () => unknown) => resilience.inspect('chat', work, { context: { tenant } });
    const throws = (error: Error) => () => Promise.reject(error);
    await ask('opens', throws(down));
    await ask('is rejected', () => 1);
    await pass(1_000);
    await ask('closes', () => 1);
    await ask('holds', throws(limited));
    await pass(1_000);
    await ask('passes', () => 1);
    await ask('opens again', throws(down));
    resilience.breaker('chat').close();
    const told = events.filter(({ type }) => type.startsWith('breaker.') || type.startsWith('quota.'));
    expect(told.map(({ type, context }) => [type, context?.['tenant']])).toEqual([
      ['breaker.opened', 'opens'],
      ['breaker.rejected', 'is rejected'],
      ['breaker.half_opened', undefined],
      ['breaker.closed', 'closes'],
      ['quota.held', 'holds'],
      ['quota.released', 'passes'],
      ['breaker.opened', 'opens again'],
      ['breaker.closed', undefined],
    ]);
    for (const { callId, context } of told) expect(callId === undefined).toBe(context === undefined);
    await resilience.close();
  });

  it('tell of which call a hook has failed', async () => {
    const throws = () => {
      throw new Error('hook');
    };
    const rule = { name: 'mine', when: throws, means: 'timeout' } as const;
    const resilience = createResilience({ context: throws, classify: [rule] });
    const failed: HoldfastEvent[] = [];
    resilience.on('hook.failed', (event) => failed.push(event));
    resilience.on('call.started', throws);
    const context = { tenant: 'a' };
    const { callId } = await resilience.inspect('chat', () => Promise.reject(new Error('oh')), { context });
    expect(failed).toMatchObject([
      { hook: 'context', operation: 'chat', callId: undefined, context },
      { hook: 'listener', operation: 'chat', callId, context },
      { hook: 'classify', operation: 'chat', callId, context },
    ]);
  });

  it('have durations in tenths of a millisecond', async () => {
    let nowMs = 1_000;
    vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1.23456789));
    const resilience = createResilience({ random: () => 0.51234 });
    const events = recorded(resilience);
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '20.5' } });
    const down = Object.assign(new Error('down'), { status: 503, headers: { 'retry-after-ms': '12.3456' } });
    const settings = { retry: false } as const;
    const waits = { retry: { maxAttempts: 2, minDelayMs: 1, maxDelayMs: 1, jitter: 'full' } } as const;
    await errorOf(resilience.execute('chat', () => Promise.reject(limited), { settings }));
    await resilience.execute('embed', () => 1);
    const retried = resilience.inspect('embed', () => Promise.reject(down), { settings: waits });
    await pass(10_000);
    const report = await retried;
    const breaker = resilience.breaker('embed');
    breaker.open();
    const { sinceChangeMs } = breaker;
    const rejected = await resilience.inspect('embed', () => 1);
    const seen = [events, resilience.stats(), resilience.health(), resilience.snapshot(), report, rejected];
    const told = JSON.stringify([...seen, explain(down), { sinceChangeMs }]);
    expect(told).toMatch(/"durationMs":\d+\.\d[,}]/);
    expect(told.match(/"\w*(?:Ms|At|at|p\d\d|max)":\d+\.\d\d+/g)).toBe(null);
    vi.restoreAllMocks();
  });
});
