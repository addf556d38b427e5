import { createResilience, type Settings } from 'holdfast';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recorded } from '../support/calls.js';
import { down, failing, httpError } from '../support/failures.js';
import { randomFrom, SEED } from '../support/seed.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

const RETRY = { maxAttempts: 2, minDelayMs: 8_000, maxDelayMs: 8_000, maxElapsedMs: false, jitter: 'none' } as const;

/** How long a call waits that fails once with this error; `undefined` when it is not tried again. */
async function waitAfter(error: unknown, settings: Settings = {}): Promise<number | undefined> {
  const resilience = createResilience({
    random: () => 0,
    config: { defaults: { deadlineMs: false, retry: RETRY, ...settings } },
  });
  const { work, calledAt } = failing(error);
  const report = resilience.inspect('chat', work);
  await pass(40 * 86_400_000);
  await report;
  const [first = 0, second] = calledAt;
  return second === undefined ? undefined : second - first;
}

describe('a hint of the provider', () => {
  it.each([
    { what: 'seconds', headers: { 'retry-after': '90' }, waits: 90_000 },
    { what: 'a fraction of a second', headers: { 'retry-after': '0.25' }, waits: 250 },
    { what: 'milliseconds', headers: { 'retry-after-ms': '1234' }, waits: 1_234 },
    { what: 'milliseconds before seconds', headers: { 'retry-after-ms': '1234', 'retry-after': '2' }, waits: 1_234 },
    { what: 'fractions, rounded up', headers: { 'retry-after-ms': '1234.2' }, waits: 1_235 },
    { what: 'a day', headers: { 'retry-after': '86400' }, waits: 86_400_000 },
  ])('is kept to the millisecond: $what', async ({ headers, waits }) => {
    expect(await waitAfter(httpError(429, headers))).toBe(waits);
    expect(await waitAfter(httpError(503, headers))).toBe(waits);
    expect(await waitAfter(httpError(429, headers), { quota: false })).toBe(waits);
  });

  it.each(['-5', 'NaN', 'soon', '', '1e9', '99999999999', 'Wed, 21 Oct 2015 07:28:00 GMT', '0'])(
    'is ignored when it is implausible: %j',
    async (text) => {
      expect(await waitAfter(httpError(429, { 'retry-after': text }))).toBe(8_000);
    },
  );

  it('replaces the wait of the kind, shorter or longer', async () => {
    const retry = { ...RETRY, kinds: { rate_limited: { minDelayMs: 500, maxDelayMs: 1_000 } } };
    expect(await waitAfter(httpError(429, { 'retry-after': '60' }), { retry })).toBe(60_000);
    expect(await waitAfter(httpError(429, { 'retry-after': '0.1' }), { retry })).toBe(100);
  });

  it('is read from the message when it is nowhere else', async () => {
    const text = 'Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000. Please try again in 6.5s.';
    expect(await waitAfter(httpError(429, {}, text))).toBe(6_500);
  });

  it.each(['none', 'full', 'equal', 'decorrelated', 'additive'] as const)(
    'is never undercut, and lengthened by a tenth at the most, when the jitter is %s',
    async (jitter) => {
      const random = randomFrom(SEED);
      const resilience = createResilience({
        random,
        config: { defaults: { deadlineMs: false, quota: false, retry: { ...RETRY, jitter } } },
      });
      const waits: number[] = [];
      resilience.on('retry.scheduled', ({ delayMs }) => waits.push(delayMs));
      const calls = Array.from({ length: 60 }, () =>
        resilience.inspect('chat', failing(httpError(503, { 'retry-after': '10' })).work, {
          settings: { breaker: false, retry: { budget: false } },
        }),
      );
      await pass(60_000);
      await Promise.all(calls);
      expect(waits.length).toBeGreaterThanOrEqual(10);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(10_000);
      expect(Math.max(...waits)).toBeLessThanOrEqual(11_000);
      expect(new Set(waits).size > 1).toBe(jitter !== 'none');
    },
  );
});

