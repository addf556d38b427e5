import {
  AttemptTimeoutError,
  type Call,
  createResilience,
  DeadlineExceededError,
  explain,
  QuotaHeldError,
  type Resilience,
  type Settings,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, never, recorded, typesOf } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

function withDefaults(defaults: Settings): Resilience {
  return createResilience({ config: { defaults } });
}

/** Says after each step whether a promise has settled. */
function watch(promise: Promise<unknown>): { settled: boolean } {
  const seen = { settled: false };
  const note = () => {
    seen.settled = true;
  };
  promise.then(note, note);
  return seen;
}

const LIMITS = [
  {
    limit: 'a deadline',
    settings: { deadlineMs: 100, attemptTimeoutMs: false, retry: false },
    error: DeadlineExceededError,
    message: "the call of 'chat' took longer than its deadline of 100 ms",
    stopReason: 'deadline',
  },
  {
    limit: 'an attempt timeout',
    settings: { deadlineMs: false, attemptTimeoutMs: 100, retry: false },
    error: AttemptTimeoutError,
    message: "an attempt of 'chat' took longer than its 100 ms",
    stopReason: 'attempts_exhausted',
  },
] as const;

describe.each(LIMITS)('$limit', ({ settings, error: expected, message, stopReason }) => {
  it('settles the call on time though the function ignores the signal', async () => {
    const resilience = withDefaults(settings);
    const ended = errorOf(resilience.execute('chat', never));
    const seen = watch(ended);

    await pass(99);
    expect(seen.settled).toBe(false);
    await pass(1);
    expect(seen.settled).toBe(true);

    const error = await ended;
    expect(error).toBeInstanceOf(expected);
    expect(error).toHaveProperty('message', message);
    expect(explain(error)).toMatchObject({
      stopReason,
      failure: { kind: 'timeout', breaker: 'failure' },
      totalMs: 100,
    });
  });

  it('aborts call.signal with a TimeoutError whose cause is the error of the call', async () => {
    const resilience = withDefaults(settings);
    let signal: AbortSignal | undefined;
    const ended = errorOf(
      resilience.execute('chat', (call) => {
        signal = call.signal;
        return never();
      }),
    );
    expect(signal?.aborted).toBe(false);
    await pass(100);

    const error = await ended;
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toBeInstanceOf(DOMException);
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError', message, cause: error });
  });

  it('gives a function that reads its signal late a signal that is already aborted', async () => {
    const resilience = withDefaults(settings);
    let late: Call | undefined;
    const ended = errorOf(
      resilience.execute('chat', (call) => {
        late = call;
        return never();
      }),
    );
    await pass(100);
    const error = await ended;
    expect(late?.signal.aborted).toBe(true);
    expect(late?.signal.reason).toMatchObject({ name: 'TimeoutError', cause: error });
    expect(late?.signal).toBe(late?.signal);
  });

  it('is the error that the caller receives, whatever the function throws when its signal aborts', async () => {
    const resilience = withDefaults(settings);
    const ended = errorOf(
      resilience.execute(
        'chat',
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('of the function')));
          }),
      ),
    );
    await pass(100);
    expect(await ended).toBeInstanceOf(expected);
  });

  it('drops a late success, emits attempt.abandoned for it, and counts it nowhere', async () => {
    const resilience = withDefaults(settings);
    const work = deferred<string>();
    const ended = errorOf(resilience.execute('chat', () => work.promise, { key: 'eu' }));
    await pass(100);
    await ended;
    const statsBefore = resilience.stats('chat');
    const breakerBefore = resilience.breaker('chat', 'eu').stats();
    const events = recorded(resilience);

    await pass(140);
    work.resolve('too late');
    await pass(0);

    expect(events).toEqual([
      {
        type: 'attempt.abandoned',
        at: Date.now(),
        operation: 'chat',
        key: 'eu',
        callId: expect.any(String),
        context: {},
        attempt: 1,
        outcome: 'success',
        lateMs: 140,
      },
    ]);
    expect(resilience.stats('chat')).toEqual(statsBefore);
    expect(resilience.breaker('chat', 'eu').stats()).toEqual(breakerBefore);
    expect(statsBefore).toMatchObject({ calls: 1, failures: 1, attempts: 1, failuresByKind: { timeout: 1 } });
    expect(breakerBefore).toMatchObject({ admitted: 1, failures: 1, successes: 0 });
  });

  it('drops a late failure, and emits attempt.abandoned for it', async () => {
    const resilience = withDefaults(settings);
    const events = recorded(resilience);
    const work = deferred<string>();
    const ended = errorOf(resilience.execute('chat', () => work.promise));
    await pass(100);
    await ended;
    await pass(101);
    work.reject(new Error('too late'));
    await pass(0);
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed', 'attempt.abandoned']);
    expect(events.at(-1)).toMatchObject({ outcome: 'failure', lateMs: 101 });
    expect(resilience.stats('chat').calls).toBe(1);
  });

  it('does not report a function as abandoned that settles within 100 ms of the interruption', async () => {
    const resilience = withDefaults(settings);
    const work = deferred<string>();
    const ended = errorOf(resilience.execute('chat', () => work.promise));
    await pass(100);
    await ended;
    const events = recorded(resilience);
    await pass(100);
    work.resolve('a little late');
    await pass(0);
    expect(events).toEqual([]);
  });

  it('drops a late result when there is no listener', async () => {
    const resilience = withDefaults(settings);
    const works = [deferred<string>(), deferred<string>()];
    const ended = works.map(({ promise }) => errorOf(resilience.execute('chat', () => promise)));
    await pass(100);
    await Promise.all(ended);
    works[0]?.resolve('too late');
    works[1]?.reject(new Error('too late'));
    await pass(0);
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, failures: 2 });
  });

  it('leaves no timer behind, whether the call was in time or not', async () => {
    const resilience = withDefaults({ ...settings, breaker: false });
    const inTime = deferred<string>();
    const done = resilience.execute('chat', () => inTime.promise);
    const late = errorOf(resilience.execute('chat', never));
    expect(vi.getTimerCount()).toBe(2);
    inTime.resolve('fine');
    await done;
    expect(vi.getTimerCount()).toBe(1);
    await pass(100);
    await late;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts from the call, not from the first moment at which the function yields', async () => {
    const resilience = withDefaults(settings);
    const ended = errorOf(
      resilience.execute('chat', () => {
        // Stands for work that blocks the thread.
        vi.advanceTimersByTime(90);
        return never();
      }),
    );
    const seen = watch(ended);
    await pass(10);
    expect(seen.settled).toBe(true);
    expect(await ended).toBeInstanceOf(expected);
  });

  it('does not abort the signal of a call that was in time', async () => {
    const resilience = withDefaults(settings);
    let signal: AbortSignal | undefined;
    await resilience.execute('chat', (call) => {
      signal = call.signal;
    });
    await pass(1_000);
    expect(signal?.aborted).toBe(false);
  });
});

