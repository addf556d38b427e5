import { createResilience, type Settings } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, fail, recorded, typesOf } from '../support/calls.js';
import { down, failing, httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const RETRY = { maxAttempts: 5, minDelayMs: 1_000, maxDelayMs: 8_000, jitter: 'none', budget: false } as const;

function guarded(settings: Settings) {
  const resilience = createResilience({ random: () => 0.5, config: { defaults: { retry: RETRY, ...settings } } });
  return { resilience, events: recorded(resilience) };
}

describe('a breaker that opens because of the failure of the same call', () => {
  it("ends the retries at once, with the function's own error", async () => {
    const { resilience, events } = guarded({ breaker: { trip: { consecutiveFailures: 2 } } });
    const errors = [httpError(500, {}, 'first'), httpError(500, {}, 'second')];
    const { work, calledAt } = failing(...errors);
    const report = resilience.inspect('chat', work);
    await pass(1_000);
    const ended = await report;
    expect(ended).toMatchObject({
      ok: false,
      error: errors[1],
      stopReason: 'breaker_open',
      failure: { kind: 'server_error' },
      totalMs: 1_000,
    });
    expect(ended.attempts.map(({ outcome }) => outcome)).toEqual(['failure', 'failure']);
    expect(calledAt).toHaveLength(2);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
    expect(typesOf(events)).toEqual([
      'call.started',
      'attempt.failed',
      'retry.scheduled',
      'attempt.failed',
      'breaker.opened',
      'retry.refused',
      'call.failed',
    ]);
    expect(events.find(({ type }) => type === 'retry.refused')).toMatchObject({ stopRule: 'breaker_open', attempt: 2 });
  });

  it('does not end the retries when it will be half-open before the next attempt', async () => {
    const { resilience } = guarded({ breaker: { trip: { consecutiveFailures: 1 }, openMs: 500 } });
    const ended = resilience.execute('chat', failing(httpError(500)).work);
    await pass(1_000);
    expect(await ended).toBe('fine');
    expect(resilience.breaker('chat').state).toBe('closed');
  });

  it('counts the call as a failure of its kind, not as a rejection', async () => {
    const { resilience } = guarded({ breaker: { trip: { consecutiveFailures: 1 } } });
    await errorOf(resilience.execute('chat', down().work));
    expect(resilience.stats('chat')).toMatchObject({
      calls: 1,
      failures: 1,
      failuresByKind: { server_error: 1 },
      rejections: { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 0 },
    });
  });
});

describe('a breaker that another call opens during the wait', () => {
  it("rejects the next attempt, and the call ends with the function's last error", async () => {
    const { resilience, events } = guarded({ breaker: { trip: { consecutiveFailures: 3 } } });
    const error = httpError(500, {}, 'own');
    const { work, calledAt } = down(error);
    const report = resilience.inspect('chat', work);
    await pass(500);
    await fail(resilience, 2);
    expect(resilience.breaker('chat').state).toBe('open');
    await pass(500);
    expect(await report).toMatchObject({
      ok: false,
      error,
      stopReason: 'breaker_open',
      failure: { kind: 'server_error' },
      totalMs: 1_000,
      waitedMs: 1_000,
      attempts: [
        { number: 1, outcome: 'failure', failure: { kind: 'server_error' } },
        { number: 2, outcome: 'rejected', waitedMs: 1_000, durationMs: 0 },
      ],
    });
    expect(calledAt).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'retry.refused')).toMatchObject([
      { stopRule: 'refused', stopReason: 'breaker_open', attempt: 2 },
    ]);
    const { attempts, retries, rejections, failuresByKind } = resilience.stats('chat');
    expect({ attempts, retries, rejections, failuresByKind }).toEqual({
      attempts: 3,
      retries: 0,
      rejections: { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 0 },
      failuresByKind: { server_error: 1, unknown: 2 },
    });
  });

  it('does not matter when it has closed again by then', async () => {
    const { resilience } = guarded({ breaker: { trip: { consecutiveFailures: 3 } } });
    const ended = resilience.execute('chat', failing(httpError(500)).work);
    await pass(500);
    resilience.breaker('chat').open();
    await pass(300);
    resilience.breaker('chat').close();
    await pass(200);
    expect(await ended).toBe('fine');
  });
});

describe('a breaker that is already open', () => {
  it('rejects the call at once without a retry or a wait, with a BreakerOpenError', async () => {
    const { resilience, events } = guarded({});
    await resilience.execute('chat', () => 'fine');
    resilience.breaker('chat').open();
    const { work, calledAt } = down();
    expect(await resilience.inspect('chat', work)).toMatchObject({
      error: { name: 'BreakerOpenError' },
      stopReason: 'breaker_open',
      failure: undefined,
      attempts: [{ number: 1, outcome: 'rejected' }],
      totalMs: 0,
    });
    expect(calledAt).toHaveLength(0);
    expect(typesOf(events)).not.toContain('retry.refused');
    expect(resilience.stats('chat').rejections.breaker).toBe(1);
  });
});

describe('a breaker that does not apply', () => {
  it('since the call has switched it off for itself does not end the retries of that call', async () => {
    const { resilience } = guarded({});
    await resilience.execute('chat', () => 'fine');
    resilience.breaker('chat').open();
    const ended = resilience.inspect('chat', failing(httpError(500)).work, { settings: { breaker: false } });
    await pass(1_000);
    expect(await ended).toMatchObject({ ok: true, value: 'fine' });
  });

  it.each(['observe', 'disabled'] as const)('since its mode is %s does not end retries', async (mode) => {
    const { resilience } = guarded({ breaker: { mode, trip: { consecutiveFailures: 1 } } });
    const ended = resilience.inspect('chat', failing(httpError(500), httpError(500)).work);
    await pass(3_000);
    expect(await ended).toMatchObject({ ok: true, value: 'fine' });
  });

  it('since it is the one of another key does not end retries', async () => {
    const { resilience } = guarded({});
    await resilience.execute('chat', () => 'fine', { key: 'eu' });
    resilience.breaker('chat', 'eu').open();
    const ended = resilience.inspect('chat', failing(httpError(500)).work, { key: 'us' });
    await pass(1_000);
    expect(await ended).toMatchObject({ ok: true, value: 'fine' });
  });
});

describe('each attempt', () => {
  it('passes the breaker by itself, and is counted by the breaker', async () => {
    const { resilience } = guarded({ breaker: { trip: { consecutiveFailures: 10 } } });
    const ended = resilience.execute('chat', failing(httpError(500), httpError(500), httpError(429)).work);
    await pass(60_000);
    await ended;
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 4, successes: 1, failures: 2, ignored: 1 });
  });
});