describe('a timer that is early, as those of Node are by a part of a millisecond', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([503, 429])('does not end a wait early after a %d', async (status) => {
    const onTime = setTimeout;
    vi.stubGlobal('setTimeout', (work: () => void, ms: number) => onTime(work, Math.max(0, ms - 1)));
    const resilience = createResilience({ random: () => 0, config: { defaults: { retry: RETRY } } });
    const { work, calledAt } = failing(httpError(status, { 'retry-after-ms': '50' }));
    const ended = resilience.execute('chat', work);
    await pass(100);
    expect(await ended).toBe('fine');
    const [first = 0, second = 0] = calledAt;
    expect(second - first).toBeGreaterThanOrEqual(50);
  });
});

describe('a date as a hint', () => {
  const date = (ms: number) => new Date(ms).toUTCString();

  it('is measured by the local clock when the response has no date', async () => {
    expect(await waitAfter(httpError(429, { 'retry-after': date(START + 90_000) }))).toBe(90_000);
  });

  it.each([
    { skew: 'an hour behind', skewMs: -3_600_000 },
    { skew: 'an hour ahead', skewMs: 3_600_000 },
    { skew: 'ten years ahead', skewMs: 10 * 365 * 86_400_000 },
  ])('is measured by the clock of the provider when the local clock is $skew', async ({ skewMs }) => {
    const serverNow = START;
    vi.setSystemTime(serverNow + skewMs);
    const headers = { date: date(serverNow), 'retry-after': date(serverNow + 90_000) };
    expect(await waitAfter(httpError(429, headers))).toBe(90_000);
    vi.setSystemTime(serverNow + skewMs);
    expect(await waitAfter(httpError(503, headers))).toBe(90_000);
  });

  it('is waited for by the monotonic clock', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: false, retry: RETRY } } });
    const { work, calledAt } = failing(httpError(429, { 'retry-after': date(START + 90_000) }));
    const ended = resilience.execute('chat', work);
    await pass(30_000);
    vi.setSystemTime(START + 86_400_000);
    await pass(59_999);
    expect(calledAt).toHaveLength(1);
    await pass(1);
    expect(await ended).toBe('fine');
  });
});

describe('the time until everything is free again as a hint', () => {
  const free = (text: string) => httpError(429, { 'x-ratelimit-reset-tokens': text });

  it('shortens the wait, and never lengthens it', async () => {
    expect(await waitAfter(free('2s'))).toBe(2_000);
    expect(await waitAfter(free('7.66s'))).toBe(7_660);
    expect(await waitAfter(free('6m0s'))).toBe(8_000);
  });

  it('holds no quota, and prevents no retry by the deadline', async () => {
    expect(await waitAfter(free('6m0s'), { deadlineMs: 60_000 })).toBe(8_000);
  });
});

describe('a failure that no wait can cure', () => {
  const TOO_LARGE =
    'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 31200. ' +
    'The input or output tokens must be reduced in order to run successfully.';

  it.each([
    { what: 'a request larger than the limit by the minute', error: httpError(429, { 'retry-after': '1' }, TOO_LARGE) },
    { what: 'the same as a 413', error: httpError(413, {}, TOO_LARGE) },
    { what: 'a quota that is used up', error: coded(429, 'insufficient_quota') },
    { what: 'a limit of spending', error: coded(429, 'billing_hard_limit_reached') },
    { what: 'a callee that forbids it', error: httpError(500, { 'x-should-retry': 'false' }) },
    { what: 'a context that is too long', error: coded(400, 'context_length_exceeded') },
  ])('leads to exactly one request: $what', async ({ error }) => {
    const resilience = createResilience();
    const events = recorded(resilience);
    const { work, calledAt } = down(error);
    const report = await resilience.inspect('chat', work);
    expect(report).toMatchObject({ ok: false, error, stopReason: 'not_retryable', waitedMs: 0 });
    await pass(600_000);
    expect(calledAt).toHaveLength(1);
    expect(events.some(({ type }) => type === 'retry.scheduled')).toBe(false);
  });

  it('holds the quota only when the quota is exhausted', async () => {
    const holdsAfter = async (error: unknown) => {
      const resilience = createResilience();
      await resilience.inspect('chat', down(error).work);
      return resilience.health().holds;
    };
    expect(await holdsAfter(httpError(429, { 'retry-after': '1' }, TOO_LARGE))).toEqual([]);
    expect(await holdsAfter(coded(429, 'insufficient_quota'))).toMatchObject([{ kind: 'quota_exhausted' }]);
  });
});

function coded(status: number, code: string): Error {
  return Object.assign(httpError(status), { code });
}
