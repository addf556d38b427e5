import { createResilience } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { deferred, errorOf, fail } from '../support/calls.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

const config = {
  defaults: { retry: false as const, breaker: { trip: { consecutiveFailures: 2 }, openMs: 5_000 } },
  operations: { chat: {}, embed: { breaker: false as const } },
};

describe('snapshot()', () => {
  it('lists every known operation with its keys, their numbers, breakers and quota holds', async () => {
    const resilience = createResilience({ preset: 'none', config, random: () => 0 });
    await resilience.execute('chat', () => 'fine', { key: 'eu' });
    await fail(resilience, 2, 'chat', 'us');
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '7' } });
    await errorOf(resilience.execute('embed', () => Promise.reject(limited)));
    const snapshot = resilience.snapshot();
    expect(snapshot).toMatchObject({
      version: 1,
      at: START,
      state: 'open',
      inFlight: 0,
      config: { version: 1, preset: 'none' },
      operations: {
        chat: {
          stats: { calls: 3, successes: 1, failures: 2 },
          keys: [
            {
              key: 'eu',
              inFlight: 0,
              stats: { calls: 1 },
              breaker: { state: 'closed', mode: 'enforce' },
              pacing: null,
              concurrency: null,
              hedge: null,
              quotaHold: null,
            },
            {
              key: 'us',
              stats: { failuresByKind: { unknown: 2 } },
              breaker: { state: 'open', openedAt: START, waitMs: 5_000, counts: { opens: 1, failures: 2 } },
            },
          ],
        },
        embed: {
          keys: [{ key: null, breaker: null, quotaHold: { kind: 'rate_limited', releasesInMs: 7_000 } }],
        },
      },
    });
    expect(Object.keys(snapshot.operations)).toEqual(['chat', 'embed']);
  });

  it('is plain JSON, and a later change of state does not change it', async () => {
    const resilience = createResilience({ preset: 'none', config });
    await fail(resilience, 2);
    const snapshot = resilience.snapshot();
    const text = JSON.stringify(snapshot);
    expect(JSON.parse(text)).toEqual(snapshot);
    resilience.breaker('chat').close();
    await resilience.execute('chat', () => 'fine');
    expect(JSON.stringify(snapshot)).toBe(text);
  });

  it('makes no operation, key or breaker known', () => {
    const resilience = createResilience({ preset: 'none' });
    resilience.operation('chat');
    expect(resilience.snapshot().operations).toMatchObject({ chat: { keys: [], retryBudget: null } });
    expect(resilience.snapshot().operations).toMatchObject({ chat: { keys: [] } });
  });

  it('counts calls under way, by operation and key, and shows whether the instance is closing', async () => {
    const resilience = createResilience({ preset: 'none', config });
    const { promise, resolve } = deferred<string>();
    const call = resilience.execute('chat', () => promise, { key: 'eu' });
    expect(resilience.snapshot()).toMatchObject({ inFlight: 1, operations: { chat: { keys: [{ inFlight: 1 }] } } });
    const closed = resilience.close();
    expect(resilience.snapshot().state).toBe('closing');
    resolve('fine');
    await call;
    await closed;
    expect(resilience.snapshot()).toMatchObject({ inFlight: 0, state: 'closed' });
  });

  it('shows what is left of the retry budget once an operation has one', async () => {
    const budget = { ratio: 0, floorPerSecond: 1, burst: 3 };
    const resilience = createResilience({
      preset: 'none',
      config: { operations: { chat: { retry: { maxAttempts: 2, minDelayMs: 10, maxDelayMs: 10, budget } } } },
    });
    const error = errorOf(
      resilience.execute('chat', () => Promise.reject(Object.assign(new Error('down'), { status: 503 }))),
    );
    await pass(10);
    await error;
    const { retryBudget } = resilience.snapshot().operations['chat'] ?? {};
    expect(retryBudget?.burst).toBe(3);
    expect(retryBudget?.tokens).toBeCloseTo(2.01, 5);
  });

  it('gives the configuration a new version with every change in force', () => {
    const resilience = createResilience({ preset: 'none' });
    resilience.configure({ defaults: { deadlineMs: 5_000 } }, { dryRun: true });
    expect(() => resilience.configure({ defaults: { deadlineMs: -1 } })).toThrow('deadlineMs');
    expect(resilience.snapshot().config.version).toBe(1);
    resilience.configure({ defaults: { deadlineMs: 5_000 } });
    expect(resilience.snapshot().config.version).toBe(2);
  });
});
