import { createResilience, type Report } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { errorOf, never, untyped } from '../support/calls.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

const BASE = {
  operation: 'chat',
  key: undefined,
  callId: '0-1',
  waitedMs: 0,
  skippedTargets: [],
  fallbackUsed: false,
  cached: false,
};
const ATTEMPT = { number: 1, key: undefined, startedAt: START, waitedMs: 0 };
const TIMEOUT = { kind: 'timeout', retry: 'backoff', breaker: 'failure', failover: true };
const CANCELLED = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };

function firstOf(deadlineMs?: number) {
  return createResilience({
    random: () => 0,
    config: { defaults: { deadlineMs, attemptTimeoutMs: 60, retry: false } },
  });
}

describe('the report of inspect()', () => {
  it('describes a success', async () => {
    const report = firstOf().inspect('chat', async () => {
      await pass(30);
      return 'fine';
    });
    expect(await report).toEqual({
      ...BASE,
      ok: true,
      value: 'fine',
      stopReason: 'success',
      failure: undefined,
      attempts: [{ ...ATTEMPT, durationMs: 30, outcome: 'success' }],
      totalMs: 30,
    });
  });

  it('describes a failure', async () => {
    const error = new Error('down');
    const failure = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };
    expect(await firstOf().inspect('chat', () => Promise.reject(error), { key: 'eu' })).toEqual({
      ...BASE,
      key: 'eu',
      ok: false,
      error,
      stopReason: 'not_retryable',
      failure,
      attempts: [{ ...ATTEMPT, key: 'eu', durationMs: 0, outcome: 'failure', failure }],
      totalMs: 0,
    });
  });

  it('describes an attempt that took too long', async () => {
    const report = firstOf().inspect('chat', never);
    await pass(60);
    expect(await report).toEqual({
      ...BASE,
      ok: false,
      error: expect.objectContaining({ name: 'AttemptTimeoutError', timeoutMs: 60 }),
      stopReason: 'attempts_exhausted',
      failure: TIMEOUT,
      attempts: [{ ...ATTEMPT, durationMs: 60, outcome: 'failure', failure: TIMEOUT }],
      totalMs: 60,
    });
  });

  it('describes a call that reached its deadline', async () => {
    const report = firstOf(40).inspect('chat', never);
    await pass(40);
    expect(await report).toEqual({
      ...BASE,
      ok: false,
      error: expect.objectContaining({ name: 'DeadlineExceededError', deadlineMs: 40 }),
      stopReason: 'deadline',
      failure: TIMEOUT,
      attempts: [{ ...ATTEMPT, durationMs: 40, outcome: 'failure', failure: TIMEOUT }],
      totalMs: 40,
    });
  });

  it('describes a call that the breaker rejected', async () => {
    const resilience = firstOf();
    resilience.operation('chat').breaker().open();
    expect(await resilience.inspect('chat', never)).toEqual({
      ...BASE,
      ok: false,
      error: expect.objectContaining({
        name: 'BreakerOpenError',
        breaker: 'chat',
        refusal: 'open',
        retryAfterMs: 60_000,
      }),
      stopReason: 'breaker_open',
      failure: undefined,
      attempts: [{ ...ATTEMPT, durationMs: 0, outcome: 'rejected' }],
      totalMs: 0,
    });
  });

  it('describes a call that its caller aborted', async () => {
    const abort = new AbortController();
    const report = firstOf().inspect('chat', never, { signal: abort.signal });
    await pass(10);
    const error = new Error('the user left');
    abort.abort(error);
    expect(await report).toEqual({
      ...BASE,
      ok: false,
      error,
      stopReason: 'cancelled',
      failure: CANCELLED,
      attempts: [{ ...ATTEMPT, durationMs: 10, outcome: 'cancelled', failure: CANCELLED }],
      totalMs: 10,
    });
  });

  it('describes a call that was cancelled on entry', async () => {
    const error = new Error('gone before');
    expect(await firstOf().inspect('chat', never, { signal: AbortSignal.abort(error) })).toEqual({
      ...BASE,
      ok: false,
      error,
      stopReason: 'cancelled',
      failure: CANCELLED,
      attempts: [],
      totalMs: 0,
    });
  });

  it('describes bad input, which was no call', async () => {
    const resilience = firstOf();
    const refused = {
      ...BASE,
      callId: '',
      ok: false,
      error: expect.objectContaining({ name: 'ConfigurationError' }),
      stopReason: 'not_retryable',
      failure: undefined,
      attempts: [],
      totalMs: 0,
    };
    expect(await resilience.inspect('chat', never, { deadlineMs: 0 })).toEqual(refused);
    expect(await untyped(resilience).inspect('chat', 'no function')).toEqual(refused);
    expect(resilience.health().operations).toBe(0);
    expect(await resilience.operation('chat').inspect(never, { deadlineMs: 0 })).toEqual(refused);
    expect(resilience.stats('chat').calls).toBe(0);
  });
});

describe('inspect()', () => {
  it('never rejects, whatever is thrown', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: false } } });
    for (const error of [undefined, null, 'down', Object.freeze({}), new Error('down')]) {
      const report = await resilience.inspect('chat', () => Promise.reject(error));
      expect(report).toMatchObject({ ok: false });
      expect(report).toHaveProperty('error', error);
    }
  });

  it('counts calls and emits events like execute()', async () => {
    const resilience = createResilience();
    await resilience.inspect('chat', () => 1);
    await resilience.inspect('chat', () => Promise.reject(new Error('down')));
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, successes: 1, failures: 1, attempts: 2 });
    expect(resilience.breaker('chat').stats()).toMatchObject({ successes: 1, failures: 1 });
  });

  it('returns a report that can be serialised', async () => {
    const report: Report<string> = await createResilience().inspect('chat', () => 'fine');
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ ok: true, value: 'fine', attempts: [{ number: 1 }] });
    expect(report.ok ? report.value : report.error).toBe('fine');
  });

  it('returns a report with the id that the events and the function have', async () => {
    const resilience = createResilience();
    const ids: unknown[] = [];
    resilience.on('call.started', ({ callId }) => ids.push(callId));
    const report = await resilience.inspect('chat', (call) => ids.push(call.id));
    expect(ids).toEqual([report.callId, report.callId]);
  });
});

describe('execute()', () => {
  it('returns the value itself, not a report', async () => {
    expect(await createResilience().execute('chat', () => ({ ok: true }))).toEqual({ ok: true });
  });

  it('passes the call to its function with names, number, context and time', async () => {
    const resilience = createResilience({ random: () => 0 });
    const seen = await resilience.execute(
      'chat',
      ({ id, operation, key, attempt, context, signal }) => ({ id, operation, key, attempt, context, signal }),
      { key: 'eu', context: { tenant: 'a' } },
    );
    expect(seen).toEqual({
      id: '0-1',
      operation: 'chat',
      key: 'eu',
      attempt: 1,
      context: { tenant: 'a' },
      signal: expect.any(AbortSignal),
    });
  });

  it('numbers the calls of all operations', async () => {
    const resilience = createResilience({ random: () => 0 });
    const id = (operation: string) => resilience.execute(operation, (call) => call.id);
    expect([await id('chat'), await id('embed'), await id('chat')]).toEqual(['0-1', '0-2', '0-3']);
    for (let call = 4; call <= 36; call++) await errorOf(resilience.execute('chat', () => Promise.reject(new Error())));
    resilience.operation('embed');
    expect(await id('embed')).toBe('0-11');
  });
});
