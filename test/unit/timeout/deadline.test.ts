import { DeadlineExceededError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deadline } from '../../../src/timeout/timeout.js';
import { errorOf, never } from '../../support/calls.js';
import { stagedCall } from '../../support/staged-call.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

describe('the deadline stage', () => {
  it('interrupts a call at its deadline, with an error that names both', async () => {
    const call = stagedCall(100);
    void deadline()(never)(call);
    await pass(99);
    expect(call.interruptions).toEqual([]);
    await pass(1);
    expect(call.interruptions).toEqual([{ by: 'deadline', error: new DeadlineExceededError('chat', 100) }]);
  });

  it('takes off what has passed since the call began', async () => {
    const call = stagedCall(100);
    await pass(60);
    void deadline()(never)(call);
    await pass(40);
    expect(call.interruptions).toHaveLength(1);
  });

  it('passes the very promise on, so that nothing settles later than it must', () => {
    const promise = Promise.resolve(1);
    expect(deadline()(() => promise)(stagedCall(100))).toBe(promise);
    expect(deadline()(() => promise)(stagedCall())).toBe(promise);
  });

  it('stops its timer when the call settles, one way or the other', async () => {
    const stage = deadline();
    await stage(() => Promise.resolve(1))(stagedCall(100));
    await errorOf(stage(() => Promise.reject(new Error('down')))(stagedCall(100)));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts none for a call without a deadline', () => {
    void deadline()(never)(stagedCall());
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps no process alive', () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    void deadline()(never)(stagedCall(100));
    const [started] = timers.mock.results;
    expect(started?.value).toBeDefined();
    expect(started?.type === 'return' && started.value.hasRef()).toBe(false);
  });
});
