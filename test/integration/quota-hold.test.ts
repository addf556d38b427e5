import { type CallSettings, createResilience, QuotaHeldError, type Settings } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, recorded, typesOf } from '../support/calls.js';
import { down, failing, httpError } from '../support/failures.js';
import { randomFrom, SEED } from '../support/seed.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

const ONCE: CallSettings = { retry: false };

function limited(settings: Settings = {}, random: () => number = () => 0) {
  const resilience = createResilience({ random, config: { defaults: { retry: false, ...settings } } });
  const events = recorded(resilience);
  /** A call that the provider answers with a 429. */
  const hold = async (seconds: number, key?: string) => {
    const work = () => Promise.reject(httpError(429, { 'retry-after': `${seconds}` }));
    await errorOf(resilience.execute('chat', work, key === undefined ? { settings: ONCE } : { key, settings: ONCE }));
  };
  return { resilience, events, hold };
}

const EXHAUSTED = httpError(429, {}, 'You exceeded your current quota, please check your plan and billing details.');
Object.assign(EXHAUSTED, { code: 'insufficient_quota' });

describe('a 429 with Retry-After: 90', () => {
  it('is never retried before 90 s have passed', async () => {
    const { resilience } = limited({ deadlineMs: 600_000, retry: { maxElapsedMs: false } }, randomFrom(SEED));
    const { work, calledAt } = failing(httpError(429, { 'retry-after': '90' }));
    const ended = resilience.execute('chat', work);
    await pass(89_999);
    expect(calledAt).toHaveLength(1);
    await pass(10_000);
    expect(await ended).toBe('fine');
    const waitedMs = (calledAt[1] ?? 0) - (calledAt[0] ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(90_000);
    expect(waitedMs).toBeLessThanOrEqual(92_001);
  });

  it('ends a call with a deadline of 30 s at once, and holds the quota for the next call', async () => {
    const { resilience, events } = limited({ deadlineMs: 30_000, retry: { maxElapsedMs: false } });
    const error = httpError(429, { 'retry-after': '90' });
    const first = down(error);
    expect(await resilience.inspect('chat', first.work)).toMatchObject({
      ok: false,
      error,
      stopReason: 'deadline',
      failure: { kind: 'rate_limited', retryAfterMs: 90_000 },
      totalMs: 0,
    });
    expect(first.calledAt).toHaveLength(1);

    await pass(10_000);
    const next = down();
    const refused = await resilience.inspect('chat', next.work);
    expect(refused).toMatchObject({
      ok: false,
      error: expect.any(QuotaHeldError),
      stopReason: 'quota_held',
      failure: undefined,
      attempts: [{ number: 1, outcome: 'rejected' }],
      totalMs: 0,
    });
    expect(refused).toHaveProperty('error.retryAfterMs', 80_000);
    expect(next.calledAt).toHaveLength(0);
    expect(resilience.stats('chat')).toMatchObject({ attempts: 1, rejections: { quota: 1 } });
    expect(events.filter(({ type }) => type.startsWith('quota.'))).toEqual([
      {
        type: 'quota.held',
        at: START,
        operation: 'chat',
        key: undefined,
        callId: expect.any(String),
        context: {},
        kind: 'rate_limited',
        forMs: 90_000,
        until: START + 90_000,
      },
    ]);
  });

  it('is not a failure to the breaker', async () => {
    const { resilience, hold } = limited({ breaker: { trip: { consecutiveFailures: 1 } } });
    await hold(90);
    expect(resilience.breaker('chat').state).toBe('closed');
    expect(resilience.breaker('chat').stats()).toMatchObject({ ignored: 1, failures: 0 });
  });

  it('shows in health() until it is over', async () => {
    const { resilience, hold } = limited();
    await hold(90);
    expect(resilience.health()).toMatchObject({
      healthy: false,
      status: 'degraded',
      holds: [{ name: 'chat', kind: 'rate_limited', releasesInMs: 90_000 }],
    });
    await pass(89_999);
    expect(resilience.health().holds).toMatchObject([{ releasesInMs: 1 }]);
    await pass(1);
    expect(resilience.health()).toMatchObject({ healthy: true, status: 'healthy', holds: [] });
  });
});

describe('several holds of one quota', () => {
  it.each([
    { seconds: [20, 5], longest: 20 },
    { seconds: [5, 20], longest: 20 },
    { seconds: [5, 20, 1], longest: 20 },
  ])('of $seconds s are one of $longest s', async ({ seconds, longest }) => {
    const { resilience, events } = limited();
    // All of them are under way when the first answer comes, so that none is held up.
    const answers = seconds.map((each) => httpError(429, { 'retry-after': `${each}` }));
    await Promise.all(answers.map((answer) => errorOf(resilience.execute('chat', () => Promise.reject(answer)))));
    const next = resilience.execute('chat', failing().work);
    await pass(longest * 1_000 - 1);
    expect(typesOf(events)).not.toContain('quota.released');
    await pass(1);
    expect(await next).toBe('fine');
    expect(resilience.health().holds).toEqual([]);
  });

  it('are reported each time that one is longer, and not when it is not', async () => {
    const { resilience, events } = limited();
    const answers = [5, 20, 20, 1].map((each) => httpError(429, { 'retry-after': `${each}` }));
    await Promise.all(answers.map((answer) => errorOf(resilience.execute('chat', () => Promise.reject(answer)))));
    expect(events.filter(({ type }) => type === 'quota.held')).toMatchObject([{ forMs: 5_000 }, { forMs: 20_000 }]);
  });

  it('start anew after a release', async () => {
    const { resilience, hold } = limited();
    await hold(20);
    await pass(20_000);
    await resilience.execute('chat', failing().work);
    await hold(2);
    expect(resilience.health().holds).toMatchObject([{ releasesInMs: 2_000 }]);
  });
});

describe('calls that wait for a quota', () => {
  it('are released one by one after the hold, within a second, and none before', async () => {
    const { resilience, events, hold } = limited({}, randomFrom(SEED));
    await hold(20);
    const heldUntil = performance.now() + 20_000;
    const waiting = failing();
    const calls = Array.from({ length: 50 }, () => resilience.execute('chat', waiting.work));
    await pass(19_999);
    expect(waiting.calledAt).toEqual([]);
    await pass(1_001);
    await Promise.all(calls);
    const delays = waiting.calledAt.map((at) => at - heldUntil);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_000);
    // 50 of 1,000 milliseconds by chance: two or three of them coincide, and hardly ever more.
    const busiest = Math.max(
      ...delays.map((one) => delays.filter((other) => Math.floor(other) === Math.floor(one)).length),
    );
    expect(busiest).toBeLessThanOrEqual(3);
    expect(new Set(delays.map(Math.floor)).size).toBeGreaterThan(40);
    expect(typesOf(events).filter((type) => type === 'quota.released')).toHaveLength(1);
  });

  it('are released within the configured time', async () => {
    const { resilience, hold } = limited({ quota: { spreadMs: 10 } }, () => 0.999);
    await hold(5);
    const { work, calledAt } = failing();
    const ended = resilience.execute('chat', work);
    await pass(5_000);
    expect(calledAt).toHaveLength(0);
    await pass(10);
    expect(await ended).toBe('fine');
  });

  it('report their wait', async () => {
    const { resilience, hold } = limited();
    await hold(20);
    await pass(5_000);
    const report = resilience.inspect('chat', failing().work);
    await pass(15_000);
    expect(await report).toMatchObject({
      ok: true,
      waitedMs: 15_000,
      totalMs: 15_000,
      attempts: [{ number: 1, outcome: 'success', waitedMs: 15_000, durationMs: 0, startedAt: START + 20_000 }],
    });
  });

  it('wait on when the quota is held again meanwhile, and are rejected when that is too long', async () => {
    const { resilience } = limited();
    let answer: (error: Error) => void = () => undefined;
    const slow = errorOf(
      resilience.execute(
        'chat',
        () =>
          new Promise((_, reject) => {
            answer = reject;
          }),
      ),
    );
    await errorOf(resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '10' }))));
    const patient = resilience.inspect('chat', failing().work);
    const hasty = resilience.inspect('chat', failing().work, { settings: { quota: { maxWaitMs: 12_000 } } });
    await pass(5_000);
    answer(httpError(429, { 'retry-after': '15' }));
    await slow;
    await pass(5_000);
    expect(await hasty).toMatchObject({ ok: false, stopReason: 'quota_held', totalMs: 10_000, waitedMs: 10_000 });
    await pass(10_000);
    expect(await patient).toMatchObject({ ok: true, totalMs: 20_000, waitedMs: 20_000 });
  });

  it('may be cancelled: nothing is called, and the others go on waiting', async () => {
    const { resilience, hold } = limited();
    await hold(20);
    const controller = new AbortController();
    const given = failing();
    const report = resilience.inspect('chat', given.work, { signal: controller.signal });
    const other = resilience.execute('chat', failing().work);
    await pass(5_000);
    controller.abort(new Error('enough'));
    expect(await report).toMatchObject({
      ok: false,
      error: controller.signal.reason,
      stopReason: 'cancelled',
      attempts: [],
      waitedMs: 5_000,
    });
    expect(given.calledAt).toEqual([]);
    await pass(15_000);
    expect(await other).toBe('fine');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('have one timer each, and none afterwards', async () => {
    const { resilience, hold } = limited();
    await hold(20);
    const calls = [1, 2, 3].map(() => resilience.execute('chat', failing().work));
    expect(vi.getTimerCount()).toBe(3);
    await pass(20_000);
    await Promise.all(calls);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('calls that cannot wait that long for a quota', () => {
  it.each([
    { why: 'since their deadline comes before', options: { deadlineMs: 19_000 } },
    { why: 'since their deadline comes at the same time', options: { deadlineMs: 20_000 } },
    { why: 'since they wait no longer than maxWaitMs', options: { settings: { quota: { maxWaitMs: 19_999 } } } },
    { why: 'since they wait for nothing', options: { settings: { quota: { maxWaitMs: 0 } } } },
  ])('are rejected at once, $why', async ({ options }) => {
    const { resilience, hold } = limited();
    await hold(20);
    const { work, calledAt } = failing();
    const error = await errorOf(resilience.execute('chat', work, options));
    expect(error).toBeInstanceOf(QuotaHeldError);
    expect(error).toMatchObject({ operation: 'chat', key: undefined, kind: 'rate_limited', retryAfterMs: 20_000 });
    expect(calledAt).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are neither an attempt, nor a retry, nor a rejection by the breaker', async () => {
    const { resilience, hold } = limited({ retry: {} });
    await hold(90);
    await errorOf(resilience.execute('chat', failing().work));
    expect(resilience.stats('chat')).toMatchObject({
      calls: 2,
      failures: 2,
      attempts: 1,
      retries: 0,
      failuresByKind: { rate_limited: 1 },
      rejections: { breaker: 0, quota: 1, capacity: 0, target: 0, budget: 0 },
    });
  });
});

describe('calls that can just wait that long for a quota', () => {
  it.each([
    { what: 'maxWaitMs', options: { settings: { quota: { maxWaitMs: 20_000 } } }, latestMs: 20_000 },
    { what: 'maxWaitMs and a little', options: { settings: { quota: { maxWaitMs: 20_100 } } }, latestMs: 20_100 },
    { what: 'the half of what their deadline leaves', options: { deadlineMs: 20_200 }, latestMs: 20_100 },
  ])('wait, and the time in which they are released ends with $what', async ({ options, latestMs }) => {
    const { resilience, hold } = limited({}, () => 0.999);
    await hold(20);
    const beganAt = performance.now();
    const { work, calledAt } = failing();
    const ended = resilience.execute('chat', work, options);
    await pass(latestMs);
    expect(await ended).toBe('fine');
    const waitedMs = (calledAt[0] ?? 0) - beganAt;
    expect(waitedMs).toBeGreaterThanOrEqual(Math.min(20_000 + 0.9 * (latestMs - 20_000), latestMs));
    expect(waitedMs).toBeLessThanOrEqual(latestMs);
  });
});

describe('a retry that is rejected by a quota hold', () => {
  it('ends the call with the last error of the function', async () => {
    const { resilience, events } = limited({ retry: { minDelayMs: 1_000, jitter: 'none' } });
    const error = httpError(500);
    const report = resilience.inspect('chat', down(error).work);
    await pass(0);
    await errorOf(
      resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '90' })), { settings: ONCE }),
    );
    await pass(1_000);
    expect(await report).toMatchObject({
      ok: false,
      error,
      stopReason: 'quota_held',
      failure: { kind: 'server_error' },
      attempts: [
        { number: 1, outcome: 'failure' },
        { number: 2, outcome: 'rejected', waitedMs: 1_000 },
      ],
    });
    expect(events.find(({ type }) => type === 'retry.refused')).toMatchObject({ stopRule: 'refused', attempt: 2 });
    expect(resilience.stats('chat').rejections.quota).toBe(0);
  });

  it('has no wait when the quota will be held for too long anyway', async () => {
    const { resilience, events } = limited({ retry: { minDelayMs: 1_000, jitter: 'none' } });
    const error = httpError(500);
    const slow = deferred<never>();
    const report = resilience.inspect('chat', () => slow.promise);
    await errorOf(
      resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '90' })), { settings: ONCE }),
    );
    slow.reject(error);
    await pass(0);
    expect(await report).toMatchObject({
      ok: false,
      error,
      stopReason: 'quota_held',
      failure: { kind: 'server_error' },
      totalMs: 0,
    });
    expect((await report).attempts).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'retry.refused')).toMatchObject([
      { stopRule: 'quota_held', attempt: 1 },
    ]);
    expect(typesOf(events)).not.toContain('retry.scheduled');
  });

  it('waits for its quota where there is time for it', async () => {
    const { resilience } = limited({ retry: { minDelayMs: 1_000, jitter: 'none' } });
    const report = resilience.inspect('chat', failing(httpError(500)).work);
    await errorOf(
      resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '20' })), { settings: ONCE }),
    );
    await pass(20_000);
    expect(await report).toMatchObject({ ok: true, waitedMs: 20_000, attempts: [{}, { waitedMs: 20_000 }] });
  });
});

