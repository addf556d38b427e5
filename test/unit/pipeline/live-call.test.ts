import { describe, expect, it, vi } from 'vitest';
import type { Failure } from '../../../src/pipeline/index.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { errorOf, never } from '../../support/calls.js';
import { liveCall, notingHost } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const error = new Error('the user left');

const failure = (kind: Failure['kind'], retry: Failure['retry']): Failure => {
  return { kind, retry, breaker: 'failure', failover: true };
};

describe('a call', () => {
  it('that is interrupted before its function is called never calls it', async () => {
    const work = vi.fn();
    const host = notingHost();
    const call = liveCall({ work, host });
    const { attempt } = call;
    call.interrupt({ by: 'deadline', error });
    expect(await errorOf(attempt.invoke())).toBe(error);
    expect(work).not.toHaveBeenCalled();
    expect(attempt.invoked).toBe(false);
    expect(host.told).toEqual([]);
  });

  it('goes by its first interruption, in all of its attempts', async () => {
    const call = liveCall({ work: never });
    const { attempt } = call;
    const ended = errorOf(attempt.invoke());
    call.interrupt({ by: 'caller', error });
    call.interrupt({ by: 'deadline', error: new Error('too late') });
    expect(await ended).toBe(error);
    expect(attempt.interruption).toEqual({ by: 'caller', error });
    expect(call.again(Infinity).interruption).toEqual({ by: 'caller', error });
  });

  it('does not enter its stages when its signal has aborted before', async () => {
    const run = vi.fn();
    const call = liveCall({ run, signal: AbortSignal.abort(error) });
    const links = new SignalLinks();
    expect(await errorOf(call.start(links))).toBe(error);
    expect(run).not.toHaveBeenCalled();
    call.unlink(links);
  });

  it('turns a stage that throws into a rejection', async () => {
    const run = () => {
      throw error;
    };
    expect(await errorOf(liveCall({ run }).start(new SignalLinks()))).toBe(error);
  });

  it('turns a signal that cannot be listened to into a rejection', async () => {
    const { signal } = new AbortController();
    vi.spyOn(signal, 'addEventListener').mockImplementation(() => {
      throw error;
    });
    expect(await errorOf(liveCall({ signal }).start(new SignalLinks()))).toBe(error);
  });

  it('knows how much time it has', async () => {
    const call = liveCall({ deadlineMs: 100 });
    await pass(40);
    expect(call.remainingMs()).toBe(60);
    await pass(400);
    expect(call.remainingMs()).toBe(0);
    expect(liveCall().remainingMs()).toBe(Infinity);
  });

  it('leaves its caller’s signal alone once it is unlinked', async () => {
    const abort = new AbortController();
    const links = new SignalLinks();
    const call = liveCall({ work: never, signal: abort.signal });
    void call.start(links);
    call.unlink(links);
    abort.abort();
    expect(call.attempt.interruption).toBeUndefined();
  });

  it('listens to its caller’s signal once, however many attempts it makes', async () => {
    const { signal } = new AbortController();
    const listen = vi.spyOn(signal, 'addEventListener');
    const call = liveCall({ signal });
    await call.start(new SignalLinks());
    call.again(Infinity);
    call.again(Infinity);
    expect(listen).toHaveBeenCalledTimes(1);
  });
});