describe('a deadline and an attempt timeout together', () => {
  it('are two limits: the shorter one ends the call', async () => {
    const short = withDefaults({ deadlineMs: 50, attemptTimeoutMs: 80 });
    const byDeadline = errorOf(short.execute('chat', never));
    const long = withDefaults({ deadlineMs: 80, attemptTimeoutMs: 50 });
    const byTimeout = errorOf(long.execute('chat', never));
    await pass(50);
    expect(await byDeadline).toBeInstanceOf(DeadlineExceededError);
    expect(await byTimeout).toBeInstanceOf(AttemptTimeoutError);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('agree on what ended the call, also when both timers fire in the same turn', async () => {
    const resilience = withDefaults({ deadlineMs: 80, attemptTimeoutMs: 50, retry: false });
    const ended = errorOf(resilience.execute('chat', never));
    vi.advanceTimersByTime(200);
    const error = await ended;
    expect(error).toBeInstanceOf(AttemptTimeoutError);
    expect(explain(error)?.stopReason).toBe('attempts_exhausted');
  });

  it('do not take the place of an earlier abort', async () => {
    const resilience = withDefaults({ deadlineMs: 80, attemptTimeoutMs: 50 });
    const abort = new AbortController();
    const reason = new Error('the user left');
    const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    abort.abort(reason);
    vi.advanceTimersByTime(200);
    expect(await ended).toBe(reason);
    expect(explain(reason)?.stopReason).toBe('cancelled');
  });

  it('default to 120 s for the call and 60 s for an attempt', async () => {
    const both = errorOf(createResilience().execute('chat', never));
    await pass(60_000);
    expect(await both).toEqual(new AttemptTimeoutError('chat', 60_000));

    const alone = errorOf(withDefaults({ attemptTimeoutMs: false }).execute('chat', never));
    await pass(120_000);
    expect(await alone).toEqual(new DeadlineExceededError('chat', 120_000));
  });
});

describe('call.remainingMs()', () => {
  it('counts down to the deadline and stays at 0', async () => {
    const resilience = withDefaults({ deadlineMs: 100 });
    let call: Call | undefined;
    const ended = errorOf(
      resilience.execute('chat', (given) => {
        call = given;
        return never();
      }),
    );
    expect(call?.remainingMs()).toBe(100);
    await pass(30);
    expect(call?.remainingMs()).toBe(70);
    await pass(1_000);
    expect(call?.remainingMs()).toBe(0);
    await ended;
  });

  it('is Infinity without a deadline', async () => {
    const resilience = withDefaults({ deadlineMs: false });
    expect(await resilience.execute('chat', (call) => call.remainingMs())).toBe(Number.POSITIVE_INFINITY);
  });

  it('uses the deadline that one call brought along', async () => {
    const resilience = withDefaults({ deadlineMs: 100 });
    expect(await resilience.execute('chat', (call) => call.remainingMs(), { deadlineMs: 7 })).toBe(7);
    expect(await resilience.execute('chat', (call) => call.remainingMs(), { deadlineMs: false })).toBe(Infinity);
  });

  it('follows the monotonic clock, whatever happens to the wall clock', async () => {
    const resilience = withDefaults({ deadlineMs: 100 });
    const remaining = await resilience.execute('chat', (call) => {
      vi.setSystemTime(0);
      return call.remainingMs();
    });
    expect(remaining).toBe(100);
  });
});

describe('a call with a deadline of its own', () => {
  it('ends at it, whether it is shorter or longer than that of the operation', async () => {
    const resilience = withDefaults({ deadlineMs: 100, attemptTimeoutMs: false });
    const shorter = errorOf(resilience.execute('chat', never, { deadlineMs: 20 }));
    const longer = errorOf(resilience.execute('chat', never, { deadlineMs: 200 }));
    const seen = watch(longer);
    await pass(20);
    expect(await shorter).toEqual(new DeadlineExceededError('chat', 20));
    await pass(100);
    expect(seen.settled).toBe(false);
    await pass(80);
    expect(await longer).toEqual(new DeadlineExceededError('chat', 200));
  });

  it('has no deadline when its option is false', async () => {
    const resilience = withDefaults({ deadlineMs: 100, attemptTimeoutMs: false, breaker: false });
    const work = deferred<string>();
    const done = resilience.execute('chat', () => work.promise, { deadlineMs: false });
    expect(vi.getTimerCount()).toBe(0);
    await pass(1_000_000);
    work.resolve('at last');
    expect(await done).toBe('at last');
  });

  it('has its deadline also when the operation has none', async () => {
    const resilience = withDefaults({ deadlineMs: false, attemptTimeoutMs: false });
    const ended = errorOf(resilience.execute('chat', never, { deadlineMs: 30 }));
    const inSettings = errorOf(resilience.execute('chat', never, { settings: { deadlineMs: 30 } }));
    await pass(30);
    expect(await ended).toEqual(new DeadlineExceededError('chat', 30));
    expect(await inSettings).toEqual(new DeadlineExceededError('chat', 30));
  });

  it('prefers the option to the setting', async () => {
    const resilience = withDefaults({ deadlineMs: 100 });
    const remaining = (deadlineMs: number | false) =>
      resilience.execute('chat', (call) => call.remainingMs(), { deadlineMs, settings: { deadlineMs: 50 } });
    expect(await remaining(20)).toBe(20);
    expect(await remaining(false)).toBe(Infinity);
  });

  it('has no deadline when its option is false, whatever its settings say', async () => {
    const resilience = withDefaults({ deadlineMs: false, attemptTimeoutMs: false, breaker: false });
    const work = deferred<string>();
    const done = resilience.execute('chat', () => work.promise, { deadlineMs: false, settings: { deadlineMs: 50 } });
    expect(vi.getTimerCount()).toBe(0);
    await pass(100);
    work.resolve('at last');
    expect(await done).toBe('at last');
  });

  it('does not change the deadline of the next call', async () => {
    const resilience = withDefaults({ deadlineMs: 100 });
    await resilience.execute('chat', () => 1, { deadlineMs: 5, settings: { attemptTimeoutMs: 5 } });
    expect(await resilience.execute('chat', (call) => call.remainingMs())).toBe(100);
    expect(resilience.operation('chat').settings).toMatchObject({ deadlineMs: 100, attemptTimeoutMs: 60_000 });
  });
});

describe('the settings of one call', () => {
  it('set an attempt timeout', async () => {
    const resilience = withDefaults({ attemptTimeoutMs: 100, retry: false });
    const ended = errorOf(resilience.execute('chat', never, { settings: { attemptTimeoutMs: 10 } }));
    await pass(10);
    expect(await ended).toEqual(new AttemptTimeoutError('chat', 10));
  });

  it('switch the attempt timeout off', async () => {
    const resilience = withDefaults({ attemptTimeoutMs: 10, deadlineMs: 100 });
    const ended = errorOf(resilience.execute('chat', never, { settings: { attemptTimeoutMs: false } }));
    await pass(100);
    expect(await ended).toBeInstanceOf(DeadlineExceededError);
  });

  it('switch the breaker off: the call passes while it is open, and counts for nothing', async () => {
    const resilience = createResilience();
    const breaker = resilience.operation('chat').breaker();
    breaker.open();
    const before = breaker.stats();
    expect(await resilience.execute('chat', () => 'through', { settings: { breaker: false } })).toBe('through');
    await errorOf(
      resilience.execute('chat', () => Promise.reject(new Error('down')), { settings: { breaker: false } }),
    );
    expect(breaker.stats()).toEqual(before);
    expect(breaker.state).toBe('open');
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, successes: 1, failures: 1 });
  });

  it('switch retries off, and on again', async () => {
    const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const attempts: number[] = [];
    const work = (call: Call) => {
      attempts.push(call.attempt);
      return Promise.reject(error);
    };
    const on = withDefaults({ retry: { maxAttempts: 2, minDelayMs: 10 } });
    expect(await errorOf(on.execute('chat', work, { settings: { retry: false } }))).toBe(error);
    const off = withDefaults({ retry: false });
    const ended = errorOf(off.execute('chat', work, { settings: { retry: { maxAttempts: 2, minDelayMs: 10 } } }));
    await pass(20);
    expect(await ended).toBe(error);
    expect(attempts).toEqual([1, 1, 2]);
  });

  it('merge their retries over those of the operation, and leave those unchanged', async () => {
    const resilience = withDefaults({ retry: { maxAttempts: 2, minDelayMs: 10, jitter: 'none' } });
    const work = () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    const own = resilience.inspect('chat', work, { settings: { retry: { maxAttempts: 3 } } });
    const usual = resilience.inspect('chat', work);
    await pass(100);
    expect((await own).attempts.map(({ waitedMs }) => waitedMs)).toEqual([0, 10, 20]);
    expect((await usual).attempts.map(({ waitedMs }) => waitedMs)).toEqual([0, 10]);
  });

  it('switch the quota off: the call passes while it is held, and holds nothing', async () => {
    const resilience = withDefaults({ retry: false });
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '90' } });
    const settings = { quota: false } as const;
    await errorOf(resilience.execute('chat', () => Promise.reject(limited), { settings }));
    expect(resilience.health().holds).toEqual([]);
    await errorOf(resilience.execute('chat', () => Promise.reject(limited)));
    expect(resilience.health().holds).toHaveLength(1);
    expect(await resilience.execute('chat', () => 'through', { settings })).toBe('through');
    // Who passes by does not let it go for the others.
    expect(await errorOf(resilience.execute('chat', () => 'kept out'))).toBeInstanceOf(QuotaHeldError);
  });

  it('leave all other settings as the operation has them', async () => {
    const resilience = createResilience();
    resilience.operation('chat').breaker().open();
    const error = await errorOf(resilience.execute('chat', () => 1, { settings: { attemptTimeoutMs: 10 } }));
    expect(explain(error)?.stopReason).toBe('breaker_open');
  });
});

describe('a refused call', () => {
  it('starts no timer', async () => {
    const resilience = createResilience();
    resilience.operation('chat').breaker().isolate();
    const timers = vi.getTimerCount();
    const ended = errorOf(resilience.execute('chat', never));
    expect(vi.getTimerCount()).toBe(timers);
    await ended;
  });
});
