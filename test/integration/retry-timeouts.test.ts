import { AttemptTimeoutError, createResilience } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, never, recorded, typesOf } from '../support/calls.js';
import { httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

function timed(maxAttempts = 3) {
  const retry = { maxAttempts, minDelayMs: 1_000, maxDelayMs: 1_000, jitter: 'none' } as const;
  const resilience = createResilience({ config: { defaults: { retry, attemptTimeoutMs: 500, deadlineMs: 60_000 } } });
  return { resilience, events: recorded(resilience) };
}

describe('an attempt that takes too long', () => {
  it('is aborted, and followed by another one', async () => {
    const { resilience } = timed();
    const signals: AbortSignal[] = [];
    const report = resilience.inspect('chat', ({ attempt, signal }) => {
      signals.push(signal);
      return attempt === 1 ? never() : 'fine';
    });
    await pass(1_500);
    expect(await report).toMatchObject({
      ok: true,
      value: 'fine',
      totalMs: 1_500,
      waitedMs: 1_000,
      attempts: [
        { number: 1, outcome: 'failure', durationMs: 500, waitedMs: 0, failure: { kind: 'timeout' } },
        { number: 2, outcome: 'success', durationMs: 0, waitedMs: 1_000 },
      ],
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('is the error of the call when it was the last attempt', async () => {
    const { resilience } = timed(2);
    const report = resilience.inspect('chat', never);
    await pass(2_000);
    expect(await report).toMatchObject({
      ok: false,
      error: expect.any(AttemptTimeoutError),
      stopReason: 'attempts_exhausted',
      failure: { kind: 'timeout' },
      totalMs: 2_000,
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not followed by another one when the call is not idempotent', async () => {
    const { resilience } = timed();
    const report = resilience.inspect('chat', never, { idempotent: false });
    await pass(500);
    expect(await report).toMatchObject({ ok: false, stopReason: 'not_retryable', failure: { kind: 'timeout' } });
  });
});

describe('the late result of the first attempt', () => {
  it('while the second one runs changes nothing, is reported as abandoned, and counted nowhere', async () => {
    const { resilience, events } = timed();
    const first = deferred<string>();
    const second = deferred<string>();
    const report = resilience.inspect('chat', ({ attempt }) => (attempt === 1 ? first.promise : second.promise));
    await pass(1_600);
    first.resolve('too late');
    await pass(100);
    expect(typesOf(events)).not.toContain('call.succeeded');
    second.resolve('in time');
    expect(await report).toMatchObject({ ok: true, value: 'in time', totalMs: 1_700 });
    expect(events.find(({ type }) => type === 'attempt.abandoned')).toMatchObject({
      attempt: 1,
      outcome: 'success',
      lateMs: 1_100,
    });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, failures: 0, attempts: 2, retries: 1 });
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 2, successes: 1, failures: 1 });
  });

  it('while the call waits changes nothing', async () => {
    const { resilience, events } = timed();
    const first = deferred<string>();
    const report = resilience.inspect('chat', ({ attempt }) => (attempt === 1 ? first.promise : 'second'));
    await pass(1_000);
    first.reject(httpError(401));
    await pass(500);
    expect(await report).toMatchObject({ ok: true, value: 'second' });
    expect(events.find(({ type }) => type === 'attempt.abandoned')).toMatchObject({ outcome: 'failure', lateMs: 500 });
    expect(resilience.stats('chat').failuresByKind).toEqual({});
  });

  it('holds no quota, and does not refill the budget', async () => {
    const { resilience, events } = timed();
    const first = deferred<string>();
    const report = resilience.inspect('chat', ({ attempt }) => (attempt === 1 ? first.promise : 'second'));
    await pass(1_000);
    first.reject(httpError(429, { 'retry-after': '90' }));
    await pass(500);
    expect(await report).toMatchObject({ ok: true });
    expect(typesOf(events)).not.toContain('quota.held');
    expect(resilience.health().holds).toEqual([]);
  });

  it('after the call has ended is reported as abandoned', async () => {
    const { resilience, events } = timed(2);
    const works = [deferred<string>(), deferred<string>()];
    const ended = errorOf(resilience.execute('chat', ({ attempt }) => works[attempt - 1]?.promise));
    await pass(2_000);
    await ended;
    await pass(101);
    const before = resilience.stats('chat');
    for (const { resolve } of works) resolve('late');
    await pass(0);
    expect(events.filter(({ type }) => type === 'attempt.abandoned')).toMatchObject([
      { attempt: 1, lateMs: 1_601 },
      { attempt: 2, lateMs: 101 },
    ]);
    expect(resilience.stats('chat')).toEqual(before);
  });
});
