import { createResilience, DeadlineExceededError, type Settings } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, never, recorded } from '../support/calls.js';
import { down, failing, httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const RETRY = { maxAttempts: 5, minDelayMs: 1_000, maxDelayMs: 8_000, jitter: 'none' } as const;

function within(settings: Settings) {
  const resilience = createResilience({
    random: () => 0.5,
    config: { defaults: { retry: RETRY, breaker: false, ...settings } },
  });
  return { resilience, events: recorded(resilience) };
}

describe('a wait that would go on beyond the deadline', () => {
  it('is not begun: the call ends at once with the error of its function', async () => {
    const { resilience, events } = within({ deadlineMs: 2_500 });
    const error = httpError(500);
    const { work, calledAt } = down(error);
    const report = resilience.inspect('chat', work);
    await pass(1_000);
    expect(await report).toMatchObject({
      ok: false,
      error,
      stopReason: 'deadline',
      failure: { kind: 'server_error' },
      totalMs: 1_000,
      waitedMs: 1_000,
    });
    expect(calledAt).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
    expect(events.find(({ type }) => type === 'retry.refused')).toMatchObject({
      stopRule: 'wait_beyond_deadline',
      stopReason: 'deadline',
      attempt: 2,
    });
  });
});

describe('a hint beyond the deadline', () => {
  it('ends the call at once, and the report says so', async () => {
    const { resilience, events } = within({ deadlineMs: 30_000 });
    const error = httpError(503, { 'retry-after': '90' });
    const { work, calledAt } = down(error);
    expect(await resilience.inspect('chat', work)).toMatchObject({
      ok: false,
      error,
      stopReason: 'deadline',
      totalMs: 0,
    });
    expect(calledAt).toHaveLength(1);
    expect(events.find(({ type }) => type === 'retry.refused')).toMatchObject({
      stopRule: 'hint_beyond_deadline',
      failure: { kind: 'overloaded', retryAfterMs: 90_000, hintSource: 'retry-after' },
    });
  });
});

describe('an attempt that usually takes longer than what is left', () => {
  /** An operation that has succeeded often enough, in 4 seconds each time, to be known for that. */
  async function experienced(deadlineMs: number) {
    const { resilience, events } = within({ deadlineMs });
    for (let call = 0; call < 25; call++) {
      const ended = resilience.execute('chat', () => pass(4_000));
      await ended;
    }
    return { resilience, events };
  }

  it('is not begun', async () => {
    const { resilience, events } = await experienced(4_900);
    const { work, calledAt } = down();
    const report = await resilience.inspect('chat', work);
    expect(report).toMatchObject({ stopReason: 'deadline', failure: { kind: 'server_error' }, totalMs: 0 });
    expect(calledAt).toHaveLength(1);
    expect(events.find(({ type }) => type === 'retry.refused')).toMatchObject({ stopRule: 'attempt_beyond_deadline' });
  });

  it('is begun while there is enough left', async () => {
    const { resilience } = await experienced(5_400);
    const { work, calledAt } = failing(httpError(500));
    const ended = resilience.execute('chat', work);
    await pass(1_000);
    expect(await ended).toBe('fine');
    expect(calledAt).toHaveLength(2);
  });

  it('is recognised by attempts alone, not by what calls have waited', async () => {
    const { resilience } = within({ deadlineMs: 60_000 });
    for (let call = 0; call < 25; call++) {
      const ended = resilience.execute('chat', failing(httpError(500)).work);
      await pass(1_000);
      await ended;
    }
    const ended = resilience.execute('chat', failing(httpError(500)).work, { deadlineMs: 1_500 });
    await pass(1_000);
    expect(await ended).toBe('fine');
  });

  it('is recognised by the attempts of the same operation and key', async () => {
    const { resilience } = await experienced(4_900);
    const { work, calledAt } = failing(httpError(500));
    const ended = resilience.execute('chat', work, { key: 'other' });
    await pass(1_000);
    expect(await ended).toBe('fine');
    expect(calledAt).toHaveLength(2);
  });
});

describe('the deadline', () => {
  it('ends the call during the second attempt, and aborts that attempt only', async () => {
    const { resilience, events } = within({ deadlineMs: 3_000, attemptTimeoutMs: false });
    const signals: AbortSignal[] = [];
    const report = resilience.inspect('chat', ({ signal, attempt }) => {
      signals.push(signal);
      if (attempt === 1) throw httpError(500);
      return never();
    });
    await pass(2_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    await pass(1);
    expect(await report).toMatchObject({
      ok: false,
      error: expect.any(DeadlineExceededError),
      stopReason: 'deadline',
      failure: { kind: 'timeout' },
      totalMs: 3_000,
      waitedMs: 1_000,
      attempts: [
        { number: 1, outcome: 'failure', durationMs: 0, failure: { kind: 'server_error' } },
        { number: 2, outcome: 'failure', durationMs: 2_000, waitedMs: 1_000, failure: { kind: 'timeout' } },
      ],
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(signals[1]?.reason).toMatchObject({ name: 'TimeoutError' });
    expect(events.some(({ type }) => type === 'retry.refused')).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is the nearer limit of the last attempt, and ends the call though the attempt may take longer', async () => {
    const { resilience } = within({ deadlineMs: 3_000, attemptTimeoutMs: 1_500 });
    const report = resilience.inspect('chat', never);
    await pass(3_000);
    expect(await report).toMatchObject({
      stopReason: 'deadline',
      error: expect.any(DeadlineExceededError),
      totalMs: 3_000,
      attempts: [
        { durationMs: 1_500, failure: { kind: 'timeout' } },
        { durationMs: 500, waitedMs: 1_000, failure: { kind: 'timeout' } },
      ],
    });
  });

  it('of the call itself takes precedence over that of its operation', async () => {
    const { resilience } = within({ deadlineMs: 60_000 });
    const { work, calledAt } = down();
    const report = resilience.inspect('chat', work, { deadlineMs: 1_500 });
    await pass(1_000);
    expect(await report).toMatchObject({ stopReason: 'deadline', totalMs: 1_000 });
    expect(calledAt).toHaveLength(2);
  });

  it('ends no call when it is disabled, so that retries continue', async () => {
    const { resilience } = within({ deadlineMs: false, retry: { ...RETRY, maxElapsedMs: false, maxAttempts: 100 } });
    const { work, calledAt } = down();
    const ended = errorOf(resilience.execute('chat', work));
    await pass(10_000_000);
    await ended;
    expect(calledAt).toHaveLength(100);
  });
});

describe('maxElapsedMs', () => {
  it('prevents later retries, and ends the call as attempts_exhausted', async () => {
    const { resilience, events } = within({ retry: { ...RETRY, maxElapsedMs: 3_000 } });
    const error = httpError(500);
    const { work, calledAt } = down(error);
    const beganAt = performance.now();
    const report = resilience.inspect('chat', work);
    await pass(60_000);
    expect(await report).toMatchObject({ ok: false, error, stopReason: 'attempts_exhausted', totalMs: 3_000 });
    expect(calledAt.map((at) => at - beganAt)).toEqual([0, 1_000, 3_000]);
    expect(events.find(({ type }) => type === 'retry.refused')).toMatchObject({ stopRule: 'max_elapsed', attempt: 3 });
  });

  it('also applies to an attempt whose quota is put on hold meanwhile', async () => {
    const { resilience } = within({ deadlineMs: false, retry: { ...RETRY, maxElapsedMs: 3_000 }, quota: {} });
    const beganAt = performance.now();
    const { work, calledAt } = down();
    const report = resilience.inspect('chat', work);
    await pass(500);
    const other = errorOf(
      resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '20' })), {
        settings: { retry: false },
      }),
    );
    await pass(60_000);
    await other;
    const { attempts } = await report;
    expect(calledAt.map((at) => at - beganAt).filter((at) => at > 3_000)).toEqual([]);
    expect(attempts[0]).toMatchObject({ outcome: 'failure' });
  });
});