describe('an exhausted quota', () => {
  it('is hit by exactly one request, and held from then on', async () => {
    const { resilience, events } = limited({ retry: {} });
    const { work, calledAt } = down(EXHAUSTED);
    expect(await resilience.inspect('chat', work)).toMatchObject({
      ok: false,
      error: EXHAUSTED,
      stopReason: 'not_retryable',
      failure: { kind: 'quota_exhausted' },
      totalMs: 0,
    });
    for (let call = 0; call < 20; call++) {
      expect(await errorOf(resilience.execute('chat', work))).toMatchObject({
        name: 'QuotaHeldError',
        kind: 'quota_exhausted',
      });
      await pass(10_000);
    }
    expect(calledAt).toHaveLength(1);
    expect(events.find(({ type }) => type === 'quota.held')).toMatchObject({ kind: 'quota_exhausted', forMs: 300_000 });
  });

  it('is used again after five minutes, or after the configured time', async () => {
    const { resilience } = limited({ retry: {}, quota: { exhaustedMs: 60_000, spreadMs: 0 } });
    const { work, calledAt } = down(EXHAUSTED);
    await errorOf(resilience.execute('chat', work));
    await pass(60_000);
    await errorOf(resilience.execute('chat', work));
    expect(calledAt).toHaveLength(2);
  });

  it('is not held when the configured time is 0', async () => {
    const { resilience } = limited({ quota: { exhaustedMs: 0 } });
    await errorOf(resilience.execute('chat', down(EXHAUSTED).work));
    expect(await resilience.execute('chat', failing().work)).toBe('fine');
    expect(resilience.health().holds).toEqual([]);
  });

  it('is held for as long as the provider says where that is longer, an hour at the most', async () => {
    const heldAfter = async (headers: Readonly<Record<string, string>>) => {
      const { resilience } = limited();
      const error = Object.assign(httpError(429, headers), { code: 'insufficient_quota' });
      await errorOf(resilience.execute('chat', () => Promise.reject(error)));
      return resilience.health().holds[0]?.releasesInMs;
    };
    expect(await heldAfter({ 'retry-after': '1' })).toBe(300_000);
    expect(await heldAfter({ 'retry-after': '900' })).toBe(900_000);
    expect(await heldAfter({ 'retry-after': '86400' })).toBe(3_600_000);
  });

  it('is not released earlier by a short rate limit', async () => {
    const { resilience } = limited();
    const both = [EXHAUSTED, httpError(429, { 'retry-after': '1' })];
    await Promise.all(both.map((error) => errorOf(resilience.execute('chat', () => Promise.reject(error)))));
    expect(resilience.health().holds).toMatchObject([{ kind: 'quota_exhausted', releasesInMs: 300_000 }]);
  });
});

