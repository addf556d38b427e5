import { createResilience, type Resilience, type RetrySettings } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { errorOf, issuesIn, recorded, untyped } from '../support/calls.js';
import { down, failing, httpError } from '../support/failures.js';
import { randomFrom, SEED } from '../support/seed.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const ATTEMPT_MS = 50;

function budgeted(retry: RetrySettings = {}): Resilience {
  return createResilience({ random: randomFrom(SEED), config: { defaults: { retry, breaker: false } } });
}

/** Requests that come in at the callee in each second, while it is down and is called this often. */
async function requestsBySecond(resilience: Resilience, callsPerSecond: number, seconds: number): Promise<number[]> {
  const beganAt = performance.now();
  const requests = new Array<number>(seconds).fill(0);
  const work = () => {
    const second = Math.floor((performance.now() - beganAt) / 1_000);
    if (second < seconds) requests[second] = (requests[second] ?? 0) + 1;
    return new Promise<never>((_, reject) => setTimeout(reject, ATTEMPT_MS, httpError(500)));
  };
  const calls: Promise<unknown>[] = [];
  for (let nth = 0; nth < callsPerSecond * seconds; nth++) {
    calls.push(resilience.execute('chat', work).catch(() => undefined));
    await pass(1_000 / callsPerSecond);
  }
  await pass(120_000);
  await Promise.all(calls);
  return requests;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

describe('a full outage at 100 calls a second', () => {
  const SECONDS = 30;

  it('makes at most 1.2 requests a call in any second after the first', async () => {
    const resilience = budgeted();
    const later = (await requestsBySecond(resilience, 100, SECONDS)).slice(1);
    expect(Math.max(...later) / 100).toBeLessThanOrEqual(1.2);
    expect(sum(later) / (later.length * 100)).toBeLessThanOrEqual(1.07);
    // It is not by making none.
    expect(sum(later) / (later.length * 100)).toBeGreaterThan(1.03);
    const { calls, failures, attempts, retries, rejections } = resilience.stats('chat');
    expect({ calls, failures }).toEqual({ calls: 100 * SECONDS, failures: 100 * SECONDS });
    expect(attempts).toBe(calls + retries);
    expect(rejections.budget).toBeGreaterThan(calls / 2);
  });

  it('makes nearly three requests a call without a budget', async () => {
    const later = (await requestsBySecond(budgeted({ budget: false }), 100, SECONDS)).slice(10);
    expect(sum(later) / (later.length * 100)).toBeGreaterThan(2.8);
  });
});

describe('a quiet service', () => {
  it('can retry every call of an outage', async () => {
    const resilience = budgeted();
    await requestsBySecond(resilience, 1, 60);
    expect(resilience.stats('chat')).toMatchObject({ calls: 60, attempts: 180, rejections: { budget: 0 } });
  });
});

describe('a budget that is spent', () => {
  const SMALL: RetrySettings = {
    minDelayMs: 10,
    maxDelayMs: 10,
    jitter: 'none',
    budget: { ratio: 0.5, floorPerSecond: 0, burst: 1 },
  };

  it("ends the call with the function's own error at once, and every report says so", async () => {
    const resilience = budgeted(SMALL);
    const events = recorded(resilience);
    const error = httpError(500);
    const report = resilience.inspect('chat', down(error).work);
    await pass(10);
    expect(await report).toMatchObject({
      ok: false,
      error,
      stopReason: 'retry_budget',
      failure: { kind: 'server_error' },
      attempts: [{ outcome: 'failure' }, { outcome: 'failure' }],
      totalMs: 10,
    });
    expect(events.filter(({ type }) => type === 'retry.refused')).toMatchObject([
      { stopRule: 'budget', stopReason: 'retry_budget', attempt: 2, failure: { kind: 'server_error' } },
    ]);
    expect(resilience.stats('chat')).toMatchObject({
      calls: 1,
      failures: 1,
      attempts: 2,
      failuresByKind: { server_error: 1 },
      rejections: { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 1 },
    });
    expect(resilience.health()).toMatchObject({ healthy: true, spentBudgets: ['chat'] });
  });

  it('is filled up again by successes', async () => {
    const resilience = budgeted(SMALL);
    const retried = async () => {
      const { work, calledAt } = failing(httpError(500));
      const report = resilience.inspect('chat', work);
      await pass(10);
      await report;
      return calledAt.length - 1;
    };
    await errorOf(spend(resilience));
    expect(await retried()).toBe(0);
    await resilience.execute('chat', failing().work);
    expect(await retried()).toBe(0);
    await resilience.execute('chat', failing().work);
    expect(resilience.health().spentBudgets).toEqual([]);
    // The success that it leads to pays in its part as well.
    expect(await retried()).toBe(1);
    expect(await retried()).toBe(0);
  });

  it('is filled up again by time, where there is a floor', async () => {
    const resilience = budgeted({ ...SMALL, budget: { ratio: 0, floorPerSecond: 1, burst: 1 } });
    await errorOf(spend(resilience));
    expect(resilience.health().spentBudgets).toEqual(['chat']);
    await pass(1_000);
    expect(resilience.health().spentBudgets).toEqual([]);
    const { work } = failing(httpError(500));
    const ended = resilience.execute('chat', work);
    await pass(10);
    expect(await ended).toBe('fine');
  });

  it('is shared by all keys of an operation, and not by other operations', async () => {
    const resilience = budgeted(SMALL);
    await errorOf(spend(resilience, 'eu'));
    expect(await resilience.inspect('chat', failing(httpError(500)).work, { key: 'us' })).toMatchObject({
      stopReason: 'retry_budget',
    });
    const other = resilience.execute('embed', failing(httpError(500)).work);
    await pass(10);
    expect(await other).toBe('fine');
    expect(resilience.health().spentBudgets).toEqual(['chat', 'embed']);
  });

  it('costs nothing where a retry is refused anyway, or where the first attempt is refused', async () => {
    const resilience = budgeted(SMALL);
    await errorOf(resilience.execute('chat', down(httpError(401)).work));
    await errorOf(resilience.execute('chat', down().work, { replayable: false }));
    await errorOf(resilience.execute('chat', down().work, { deadlineMs: 5 }));
    await errorOf(resilience.execute('chat', down(httpError(429, { 'retry-after': '900' })).work));
    await errorOf(resilience.execute('chat', down().work));
    expect(resilience.health().spentBudgets).toEqual([]);
  });

  it('does not limit a call that has switched it off for itself', async () => {
    const resilience = budgeted(SMALL);
    await errorOf(spend(resilience));
    const report = resilience.inspect('chat', failing(httpError(500)).work, { settings: { retry: { budget: false } } });
    await pass(10);
    expect(await report).toMatchObject({ ok: true });
  });

  it('limits a call that brings retries of its own to an operation that has a budget', async () => {
    const resilience = budgeted(SMALL);
    await errorOf(spend(resilience));
    const settings = { retry: { maxAttempts: 9 } };
    expect(await resilience.inspect('chat', failing(httpError(500)).work, { settings })).toMatchObject({
      stopReason: 'retry_budget',
    });
  });

  it('limits calls that bring retries to an operation without retries', async () => {
    const resilience = createResilience({ config: { defaults: { retry: false, breaker: false } } });
    const settings = { retry: { maxAttempts: 2, minDelayMs: 10, maxDelayMs: 10 } };
    const calls = Array.from({ length: 30 }, () => resilience.inspect('chat', down().work, { settings }));
    await pass(1_000);
    const reasons = (await Promise.all(calls)).map(({ stopReason }) => stopReason);
    expect(reasons.filter((reason) => reason === 'attempts_exhausted')).toHaveLength(10);
    expect(reasons.filter((reason) => reason === 'retry_budget')).toHaveLength(20);
  });

  it('cannot be replaced by a call, which is refused if it brings another one', async () => {
    const resilience = budgeted(SMALL);
    const { work, calledAt } = down();
    const error = await errorOf(
      untyped(resilience).execute('chat', work, { settings: { retry: { budget: { burst: 99 } } } }),
    );
    expect(issuesIn(error)).toMatchObject([{ path: 'options.settings.retry.budget' }]);
    expect(calledAt).toEqual([]);
  });
});

/** A call whose retries cost all there is. */
async function spend(resilience: Resilience, key?: string): Promise<unknown> {
  const ended = resilience.execute('chat', down().work, key === undefined ? {} : { key });
  ended.catch(() => undefined);
  await pass(20);
  return ended;
}