describe('another attempt', () => {
  it('has the next number, a signal of its own, and all else from its call', async () => {
    const call = liveCall({ deadlineMs: 100, context: { tenant: 'a' }, idempotent: false, replayable: false });
    const first = call.attempt;
    await pass(30);
    const second = call.again(75);
    expect(call.attempt).toBe(second);
    expect(call.attempts).toEqual([first, second]);
    expect(second.signal).not.toBe(first.signal);
    expect([first.beginByMs, second.beginByMs]).toEqual([Infinity, 75]);
    for (const same of ['id', 'operation', 'key', 'startedAtMs', 'deadlineMs', 'idempotent', 'replayable'] as const) {
      expect(second[same], same).toBe(first[same]);
    }
    expect(second.context).toBe(first.context);
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(second.beganAtMs - first.beganAtMs).toBe(30);
    expect(second.remainingMs()).toBe(70);
  });

  it('begins anew: nothing of how the one before it ended is left', async () => {
    let calls = 0;
    const work = () => {
      calls += 1;
      return calls === 1 ? Promise.reject(error) : 'fine';
    };
    const call = liveCall({ work });
    const first = call.attempt;
    expect(await errorOf(first.invoke())).toBe(error);
    first.refusedBy = 'breaker_open';
    const second = call.again(Infinity);
    expect(second).toMatchObject({ invoked: false, refusedBy: undefined, endedAtMs: undefined, failure: undefined });
    expect(await second.invoke()).toBe('fine');
  });

  it('is not ended by the timeout of the one before it', async () => {
    const call = liveCall({ work: never });
    const first = call.attempt;
    const ended = errorOf(first.invoke());
    first.interrupt({ by: 'attempt_timeout', error });
    expect(await ended).toBe(error);
    const second = call.again(Infinity);
    expect(second.interruption).toBeUndefined();
    first.interrupt({ by: 'attempt_timeout', error: new Error('once more') });
    expect(second.interruption).toBeUndefined();
    expect(second.signal.aborted).toBe(false);
  });

  it.each(['caller', 'deadline'] as const)(
    'never reaches the function when the %s came between it and the one before',
    async (by) => {
      const work = vi.fn(() => Promise.reject(new Error('down')));
      const host = notingHost();
      const call = liveCall({ work, host });
      await errorOf(call.attempt.invoke());
      call.interrupt({ by, error });
      expect(call.attempt.interruption).toBeUndefined();
      const second = call.again(Infinity);
      expect(second.interruption).toEqual({ by, error });
      expect(second.signal.aborted).toBe(true);
      expect(await errorOf(second.pause(10))).toBe(error);
      expect(await errorOf(second.invoke())).toBe(error);
      expect(work).toHaveBeenCalledTimes(1);
      expect(host.told).toEqual(['1 began', '1 failed: down']);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('takes over from one that is abandoned', async () => {
    const late: (() => void)[] = [];
    const host = notingHost();
    const work = () =>
      new Promise((resolve) => {
        late.push(() => resolve('late'));
      });
    const call = liveCall({ work, host });
    const first = errorOf(call.attempt.invoke());
    call.attempt.interrupt({ by: 'attempt_timeout', error });
    await first;
    const second = call.again(Infinity).invoke();
    late[0]?.();
    await pass(0);
    expect(host.told).toEqual(['1 began', '1 failed: the user left', '2 began', '1 abandoned: success']);
    late[1]?.();
    expect(await second).toBe('late');
  });
});

describe('the conclusion of a failed call', () => {
  it('is what a stage has named, whatever else there is to tell', async () => {
    const call = liveCall({ host: notingHost(failure('network', 'backoff')) });
    const named = failure('server_error', 'backoff');
    call.attempt.stop('retry_budget', 'budget', named);
    call.attempt.refusedBy = 'breaker_open';
    expect(call.ending(error)).toEqual({ stopReason: 'retry_budget', stopRule: 'budget', failure: named });
  });

  it('is the refusal of the last attempt, and then the error is none of the function’s', () => {
    const host = notingHost();
    const call = liveCall({ host });
    call.attempt.refusedBy = 'quota_held';
    expect(call.ending(error)).toEqual({ stopReason: 'quota_held', failure: undefined });
    expect(host.read).toEqual([]);
  });

  it.each([
    { by: 'deadline', stopReason: 'deadline' },
    { by: 'caller', stopReason: 'cancelled' },
    { by: 'attempt_timeout', stopReason: 'attempts_exhausted' },
  ] as const)('is $stopReason when the last attempt was ended by $by', async ({ by, stopReason }) => {
    const meant = failure('timeout', 'backoff');
    const call = liveCall({ work: never, host: notingHost(meant) });
    const ended = errorOf(call.attempt.invoke());
    call.attempt.interrupt({ by, error });
    expect(call.ending(await ended)).toEqual({ stopReason, failure: meant });
  });

  it.each([
    { kind: 'cancelled', retry: 'never', stopReason: 'cancelled' },
    { kind: 'auth', retry: 'never', stopReason: 'not_retryable' },
    { kind: 'rate_limited', retry: 'after_hint', stopReason: 'attempts_exhausted' },
    { kind: 'network', retry: 'backoff', stopReason: 'attempts_exhausted' },
  ] as const)('is $stopReason when it failed by itself with $kind', ({ kind, retry, stopReason }) => {
    const meant = failure(kind, retry);
    expect(liveCall({ host: notingHost(meant) }).ending(error)).toEqual({ stopReason, failure: meant });
  });

  it('goes by the last attempt alone', async () => {
    const call = liveCall({ work: never, host: notingHost(failure('network', 'backoff')) });
    call.attempt.refusedBy = 'breaker_open';
    call.again(Infinity);
    expect(call.ending(error).stopReason).toBe('attempts_exhausted');
  });
});