describe('a quota is not held', () => {
  it.each([
    { what: 'a 429 that names no time', error: httpError(429) },
    { what: 'a 503 that names a time', error: httpError(503, { 'retry-after': '20' }) },
    {
      what: 'a 429 that says only when everything is free again',
      error: httpError(429, { 'x-ratelimit-reset-tokens': '20s' }),
    },
    { what: 'a 401', error: httpError(401) },
  ])('by $what', async ({ error }) => {
    const { resilience, events } = limited();
    await errorOf(resilience.execute('chat', () => Promise.reject(error)));
    expect(await resilience.execute('chat', failing().work)).toBe('fine');
    expect(typesOf(events)).not.toContain('quota.held');
  });

  it('for an operation whose holds are disabled', async () => {
    const { resilience, hold } = limited({ quota: false });
    await errorOf(resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '20' }))));
    expect(await resilience.execute('chat', failing().work)).toBe('fine');
    await hold(20);
    expect(resilience.health().holds).toEqual([]);
  });

  it('for an operation whose holds are disabled while one lasts, until they are enabled again', async () => {
    const { resilience, hold } = limited();
    await hold(20);
    resilience.configure({ defaults: { quota: false } });
    expect(resilience.health()).toMatchObject({ healthy: true, holds: [] });
    expect(await resilience.execute('chat', failing().work)).toBe('fine');
    resilience.configure({}, { replace: true });
    expect(resilience.health().holds).toMatchObject([{ name: 'chat', releasesInMs: 20_000 }]);
  });

  it('for a call that has disabled holds for itself: it does not wait, and holds nothing', async () => {
    const { resilience, hold } = limited();
    const off = { settings: { retry: false, quota: false } } as const;
    await errorOf(resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '20' })), off));
    expect(resilience.health().holds).toEqual([]);
    await hold(20);
    expect(await resilience.execute('chat', failing().work, off)).toBe('fine');
  });

  it('for another key, or another operation', async () => {
    const { resilience, hold } = limited();
    await hold(20, 'gpt');
    expect(await resilience.execute('chat', failing().work, { key: 'claude' })).toBe('fine');
    expect(await resilience.execute('chat', failing().work)).toBe('fine');
    expect(await resilience.execute('embed', failing().work, { key: 'gpt' })).toBe('fine');
    expect(resilience.health().holds).toMatchObject([{ name: 'chat/gpt', releasesInMs: 20_000 }]);
  });

  it('for another Resilience', async () => {
    const { hold } = limited();
    await hold(20);
    expect(await limited().resilience.execute('chat', failing().work)).toBe('fine');
  });
});

