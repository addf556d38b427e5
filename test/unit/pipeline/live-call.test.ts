import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { Failure, Run } from '../../../src/pipeline/index.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { firstOf } from '../../support/attempts.js';
import { errorOf, never } from '../../support/calls.js';
import { countingLane, liveCall, notedHooks } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const error = new Error('the user left');

const failure = (kind: Failure['kind'], retry: Failure['retry']): Failure => {
  return { kind, retry, breaker: 'failure', failover: true };
};

describe('a call', () => {
  it('never calls its function when it is interrupted before', async () => {
    const work = vi.fn();
    const hooks = notedHooks();
    const call = liveCall({ work, hooks });
    const attempt = firstOf(call);
    call.interrupt({ by: 'deadline', error });
    expect(await errorOf(attempt.invoke())).toBe(error);
    expect(work).not.toHaveBeenCalled();
    expect(attempt.invoked).toBe(false);
    expect(hooks.notes).toEqual([]);
  });

  it('goes by its first interruption, in all of its attempts', async () => {
    const call = liveCall({ work: never });
    const attempt = firstOf(call);
    const ended = errorOf(attempt.invoke());
    call.interrupt({ by: 'caller', error });
    call.interrupt({ by: 'deadline', error: new Error('too late') });
    expect(await ended).toBe(error);
    expect(attempt.interruption).toEqual({ by: 'caller', error });
    expect(call.nextAttempt().interruption).toEqual({ by: 'caller', error });
  });

  it('ends every attempt that is under way when it is interrupted, and no attempt that has ended', async () => {
    const hooks = notedHooks();
    const call = liveCall({ hooks, work: ({ attempt }) => (attempt === 1 ? 'fine' : never()) });
    const [first, second, third, waiting] = [firstOf(call), call.nextAttempt(), call.nextAttempt(), call.nextAttempt()];
    await first.invoke();
    const ended = [second.invoke(), third.invoke(), waiting.pause(1_000)].map(errorOf);
    call.interrupt({ by: 'caller', error });
    expect(await Promise.all(ended)).toEqual([error, error, error]);
    expect(call.attempts.map(({ interruption }) => interruption?.by)).toEqual([
      undefined,
      'caller',
      'caller',
      'caller',
    ]);
    expect(hooks.notes.slice(3)).toEqual(['2 failed: the user left', '3 failed: the user left']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not enter its stages when its signal has aborted before', async () => {
    const run = vi.fn();
    const call = liveCall({ run, signal: AbortSignal.abort(error) });
    const links = new SignalLinks();
    expect(await errorOf(call.start(links))).toBe(error);
    expect(run).not.toHaveBeenCalled();
    call.release(links, 0);
  });

  it('ends the attempts that are under way with the error that a stage has thrown', async () => {
    const outcomes: unknown[] = [];
    const call = liveCall({
      run: (attempt) => {
        attempt.onOutcome((outcome) => outcomes.push(outcome));
        call.nextAttempt().onOutcome((outcome) => outcomes.push(outcome));
        void attempt.invoke();
        throw error;
      },
      work: never,
    });
    expect(() => call.start(new SignalLinks())).toThrow(error);
    call.fail(error);
    expect(outcomes).toEqual([{ status: 'failure', error }, { status: 'ignored' }]);
    call.fail(new Error('later'));
    expect(outcomes).toHaveLength(2);
    expect(call.ending(error).failure).toBeDefined();
  });

  it('throws the error of a signal that cannot be listened to', () => {
    const { signal } = new AbortController();
    vi.spyOn(signal, 'addEventListener').mockImplementation(() => {
      throw error;
    });
    expect(() => liveCall({ signal }).start(new SignalLinks())).toThrow(error);
  });

  it('has the time until its deadline left', async () => {
    const call = liveCall({ deadlineMs: 100 });
    await pass(40);
    expect(call.remainingMs()).toBe(60);
    await pass(400);
    expect(call.remainingMs()).toBe(0);
    expect(liveCall().remainingMs()).toBe(Infinity);
  });

  it('takes its value from the attempt that succeeded, whichever attempt is the last one', async () => {
    const call = liveCall({ work: ({ attempt }) => (attempt === 2 ? 'fine' : never()) });
    const [first, second, third] = [firstOf(call), call.nextAttempt(), call.nextAttempt()];
    expect(call.decisive).toBe(third);
    void errorOf(first.invoke());
    void errorOf(third.invoke());
    await second.invoke();
    expect(call.decisive).toBe(second);
  });

  it('names the attempt that gave its value before its outcome was known', async () => {
    const call = liveCall();
    expect(call.streaming).toBeUndefined();
    const second = call.nextAttempt();
    const outcome = second.deferOutcome();
    await second.invoke();
    expect(call.streaming).toBe(second);
    outcome.ignore();
    expect(call.streaming).toBe(second);
  });
});

describe('the signals of a call', () => {
  it('have no listener left once the call is released', async () => {
    const abort = new AbortController();
    const links = new SignalLinks();
    const call = liveCall({ work: never, signal: abort.signal });
    void call.start(links);
    call.release(links, 0);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    abort.abort();
    expect(firstOf(call).interruption).toBeUndefined();
  });

  it('are listened to once, however many attempts the call makes', async () => {
    const { signal } = new AbortController();
    const listen = vi.spyOn(signal, 'addEventListener');
    const call = liveCall({ signal });
    await call.start(new SignalLinks());
    call.nextAttempt();
    call.nextAttempt();
    expect(listen).toHaveBeenCalledTimes(1);
  });

  it.each(['signal', 'parentSignal'] as const)('end every attempt with their reason: %s', async (which) => {
    const abort = new AbortController();
    const other = new AbortController();
    const links = new SignalLinks();
    const signals = { signal: other.signal, parentSignal: other.signal, [which]: abort.signal };
    const call = liveCall({ work: never, ...signals });
    const ended = [errorOf(call.start(links)), errorOf(call.nextAttempt().invoke())];
    abort.abort(error);
    expect(await Promise.all(ended)).toEqual([error, error]);
    expect(call.attempts.map(({ interruption }) => interruption)).toEqual([
      { by: 'caller', error },
      { by: 'caller', error },
    ]);
    other.abort(new Error('too late'));
    expect(firstOf(call).interruption).toEqual({ by: 'caller', error });
    call.release(links, 0);
  });

  it('may be one and the same for the caller and for the surrounding call', async () => {
    const abort = new AbortController();
    const links = new SignalLinks();
    const call = liveCall({ work: never, signal: abort.signal, parentSignal: abort.signal });
    const ended = errorOf(call.start(links));
    abort.abort(error);
    expect(await ended).toBe(error);
    call.release(links, 0);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('keep the call out of its stages when the surrounding call has ended before', async () => {
    const run = vi.fn();
    const caller = new AbortController();
    const links = new SignalLinks();
    const call = liveCall({ run, signal: caller.signal, parentSignal: AbortSignal.abort(error) });
    expect(await errorOf(call.start(links))).toBe(error);
    expect(run).not.toHaveBeenCalled();
    call.release(links, 0);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  it('both have no listener left once the call is released', async () => {
    const signals = [new AbortController().signal, new AbortController().signal] as const;
    const links = new SignalLinks();
    const call = liveCall({ signal: signals[0], parentSignal: signals[1] });
    await call.start(links);
    expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([1, 1]);
    call.release(links, 0);
    expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0, 0]);
  });
});

describe('another attempt of a call', () => {
  it('has the next number and a signal of its own, and shares everything else with its call', async () => {
    const startedAtMs = performance.now();
    const call = liveCall({ deadlineMs: 100, context: { tenant: 'a' }, idempotent: false, replayable: false });
    const first = firstOf(call);
    await pass(30);
    const second = call.nextAttempt({ mustStartByMs: 75 });
    expect(call.attempts).toEqual([first, second]);
    expect(second.signal).not.toBe(first.signal);
    expect([first.mustStartByMs, second.mustStartByMs]).toEqual([Infinity, 75]);
    for (const same of ['id', 'operation', 'key', 'call', 'lane', 'context'] as const) {
      expect(second[same], same).toBe(first[same]);
    }
    expect(second.call).toBe(call);
    expect(call).toMatchObject({ startedAtMs, deadlineMs: 100, idempotent: false, replayable: false });
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(second.startedAtMs - first.startedAtMs).toBe(30);
    expect(second.remainingMs()).toBe(70);
  });

  it('begins without anything of how the attempt before it ended', async () => {
    let calls = 0;
    const work = () => {
      calls += 1;
      return calls === 1 ? Promise.reject(error) : 'fine';
    };
    const call = liveCall({ work });
    expect(await errorOf(firstOf(call).invoke())).toBe(error);
    const rejected = call.nextAttempt();
    await errorOf(rejected.reject('breaker_open', new Error('open')));
    const third = call.nextAttempt();
    const fresh = {
      invoked: false,
      rejectedBy: undefined,
      endedAtMs: undefined,
      failure: undefined,
      outcome: undefined,
    };
    expect(third).toMatchObject(fresh);
    expect(await third.invoke()).toBe('fine');
  });

  it('is not ended by the timeout of the attempt before it', async () => {
    const call = liveCall({ work: never });
    const first = firstOf(call);
    const ended = errorOf(first.invoke());
    first.interrupt({ by: 'attempt_timeout', error });
    expect(await ended).toBe(error);
    const second = call.nextAttempt();
    expect(second.interruption).toBeUndefined();
    first.interrupt({ by: 'attempt_timeout', error: new Error('once more') });
    expect(second.interruption).toBeUndefined();
    expect(second.signal.aborted).toBe(false);
  });

  it.each(['caller', 'deadline'] as const)(
    'never reaches the function when the %s ended the call after the attempt before it',
    async (by) => {
      const work = vi.fn(() => Promise.reject(new Error('down')));
      const hooks = notedHooks();
      const call = liveCall({ work, hooks });
      await errorOf(firstOf(call).invoke());
      call.interrupt({ by, error });
      expect(firstOf(call).interruption).toBeUndefined();
      const second = call.nextAttempt();
      expect(second.interruption).toEqual({ by, error });
      expect(second.signal.aborted).toBe(true);
      expect(await errorOf(second.pause(10))).toBe(error);
      expect(await errorOf(second.invoke())).toBe(error);
      expect(work).toHaveBeenCalledTimes(1);
      expect(hooks.notes).toEqual(['1 started', '1 failed: down']);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('takes over from an attempt that is abandoned', async () => {
    const late: (() => void)[] = [];
    const hooks = notedHooks();
    const work = () =>
      new Promise((resolve) => {
        late.push(() => resolve('late'));
      });
    const call = liveCall({ work, hooks });
    const first = errorOf(firstOf(call).invoke());
    firstOf(call).interrupt({ by: 'attempt_timeout', error });
    await first;
    const second = call.nextAttempt().invoke();
    late[0]?.();
    await pass(0);
    expect(hooks.notes).toEqual(['1 started', '1 failed: the user left', '2 started', '1 abandoned: success']);
    late[1]?.();
    expect(await second).toBe('late');
  });
});

describe('the lanes of a call', () => {
  it('are entered and left by an attempt that moves to another lane, once each', () => {
    const [home, other] = [countingLane(), countingLane({ key: 'us' })];
    const call = liveCall({ lane: home });
    firstOf(call).moveTo(other);
    firstOf(call).moveTo(other);
    expect([home.inUse(), other.inUse()]).toEqual([0, 1]);
    call.release(new SignalLinks(), 0);
    expect([home.inUse(), other.inUse()]).toEqual([0, 0]);
  });

  it('are left one after the other by an attempt that moves several times', () => {
    const [home, second, third] = [countingLane(), countingLane({ key: 'b' }), countingLane({ key: 'c' })];
    const call = liveCall({ lane: home });
    firstOf(call).moveTo(second);
    firstOf(call).moveTo(third);
    expect([home.inUse(), second.inUse(), third.inUse()]).toEqual([0, 0, 1]);
    call.release(new SignalLinks(), 0);
    expect([home.inUse(), second.inUse(), third.inUse()]).toEqual([0, 0, 0]);
  });

  it('are not entered by an attempt that is moved to the lane it is in', () => {
    const home = countingLane();
    const call = liveCall({ lane: home });
    firstOf(call).moveTo(home);
    call.release(new SignalLinks(), 0);
    expect(home.inUse()).toBe(0);
  });

  it('are entered by another attempt that is made there, and left by the release', () => {
    const [home, other] = [countingLane(), countingLane({ key: 'us' })];
    const call = liveCall({ lane: home });
    const [second, third] = [call.nextAttempt({ lane: other }), call.nextAttempt({ lane: other })];
    call.nextAttempt({ lane: home });
    call.nextAttempt();
    expect([second.lane, third.lane]).toEqual([other, other]);
    expect([home.inUse(), other.inUse()]).toEqual([0, 2]);
    call.release(new SignalLinks(), 0);
    expect([home.inUse(), other.inUse()]).toEqual([0, 0]);
  });

  it('are left at the time of the release', () => {
    const left = vi.fn();
    const call = liveCall();
    call.nextAttempt({ lane: { ...countingLane(), leave: left } });
    call.release(new SignalLinks(), 75);
    expect(left.mock.calls).toEqual([[75]]);
  });

  it('are left by attempts that failed, were rejected or were interrupted just as by others', async () => {
    const other = countingLane({ key: 'us' });
    const call = liveCall({ work: () => Promise.reject(error) });
    const [failed, rejected, interrupted] = [1, 2, 3].map(() => call.nextAttempt({ lane: other }));
    await errorOf(failed?.invoke() ?? never());
    await errorOf(rejected?.reject('breaker_open', error) ?? never());
    interrupted?.interrupt({ by: 'attempt_timeout', error });
    call.release(new SignalLinks(), 0);
    expect(other.inUse()).toBe(0);
  });
});

describe('the release of a call', () => {
  it('settles attempts that were made and never used as ignored', () => {
    const call = liveCall();
    const statuses: string[] = [];
    call.nextAttempt().onOutcome(({ status }) => statuses.push(status));
    call.release(new SignalLinks(), 0);
    expect(statuses).toEqual(['ignored']);
  });
});

describe('the ending of a failed call', () => {
  it('is what a stage has named when it gave up, whatever else is known', async () => {
    const call = liveCall({ hooks: notedHooks(failure('network', 'backoff')) });
    const named = failure('server_error', 'backoff');
    call.giveUp(error, 'retry_budget', 'budget', named);
    await errorOf(firstOf(call).reject('breaker_open', error));
    expect(call.ending(error)).toEqual({ stopReason: 'retry_budget', stopRule: 'budget', failure: named });
  });

  it('is the rejection of the last attempt, and then its error is not classified', async () => {
    const hooks = notedHooks();
    const call = liveCall({ hooks });
    await errorOf(firstOf(call).reject('quota_held', error));
    expect(call.ending(error)).toEqual({ stopReason: 'quota_held', failure: undefined });
    expect(hooks.classified).toEqual([]);
  });

  it.each([
    { by: 'deadline', stopReason: 'deadline' },
    { by: 'caller', stopReason: 'cancelled' },
    { by: 'attempt_timeout', stopReason: 'attempts_exhausted' },
  ] as const)('is $stopReason when the last attempt was ended by $by', async ({ by, stopReason }) => {
    const meant = failure('timeout', 'backoff');
    const call = liveCall({ work: never, hooks: notedHooks(meant) });
    const ended = errorOf(firstOf(call).invoke());
    firstOf(call).interrupt({ by, error });
    expect(call.ending(await ended)).toEqual({ stopReason, failure: meant });
  });

  it.each([
    { kind: 'cancelled', retry: 'never', stopReason: 'cancelled' },
    { kind: 'auth', retry: 'never', stopReason: 'not_retryable' },
    { kind: 'rate_limited', retry: 'after_hint', stopReason: 'attempts_exhausted' },
    { kind: 'network', retry: 'backoff', stopReason: 'attempts_exhausted' },
  ] as const)('is $stopReason when the function failed by itself with $kind', ({ kind, retry, stopReason }) => {
    const meant = failure(kind, retry);
    expect(liveCall({ hooks: notedHooks(meant) }).ending(error)).toEqual({ stopReason, failure: meant });
  });

  it('is that of the last attempt when no attempt ended with the error', async () => {
    const call = liveCall({ work: never, hooks: notedHooks(failure('network', 'backoff')) });
    await errorOf(firstOf(call).reject('breaker_open', new Error('open')));
    call.nextAttempt();
    expect(call.ending(error).stopReason).toBe('attempts_exhausted');
  });

  it('is that of the attempt that ended with the error when attempts run beside each other', async () => {
    const hooks = notedHooks(failure('network', 'backoff'));
    const call = liveCall({ hooks, work: never });
    const [first, second] = [firstOf(call), call.nextAttempt()];
    const rejected = new Error('open');
    void errorOf(first.invoke());
    await errorOf(second.reject('breaker_open', rejected));
    first.interrupt({ by: 'attempt_timeout', error });
    expect(call.ending(rejected).stopReason).toBe('breaker_open');
    expect(call.ending(error).stopReason).toBe('attempts_exhausted');
  });
});

describe('a call through its stages', () => {
  it('settles the outcome of an attempt before the stages see its value', async () => {
    const order: string[] = [];
    const run: Run = async (attempt) => {
      attempt.onOutcome(({ status }) => order.push(status));
      const value = await attempt.invoke();
      order.push(String(value));
      return value;
    };
    expect(await liveCall({ run }).start(new SignalLinks())).toBe('fine');
    expect(order).toEqual(['success', 'fine']);
  });
});
