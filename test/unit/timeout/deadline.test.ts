import { DeadlineExceededError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { type CallInit, compose, type Run } from '../../../src/pipeline/index.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { deadline, timeLimit } from '../../../src/timeout/timeout.js';
import { firstOf } from '../../support/attempts.js';
import { never } from '../../support/calls.js';
import { liveCall } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const invoke: Run = (attempt) => attempt.invoke();

/** A call through the deadline stage; its function never settles, unless it brings another one. */
function callWith(init: Partial<CallInit> = {}, next: Run = invoke) {
  const call = liveCall({ work: never, deadlineMs: 100, run: deadline()(next), ...init });
  const start = () => {
    const value = call.start(new SignalLinks());
    value.catch(() => undefined);
    return value;
  };
  return { call, attempt: firstOf(call), start };
}

describe('the deadline stage', () => {
  it('interrupts a call at its deadline, with an error that names the operation and the deadline', async () => {
    const { call, attempt, start } = callWith();
    const value = start();
    await pass(99);
    expect(attempt.interruption).toBeUndefined();
    await pass(1);
    const error = new DeadlineExceededError('chat', 100);
    expect(attempt.interruption).toEqual({ by: 'deadline', error });
    await expect(value).rejects.toBe(attempt.interruption?.error);
    expect(call.nextAttempt().interruption?.by).toBe('deadline');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('subtracts the time that has passed since the call began', async () => {
    const { attempt, start } = callWith();
    await pass(60);
    void start();
    await pass(39);
    expect(attempt.interruption).toBeUndefined();
    await pass(1);
    expect(attempt.interruption?.by).toBe('deadline');
  });

  it('ends every attempt that is under way', async () => {
    const { call, start } = callWith();
    void start();
    const second = call.nextAttempt();
    second.invoke().catch(() => undefined);
    await pass(100);
    expect(call.attempts.map(({ interruption }) => interruption?.by)).toEqual(['deadline', 'deadline']);
  });

  it('returns the very promise of the next stage, so that nothing settles later than it must', () => {
    const promise = Promise.resolve(1);
    expect(callWith({}, () => promise).start()).toBe(promise);
    expect(callWith({ deadlineMs: undefined }, () => promise).start()).toBe(promise);
  });

  it.each([
    { how: 'succeeds', work: () => 'fine' },
    { how: 'fails', work: () => Promise.reject(new Error('down')) },
  ])('stops its timer when the attempt $how', async ({ work }) => {
    await callWith({ work })
      .start()
      .catch(() => undefined);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops its timer when a stage behind it rejects the attempt', async () => {
    await callWith({}, (attempt) => attempt.reject('capacity', new Error('full')))
      .start()
      .catch(() => undefined);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops its timer when the caller ends the call', () => {
    const { call, start } = callWith();
    void start();
    call.interrupt({ by: 'caller', error: new Error('the user left') });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts no timer for a call without a deadline', () => {
    void callWith({ deadlineMs: undefined }).start();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not keep the process alive', () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    void callWith().start();
    const [started] = timers.mock.results;
    expect(started?.value).toBeDefined();
    expect(started?.type === 'return' && started.value.hasRef()).toBe(false);
  });
});

describe('the time limit of an operation', () => {
  it('is no stage at all when neither an attempt timeout nor a deadline is set', () => {
    expect(timeLimit(false, false)).toBeUndefined();
  });

  it.each([
    { attemptTimeoutMs: 50, deadlineMs: false, by: 'attempt_timeout', afterMs: 50 },
    { attemptTimeoutMs: 50, deadlineMs: 100, by: 'attempt_timeout', afterMs: 50 },
    { attemptTimeoutMs: false, deadlineMs: 100, by: 'deadline', afterMs: 100 },
  ] as const)(
    'ends an attempt by $by after $afterMs ms when the limits are $attemptTimeoutMs and $deadlineMs',
    async ({ attemptTimeoutMs, deadlineMs, by, afterMs }) => {
      const run = compose([timeLimit(attemptTimeoutMs, deadlineMs)], invoke);
      const { attempt, start } = callWith({ run });
      void start();
      await pass(afterMs - 1);
      expect(attempt.interruption).toBeUndefined();
      await pass(1);
      expect(attempt.interruption?.by).toBe(by);
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});