describe('a key whose quota is held', () => {
  it('is not forgotten, however long no call uses it', async () => {
    const { resilience, hold } = limited();
    await hold(3_600, 'gpt');
    await pass(1_800_000);
    // Each new key has two old ones looked at.
    for (let nth = 0; nth < 20; nth++) await resilience.execute('chat', failing().work, { key: `other ${nth}` });
    expect(await errorOf(resilience.execute('chat', failing().work, { key: 'gpt' }))).toMatchObject({
      name: 'QuotaHeldError',
      retryAfterMs: 1_800_000,
    });
  });
});

describe('a quota that is released by hand', () => {
  it('is free for later calls, and that is reported once', async () => {
    const { resilience, events, hold } = limited();
    await hold(3_600, 'gpt');
    const operation = resilience.operation('chat');
    operation.releaseQuota('gpt');
    operation.releaseQuota('gpt');
    expect(resilience.health()).toMatchObject({ healthy: true, holds: [] });
    expect(await resilience.execute('chat', failing().work, { key: 'gpt' })).toBe('fine');
    expect(events.filter(({ type }) => type === 'quota.released')).toMatchObject([{ operation: 'chat', key: 'gpt' }]);
  });

  it('lets calls go on that wait for it, one by one within the spread', async () => {
    const { resilience, events, hold } = limited({}, randomFrom(SEED));
    await hold(20);
    const { work, calledAt } = failing();
    const calls = Array.from({ length: 50 }, () => resilience.execute('chat', work));
    await pass(5_000);
    const releasedAt = performance.now();
    resilience.operation('chat').releaseQuota();
    await pass(1_000);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 50 }, () => 'fine'));
    const delays = calledAt.map((at) => at - releasedAt);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_000);
    expect(new Set(delays.map(Math.floor)).size).toBeGreaterThan(40);
    expect(typesOf(events).filter((type) => type === 'quota.released')).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps those waiting whose quota is held again meanwhile', async () => {
    const { resilience, hold } = limited({}, () => 0.5);
    let refuse = (): void => undefined;
    const refused = new Promise<never>((_, reject) => {
      refuse = () => reject(httpError(429, { 'retry-after': '10' }));
    });
    const slow = errorOf(resilience.execute('chat', () => refused));
    await hold(20);
    const waiting = failing();
    const call = resilience.execute('chat', waiting.work);
    resilience.operation('chat').releaseQuota();
    await pass(100);
    refuse();
    await slow;
    await pass(9_999);
    expect(waiting.calledAt).toEqual([]);
    await pass(1_001);
    expect(await call).toBe('fine');
  });

  it('lets calls go on that wait for their turn, at their pace', async () => {
    const { resilience, hold } = limited({ pacing: { requestsPerMinute: 60, burstMs: 1_000, rampMs: 0 } });
    const { work, calledAt } = failing();
    const held = hold(20);
    const calls = [1, 2].map(() => resilience.execute('chat', work));
    await held;
    await pass(5_000);
    const releasedAt = performance.now();
    resilience.operation('chat').releaseQuota();
    await pass(1_000);
    expect(calledAt.map((at) => at - releasedAt)).toEqual([0, 1_000]);
    await Promise.all(calls);
  });

  it('ends the wait of a call for its targets', async () => {
    const resilience = createResilience({ targets: { chat: { list: ['gpt-5', 'claude'] } } });
    const refused = () => Promise.reject(httpError(429, { 'retry-after': '20' }));
    const settings = { retry: false } as const;
    for (const name of ['gpt-5', 'claude']) {
      await errorOf(resilience.execute('chat', refused, { targets: [name], settings }));
    }
    const call = resilience.inspect('chat', ({ target }) => target?.name);
    await pass(5_000);
    resilience.operation('chat').releaseQuota('claude');
    await pass(0);
    expect(await call).toMatchObject({ ok: true, value: 'claude', waitedMs: 5_000 });
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });

  it('does nothing when there is no hold', async () => {
    const { resilience, events } = limited();
    resilience.operation('chat').releaseQuota();
    resilience.operation('chat').releaseQuota('never seen');
    expect(typesOf(events)).not.toContain('quota.released');
  });

  it('must be that of a valid key', () => {
    const { resilience } = limited();
    expect(() => resilience.operation('chat').releaseQuota('')).toThrow('key: must be a string');
  });
});
