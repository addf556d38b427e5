import { createResilience, type Resilience } from 'holdfast';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drain, stopTime } from '../property/fake-time.js';
import { recorded, typesOf } from '../support/calls.js';
import { down, failing, httpError } from '../support/failures.js';
import { pass } from '../support/time.js';

// `setImmediate` stays real here, since one turn of the event loop is what is measured with.
beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

const RETRY = { maxAttempts: 5, minDelayMs: 1_000, jitter: 'none' } as const;

function retrying(): Resilience {
  return createResilience({ random: () => 0, config: { defaults: { retry: RETRY } } });
}

describe('an abort during a wait', () => {
  it('leaves one attempt and the elapsed part of the wait in the report', async () => {
    const controller = new AbortController();
    const resilience = retrying();
    const events = recorded(resilience);
    const report = resilience.inspect('chat', down().work, { signal: controller.signal });
    await pass(400);
    controller.abort(new Error('enough'));
    expect(await report).toMatchObject({
      ok: false,
      error: controller.signal.reason,
      stopReason: 'cancelled',
      failure: { kind: 'cancelled' },
      totalMs: 400,
      waitedMs: 400,
      attempts: [{ number: 1, outcome: 'failure', failure: { kind: 'server_error' } }],
    });
    expect((await report).attempts).toHaveLength(1);
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'retry.scheduled', 'call.failed']);
    expect(resilience.stats('chat')).toMatchObject({ attempts: 1, retries: 0, failuresByKind: { cancelled: 1 } });
    expect(resilience.stats('chat').latencyMs.max).toBe(0);
  });

  it('by the signal of AbortSignal.timeout ends the call as cancelled, with the kind timeout', async () => {
    const controller = new AbortController();
    const report = retrying().inspect('chat', down().work, { signal: controller.signal });
    await pass(400);
    controller.abort(new DOMException('too late', 'TimeoutError'));
    expect(await report).toMatchObject({
      ok: false,
      error: controller.signal.reason,
      stopReason: 'cancelled',
      failure: { kind: 'timeout', breaker: 'ignored' },
    });
    expect((await report).attempts).toHaveLength(1);
  });
});

describe('an abort between an attempt and its wait', () => {
  it('in a listener of attempt.failed ends the call', async () => {
    const controller = new AbortController();
    const resilience = retrying();
    const events = recorded(resilience);
    resilience.on('attempt.failed', () => controller.abort(new Error('enough')));
    const { work, calledAt } = failing(httpError(500));
    const report = resilience.inspect('chat', work, { signal: controller.signal });
    await drain();
    expect(await report).toMatchObject({ ok: false, error: controller.signal.reason, stopReason: 'cancelled' });
    expect(calledAt).toHaveLength(1);
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed']);
    const { retryBudget } = resilience.snapshot().operations['chat'] ?? {};
    expect(retryBudget?.tokens).toBe(retryBudget?.burst);
  });
});

describe('an abort as the wait ends', () => {
  it.each([0, 1, 2, 3, 4])('%d ticks after the timer ends the call, and the wait counts once', async (ticks) => {
    const controller = new AbortController();
    const { work } = failing(httpError(500), httpError(500));
    const report = retrying().inspect('chat', work, { signal: controller.signal });
    await drain();
    vi.advanceTimersByTime(1_000);
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    controller.abort(new Error('enough'));
    await drain();
    expect(await report).toMatchObject({
      ok: false,
      error: controller.signal.reason,
      stopReason: 'cancelled',
      totalMs: 1_000,
      waitedMs: 1_000,
    });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an abort during the second attempt', () => {
  it('ends that attempt, and aborts only its signal', async () => {
    const controller = new AbortController();
    const signals: AbortSignal[] = [];
    const resilience = retrying();
    const report = resilience.inspect(
      'chat',
      ({ signal, attempt }) => {
        signals.push(signal);
        if (attempt === 1) throw httpError(500);
        return new Promise(() => undefined);
      },
      { signal: controller.signal },
    );
    await pass(1_300);
    controller.abort(new Error('enough'));
    expect(await report).toMatchObject({
      stopReason: 'cancelled',
      attempts: [
        { number: 1, outcome: 'failure' },
        { number: 2, outcome: 'cancelled', durationMs: 300, waitedMs: 1_000 },
      ],
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(resilience.stats('chat')).toMatchObject({ attempts: 2, retries: 1, failuresByKind: { cancelled: 1 } });
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 1, ignored: 1 });
  });
});

describe('a signal that has aborted before', () => {
  it('prevents every call of the function', async () => {
    const { work, calledAt } = down();
    const report = await retrying().inspect('chat', work, { signal: AbortSignal.abort('no') });
    expect(report).toMatchObject({ ok: false, error: 'no', stopReason: 'cancelled', attempts: [] });
    expect(calledAt).toHaveLength(0);
  });
});
