import { DeadlineExceededError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, never } from '../../support/calls.js';
import { liveCall, notingHost } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const error = new Error('the user left');

/** What has become of a promise so far. */
function watched(promise: Promise<unknown>): string[] {
  const seen: string[] = [];
  promise.then(
    () => seen.push('over'),
    (reason: unknown) => seen.push(String(reason)),
  );
  return seen;
}

describe('an attempt', () => {
  it('goes by its first interruption', async () => {
    const { attempt } = liveCall({ work: never });
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'caller', error });
    attempt.interrupt({ by: 'deadline', error: new Error('too late') });
    expect(await ended).toBe(error);
    expect(attempt.interruption).toEqual({ by: 'caller', error });
    expect(attempt.signal.reason).toBe(error);
  });

  it('that has settled cannot be interrupted any more', async () => {
    const { attempt } = liveCall();
    expect(await attempt.invoke()).toBe('fine');
    attempt.interrupt({ by: 'deadline', error });
    expect(attempt.interruption).toBeUndefined();
    expect(attempt.signal.aborted).toBe(false);
  });

  it('aborts its signal with a TimeoutError unless it was the caller', () => {
    for (const by of ['deadline', 'attempt_timeout'] as const) {
      const { attempt } = liveCall();
      attempt.interrupt({ by, error });
      expect(attempt.signal.reason).toMatchObject({ name: 'TimeoutError', cause: error });
    }
  });

  it('reads its error once, however many ask', async () => {
    const host = notingHost();
    const { attempt } = liveCall({ host });
    const first = attempt.failureOf(error);
    expect(attempt.failureOf(error)).toBe(first);
    expect(attempt.failure).toBe(first);
    expect(host.read).toEqual([{ error, interruption: undefined }]);
    attempt.failureOf(new Error('another one'));
    expect(host.read).toHaveLength(2);
  });

  it.each([Number.NaN, undefined])('reads %s once as well', (thrown) => {
    const host = notingHost();
    const { attempt } = liveCall({ host });
    attempt.failureOf(thrown);
    attempt.failureOf(thrown);
    expect(host.read).toHaveLength(1);
  });

  it('has its error read with what has ended it', () => {
    const host = notingHost();
    const { attempt } = liveCall({ host });
    attempt.interrupt({ by: 'caller', error });
    attempt.failureOf(error);
    expect(host.read).toEqual([{ error, interruption: { by: 'caller', error } }]);
  });

  it('reads the error of another attempt anew', () => {
    const host = notingHost();
    const call = liveCall({ host });
    call.attempt.failureOf(error);
    call.again(Infinity).failureOf(error);
    expect(host.read).toHaveLength(2);
  });
});

describe('a pause', () => {
  it('lasts as long as it should, and counts as waiting', async () => {
    const { attempt } = liveCall();
    const seen = watched(attempt.pause(100));
    await pass(99);
    expect(seen).toEqual([]);
    expect(attempt.waitedMs).toBe(0);
    await pass(1);
    expect(seen).toEqual(['over']);
    expect(attempt.waitedMs).toBe(100);
    expect(attempt.beganAtMs - attempt.startedAtMs).toBe(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('adds to those before it, and what happens between them is no waiting', async () => {
    const { attempt } = liveCall();
    await Promise.all([attempt.pause(100), pass(100)]);
    await pass(1_000);
    await Promise.all([attempt.pause(50), pass(50)]);
    expect(attempt.waitedMs).toBe(150);
  });

  it.each([0, -1])('of %s ms is none', async (waitMs) => {
    const { attempt } = liveCall();
    await attempt.pause(waitMs);
    expect(vi.getTimerCount()).toBe(0);
    expect(attempt.waitedMs).toBe(0);
  });

  it('keeps the process alive, since nothing else may be under way meanwhile', () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    void liveCall().attempt.pause(100);
    const [started] = timers.mock.results;
    expect(started?.type === 'return' && started.value.hasRef()).toBe(true);
  });

  it.each(['caller', 'deadline'] as const)('ends at once when the %s ends the call', async (by) => {
    const host = notingHost();
    const call = liveCall({ host });
    const seen = watched(call.attempt.pause(100));
    await pass(40);
    call.interrupt({ by, error });
    expect(vi.getTimerCount()).toBe(0);
    await pass(0);
    expect(seen).toEqual(['Error: the user left']);
    expect(call.attempt.waitedMs).toBe(40);
    // The function had not been called: no attempt has failed.
    expect(host.told).toEqual([]);
  });

  it('does not begin when the call has been interrupted before', async () => {
    const { attempt } = liveCall();
    attempt.interrupt({ by: 'caller', error });
    expect(await errorOf(attempt.pause(100))).toBe(error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at the deadline when that comes first, and ends the call', async () => {
    const call = liveCall({ deadlineMs: 60 });
    const seen = watched(call.attempt.pause(100));
    await pass(59);
    expect(seen).toEqual([]);
    await pass(1);
    expect(seen).toEqual(["DeadlineExceededError: the call of 'chat' took longer than its deadline of 60 ms"]);
    expect(call.attempt.interruption?.by).toBe('deadline');
    expect(call.attempt.waitedMs).toBe(60);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that ends exactly at the deadline leaves no time for anything, and so meets it', async () => {
    const call = liveCall({ deadlineMs: 100 });
    const seen = watched(call.attempt.pause(100));
    await pass(100);
    expect(seen).toEqual([String(new DeadlineExceededError('chat', 100))]);
  });

  it('meets the deadline also when the thread was blocked beyond it', async () => {
    const call = liveCall({ deadlineMs: 100 });
    const seen = watched(call.attempt.pause(50));
    const later = performance.now() + 150;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    await pass(50);
    expect(seen).toEqual([String(new DeadlineExceededError('chat', 100))]);
    expect(call.attempt.invoked).toBe(false);
  });

  it('is not ended twice by an interruption that comes after it', async () => {
    const { attempt } = liveCall({ work: never });
    await Promise.all([attempt.pause(100), pass(100)]);
    await pass(30);
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'caller', error });
    expect(await ended).toBe(error);
    expect(attempt.waitedMs).toBe(100);
  });

  it('between a pause and the function, the call may still be ended', async () => {
    const work = vi.fn();
    const { attempt } = liveCall({ work });
    await Promise.all([attempt.pause(100), pass(100)]);
    attempt.interrupt({ by: 'caller', error });
    expect(attempt.waitedMs).toBe(100);
    expect(await errorOf(attempt.invoke())).toBe(error);
    expect(work).not.toHaveBeenCalled();
  });

  it('is never longer than a timer can be', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const { attempt } = liveCall();
    const ended = errorOf(attempt.pause(2 ** 40));
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    attempt.interrupt({ by: 'caller', error });
    expect(await ended).toBe(error);
  });

  it('is no part of how long the function took', async () => {
    const { attempt } = liveCall({ work: () => pass(30).then(() => Promise.reject(error)) });
    await Promise.all([attempt.pause(100), pass(100)]);
    expect(await errorOf(attempt.invoke())).toBe(error);
    expect(Number(attempt.endedAtMs) - attempt.beganAtMs).toBe(30);
  });
});
