import { AttemptTimeoutError, DeadlineExceededError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { attemptTimeout } from '../../../src/timeout/timeout.js';
import { errorOf, never } from '../../support/calls.js';
import { stagedCall } from '../../support/staged-call.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

describe('the attempt timeout stage', () => {
  it('interrupts an attempt that takes too long, with an error that says how long', async () => {
    const call = stagedCall();
    void attemptTimeout(100)(never)(call);
    await pass(99);
    expect(call.interruptions).toEqual([]);
    await pass(1);
    expect(call.interruptions).toEqual([{ by: 'attempt_timeout', error: new AttemptTimeoutError('chat', 100) }]);
  });

  it('counts from before the function, which may block for a while', async () => {
    const call = stagedCall();
    void attemptTimeout(100)(() => {
      vi.advanceTimersByTime(60);
      return never();
    })(call);
    await pass(40);
    expect(call.interruptions).toHaveLength(1);
  });

  it('gives each attempt its whole time', async () => {
    const stage = attemptTimeout(100)(never);
    const [first, second] = [stagedCall(), stagedCall()];
    void stage(first);
    await pass(60);
    void stage(second);
    await pass(40);
    expect([first.interruptions.length, second.interruptions.length]).toEqual([1, 0]);
    await pass(60);
    expect(second.interruptions).toHaveLength(1);
  });

  it.each([{ deadlineMs: 60 }, { deadlineMs: 100 }])(
    'ends the call instead when that has no more time than the attempt: $deadlineMs ms',
    async ({ deadlineMs }) => {
      const call = stagedCall(deadlineMs);
      void attemptTimeout(100)(never)(call);
      await pass(deadlineMs - 1);
      expect(call.interruptions).toEqual([]);
      await pass(1);
      expect(call.interruptions).toEqual([{ by: 'deadline', error: new DeadlineExceededError('chat', deadlineMs) }]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('looks at the time that is left when the attempt begins', async () => {
    const startedAtMs = performance.now();
    await pass(51);
    const call = stagedCall(150, { startedAtMs, remainingMs: () => startedAtMs + 150 - performance.now() });
    void attemptTimeout(100)(never)(call);
    await pass(99);
    expect(call.interruptions).toEqual([{ by: 'deadline', error: new DeadlineExceededError('chat', 150) }]);
  });

  it('needs one timer for both', () => {
    void attemptTimeout(100)(never)(stagedCall(120_000));
    expect(vi.getTimerCount()).toBe(1);
  });

  it('passes the very promise on, and stops its timer when that settles', async () => {
    const promise = Promise.resolve(1);
    expect(attemptTimeout(100)(() => promise)(stagedCall())).toBe(promise);
    await promise;
    await errorOf(attemptTimeout(100)(() => Promise.reject(new Error('down')))(stagedCall()));
    expect(vi.getTimerCount()).toBe(0);
  });
});
