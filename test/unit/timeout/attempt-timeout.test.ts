import { AttemptTimeoutError, DeadlineExceededError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import type { CallInit, Run } from '../../../src/pipeline/index.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { attemptTimeout } from '../../../src/timeout/timeout.js';
import { firstOf } from '../../support/attempts.js';
import { errorOf, never } from '../../support/calls.js';
import { liveCall } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const invoke: Run = (attempt) => attempt.invoke();

/** A call through a timeout of 100 ms; its function never settles, unless it brings another one. */
function started(init: Partial<CallInit> = {}, next: Run = invoke) {
  const call = liveCall({ work: never, run: attemptTimeout(100)(next), ...init });
  const value = call.start(new SignalLinks());
  const error = value.catch((reason: unknown) => reason);
  return { call, attempt: firstOf(call), value, error };
}

describe('the attempt timeout stage', () => {
  it('interrupts an attempt that takes too long, with an error that says how long', async () => {
    const { attempt, error } = started();
    await pass(99);
    expect(attempt.interruption).toBeUndefined();
    await pass(1);
    expect(attempt.interruption).toEqual({ by: 'attempt_timeout', error: new AttemptTimeoutError('chat', 100) });
    expect(await error).toBe(attempt.interruption?.error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts from before the function, which may block for a while', async () => {
    const { attempt } = started({
      work: () => {
        vi.advanceTimersByTime(60);
        return never();
      },
    });
    await pass(39);
    expect(attempt.interruption).toBeUndefined();
    await pass(1);
    expect(attempt.interruption?.by).toBe('attempt_timeout');
  });

  it('gives each attempt its whole time', async () => {
    const { call, attempt: first } = started();
    const run = attemptTimeout(100)(invoke);
    await pass(60);
    const second = call.nextAttempt();
    void errorOf(run(second));
    await pass(40);
    expect([first.interruption?.by, second.interruption?.by]).toEqual(['attempt_timeout', undefined]);
    await pass(60);
    expect(second.interruption?.by).toBe('attempt_timeout');
  });

  it.each([{ deadlineMs: 60 }, { deadlineMs: 100 }])(
    'ends the call instead when the call has no more time than the attempt: $deadlineMs ms',
    async ({ deadlineMs }) => {
      const { call, attempt } = started({ deadlineMs });
      await pass(deadlineMs - 1);
      expect(attempt.interruption).toBeUndefined();
      await pass(1);
      const interruption = { by: 'deadline', error: new DeadlineExceededError('chat', deadlineMs) };
      expect(attempt.interruption).toEqual(interruption);
      expect(call.nextAttempt().interruption).toEqual(interruption);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('uses the time that is left when the attempt begins', async () => {
    const startedAtMs = performance.now();
    await pass(51);
    const call = liveCall({ startedAtMs, deadlineMs: 150, work: never });
    const attempt = call.nextAttempt();
    void errorOf(attemptTimeout(100)(invoke)(attempt));
    await pass(99);
    expect(attempt.interruption).toEqual({ by: 'deadline', error: new DeadlineExceededError('chat', 150) });
  });

  it('uses the time that is left after a pause of the attempt', async () => {
    const run: Run = (attempt) => attempt.pause(51).then(() => attemptTimeout(100)(invoke)(attempt));
    const { attempt } = started({ deadlineMs: 150, run });
    await pass(150);
    expect(attempt.interruption?.by).toBe('deadline');
  });

  it('needs one timer for both limits', () => {
    started({ deadlineMs: 120_000 });
    expect(vi.getTimerCount()).toBe(1);
  });

  it('returns the very promise of the next stage', () => {
    const promise = Promise.resolve(1);
    expect(started({}, () => promise).value).toBe(promise);
  });

  it.each([
    { how: 'succeeds', init: { work: () => 'fine' } },
    { how: 'fails', init: { work: () => Promise.reject(new Error('down')) } },
  ])('stops its timer when the attempt $how', async ({ init }) => {
    await started(init).error;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops its timer when a stage behind it rejects the attempt', async () => {
    await started({}, (attempt) => attempt.reject('capacity', new Error('full'))).error;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('watches a stream until its outcome is settled', async () => {
    const streaming: Run = (each) => {
      const outcome = each.deferOutcome();
      setTimeout(() => outcome.succeed(), 99);
      return each.invoke();
    };
    const endsInTime = started({ work: () => 'stream' }, streaming);
    expect(await endsInTime.value).toBe('stream');
    const endsLate = started({ work: () => 'stream' }, (each) => {
      each.deferOutcome();
      return each.invoke();
    });
    expect(await endsLate.value).toBe('stream');
    await pass(100);
    expect(endsInTime.attempt.outcome).toEqual({ status: 'success' });
    expect(endsLate.attempt.interruption?.by).toBe('attempt_timeout');
    expect(vi.getTimerCount()).toBe(0);
  });
});
