import {
  type Call,
  createResilience,
  DeadlineExceededError,
  type ExecuteOptions,
  explain,
  type ResilienceOptions,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, issuesIn, never, recorded, typesOf, untyped } from '../support/calls.js';
import { httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

/** An instance whose calls have one attempt and no limit of time, but for what is given. */
function plain(options: Partial<ResilienceOptions> = {}, settings: object = {}) {
  const defaults = { retry: false, breaker: false, deadlineMs: false, attemptTimeoutMs: false, ...settings } as const;
  return createResilience({ ...options, config: { defaults } });
}

const cache = { key: 'prompt' };

/** Work that the test ends, and a count of how often it was started. */
function work() {
  const calls: Call[] = [];
  const end = deferred<string>();
  const fn = (call: Call) => {
    calls.push(call);
    return end.promise;
  };
  return { calls, fn, ...end };
}

describe('calls with the same cache key at the same time', () => {
  it('share one execution, and its value by reference', async () => {
    const resilience = plain();
    const events = recorded(resilience);
    const value = { text: 'fine' };
    const fn = vi.fn(async () => value);
    const values = await Promise.all([1, 2, 3].map(() => resilience.execute('chat', fn, { cache })));
    expect(fn).toHaveBeenCalledTimes(1);
    expect(values.every((each) => each === value)).toBe(true);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, attempts: 1, cacheHits: 2 });
    expect(typesOf(events)).toEqual(['call.started', 'call.succeeded', 'cache.hit', 'cache.hit']);
    expect(events[2]).toMatchObject({ kind: 'shared', operation: 'chat' });
    await resilience.close();
  });

  it('have reports that tell which of them executed it', async () => {
    const resilience = plain();
    const { fn, resolve } = work();
    const reports = [1, 2].map(() => resilience.inspect('chat', fn, { cache }));
    await pass(10);
    resolve('fine');
    const [first, second] = await Promise.all(reports);
    expect(first).toMatchObject({ ok: true, cached: false, attempts: [{ outcome: 'success' }], totalMs: 10 });
    expect(second).toMatchObject({ ok: true, value: 'fine', cached: 'shared', attempts: [], totalMs: 10 });
    expect(second?.callId).not.toBe(first?.callId);
    await resilience.close();
  });

  it('share a failure, which is not kept', async () => {
    const resilience = plain({}, { breaker: { trip: { consecutiveFailures: 2 } } });
    const error = httpError(500);
    const fn = vi.fn(() => Promise.reject<string>(error));
    const options = { cache: { key: 'prompt', ttlMs: 1_000 } };
    const reports = await Promise.all([1, 2].map(() => resilience.inspect('chat', fn, options)));
    expect(reports).toMatchObject([
      { ok: false, error, cached: false, attempts: [{ outcome: 'failure' }], failure: { kind: 'server_error' } },
      { ok: false, error, cached: 'shared', attempts: [], failure: { kind: 'server_error' } },
    ]);
    expect(explain(error)?.attempts).toHaveLength(1);
    expect(resilience.breaker('chat').state).toBe('closed');
    expect(await resilience.execute('chat', () => 'fine', options)).toBe('fine');
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, failures: 1, cacheHits: 0 });
    await resilience.close();
  });

  it.each([
    ['another cache key', 'chat', { cache: { key: 'other' } }],
    ['another key', 'chat', { cache, key: 'eu' }],
    ['another operation', 'mail', { cache }],
    ['a key that looks like a prototype', 'chat', { cache: { key: '__proto__' } }],
  ])('share nothing with %s', async (_, operation, options) => {
    const resilience = plain();
    const fn = vi.fn(() => 'fine');
    await Promise.all([resilience.execute('chat', fn, { cache }), resilience.execute(operation, fn, options)]);
    expect(fn).toHaveBeenCalledTimes(2);
    await resilience.close();
  });

  it('are tried again together', async () => {
    const resilience = plain({}, { retry: { maxAttempts: 2, minDelayMs: 100, jitter: 'none' } });
    const fn = vi.fn(async () => 'fine').mockRejectedValueOnce(httpError(500));
    const calls = [1, 2].map(() => resilience.execute('chat', fn, { cache }));
    await pass(50);
    calls.push(resilience.execute('chat', fn, { cache }));
    await pass(50);
    expect(await Promise.all(calls)).toEqual(['fine', 'fine', 'fine']);
    expect(fn).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });
});

describe('a caller that leaves a shared execution', () => {
  it('is rejected alone, with its reason, and the others get the value', async () => {
    const resilience = plain();
    const { fn, calls, resolve } = work();
    const leaving = new AbortController();
    const first = resilience.inspect('chat', fn, { cache, signal: leaving.signal });
    const second = resilience.execute('chat', fn, { cache });
    await pass(10);
    expect(calls[0]?.signal.aborted).toBe(false);
    leaving.abort('left');
    expect(await first).toMatchObject({ ok: false, error: 'left', stopReason: 'cancelled', attempts: [] });
    expect(calls[0]?.signal.aborted).toBe(false);
    resolve('fine');
    expect(await second).toBe('fine');
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, failures: 0, cacheHits: 1 });
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
  });

  it('aborts the execution if it is the last one, and the next call starts another one', async () => {
    const resilience = plain();
    const { fn, calls } = work();
    const leaving = [new AbortController(), new AbortController()];
    const gone = leaving.map(({ signal }) => errorOf(resilience.execute('chat', fn, { cache, signal })));
    await pass(0);
    expect(calls[0]?.signal.aborted).toBe(false);
    leaving[0]?.abort('first');
    await pass(0);
    expect(calls[0]?.signal.aborted).toBe(false);
    leaving[1]?.abort('second');
    await pass(0);
    const next = resilience.execute('chat', () => 'fine', { cache });
    expect(await Promise.all(gone)).toEqual(['first', 'second']);
    expect(calls[0]?.signal).toMatchObject({ aborted: true, reason: 'second' });
    expect(await next).toBe('fine');
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, successes: 1, failuresByKind: { cancelled: 1 } });
    await resilience.close();
  });

  it('starts nothing if it has aborted before', async () => {
    const resilience = plain();
    const fn = vi.fn(() => 'fine');
    expect(await errorOf(resilience.execute('chat', fn, { cache, signal: AbortSignal.abort('left') }))).toBe('left');
    expect(fn).not.toHaveBeenCalled();
    expect(resilience.stats('chat').calls).toBe(0);
    await resilience.close();
  });

  it('leaves no listener at its signal', async () => {
    const resilience = plain();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await Promise.all([1, 2].map(() => resilience.execute('chat', async () => 'fine', { cache, signal })));
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledTimes(1);
    await resilience.close();
  });
});

describe('the deadline of a call that shares an execution', () => {
  it('is its own, however long the others wait', async () => {
    const resilience = plain();
    const { fn, calls, resolve } = work();
    const short = resilience.inspect('chat', fn, { cache, deadlineMs: 100 });
    const long = resilience.execute('chat', fn, { cache, deadlineMs: 1_000 });
    expect(calls[0]?.remainingMs()).toBe(1_000);
    await pass(100);
    expect(await short).toMatchObject({ ok: false, stopReason: 'deadline', attempts: [], totalMs: 100 });
    resolve('fine');
    expect(await long).toBe('fine');
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });

  it('ends the execution if it is the last one, as a timeout of the provider', async () => {
    const resilience = plain({}, { breaker: { trip: { consecutiveFailures: 1 } } });
    const events = recorded(resilience);
    const { fn, calls } = work();
    const report = resilience.inspect('chat', fn, { cache, deadlineMs: 100 });
    await pass(100);
    expect(await report).toMatchObject({
      ok: false,
      stopReason: 'deadline',
      failure: { kind: 'timeout' },
      cached: false,
      attempts: [{ outcome: 'failure', durationMs: 100 }],
    });
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(resilience.breaker('chat').state).toBe('open');
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failuresByKind: { timeout: 1 } });
    expect(events.filter(({ type }) => type === 'call.failed')).toHaveLength(1);
    await resilience.close();
  });

  it('is known to the retries: they end early when no wait fits into it', async () => {
    const resilience = plain({}, { retry: { maxAttempts: 3 } });
    const error = httpError(429, { 'retry-after': '60' });
    const report = await resilience.inspect('chat', () => Promise.reject(error), { cache, deadlineMs: 1_000 });
    expect(report).toMatchObject({ ok: false, error, stopReason: 'deadline', totalMs: 0 });
    await resilience.close();
  });

  it('gives an error that explain() knows', async () => {
    const resilience = plain();
    const call = errorOf(resilience.execute('chat', () => never(), { cache, deadlineMs: 100 }));
    await pass(100);
    const error = await call;
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(explain(error)).toMatchObject({ stopReason: 'deadline', attempts: [{ number: 1 }] });
    await resilience.close();
  });

  it('is that of the parent if that comes first', async () => {
    const resilience = plain();
    const outer = errorOf(
      resilience.execute('plan', (parent) => resilience.execute('chat', () => never(), { cache, parent }), {
        deadlineMs: 50,
      }),
    );
    await pass(50);
    expect(await outer).toMatchObject({ operation: 'plan' });
    await pass(1);
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
  });
});

describe('a value that is kept', () => {
  const kept = (ttlMs: number, others: object = {}): ExecuteOptions => ({ cache: { key: 'prompt', ttlMs, ...others } });

  it('answers later calls without an execution, until its time is over', async () => {
    const resilience = plain();
    const events = recorded(resilience);
    const fn = vi.fn(() => 'fine');
    await resilience.execute('chat', fn, kept(1_000));
    await pass(999);
    const hit = await resilience.inspect('chat', fn, kept(1_000));
    expect(hit).toMatchObject({ ok: true, value: 'fine', cached: 'hit', attempts: [], stopReason: 'success' });
    expect(events.at(-1)).toMatchObject({ type: 'cache.hit', kind: 'hit' });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, cacheHits: 1 });
    await pass(1);
    await resilience.execute('chat', fn, kept(1_000));
    expect(fn).toHaveBeenCalledTimes(2);
    await resilience.close();
  });

  it('is not older than the call allows, and no call without a time gets it', async () => {
    const resilience = plain();
    const fn = vi.fn(() => 'fine');
    await resilience.execute('chat', fn, kept(60_000));
    await pass(1_000);
    await resilience.execute('chat', fn, kept(0));
    await resilience.execute('chat', fn, kept(500));
    expect(fn).toHaveBeenCalledTimes(3);
    await resilience.close();
  });

  it('is one of the most recently used', async () => {
    const resilience = plain();
    const ask = (key: string) => resilience.inspect('chat', () => key, { cache: { key, ttlMs: 1_000, maxEntries: 2 } });
    for (const key of ['a', 'b', 'a', 'c']) await ask(key);
    const found: unknown[] = [];
    for (const key of ['a', 'c', 'b']) found.push((await ask(key)).cached);
    expect(found).toEqual(['hit', 'hit', false]);
    await resilience.close();
  });

  it('is `undefined` as well', async () => {
    const resilience = plain();
    const fn = vi.fn(() => undefined);
    await resilience.execute('chat', fn, kept(1_000));
    await resilience.execute('chat', fn, kept(1_000));
    expect(fn).toHaveBeenCalledTimes(1);
    await resilience.close();
  });

  it('does not answer a call after close()', async () => {
    const resilience = plain();
    await resilience.execute('chat', () => 'fine', kept(1_000));
    await resilience.close();
    expect(await errorOf(resilience.execute('chat', () => 'fine', kept(1_000)))).toMatchObject({
      name: 'ResilienceClosedError',
    });
  });
});

describe('a stream', () => {
  it('is not shared: the first caller gets it, and the others run their own function', async () => {
    const resilience = plain();
    const fn = vi.fn(async () => new ReadableStream());
    const options = { cache: { key: 'prompt', ttlMs: 1_000 }, deadlineMs: 1_000 };
    const streams = await Promise.all([1, 2, 3].map(() => resilience.execute('chat', fn, options)));
    expect(new Set(streams).size).toBe(3);
    expect(fn).toHaveBeenCalledTimes(3);
    await resilience.execute('chat', fn, options);
    expect(fn).toHaveBeenCalledTimes(4);
    expect(resilience.stats('chat')).toMatchObject({ calls: 4, successes: 4, cacheHits: 0 });
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
  });

  it('lets close() wait for the callers that run their own function instead', async () => {
    const resilience = createResilience();
    const opened = deferred();
    const work = vi.fn(async () => {
      await opened.promise;
      return new ReadableStream();
    });
    const calls = [1, 2].map(() => resilience.execute('chat', work, { cache: { key: 'a' } }));
    const closed = resilience.close();
    opened.resolve();
    expect(await Promise.all(calls)).toEqual([expect.any(ReadableStream), expect.any(ReadableStream)]);
    expect(work).toHaveBeenCalledTimes(2);
    await closed;
    expect(resilience.snapshot()).toMatchObject({ state: 'closed', inFlight: 0 });
  });

  it('ends when the caller that got it aborts', async () => {
    const resilience = plain();
    const caller = new AbortController();
    let signal: AbortSignal | undefined;
    const stream = await resilience.execute(
      'chat',
      async (call) => {
        signal = call.signal;
        return new ReadableStream();
      },
      { cache, signal: caller.signal },
    );
    caller.abort('left');
    expect(signal).toMatchObject({ aborted: true, reason: 'left' });
    expect(stream).toBeInstanceOf(ReadableStream);
    await resilience.close();
  });
});

describe('a shared execution', () => {
  it('lets close() wait until all calls that share it have been answered, by their fallbacks too', async () => {
    const resilience = plain();
    const { fn, reject } = work();
    const late = deferred<string>();
    const error = httpError(500);
    const first = errorOf(resilience.execute('chat', fn, { cache }));
    const second = resilience.inspect('chat', fn, { cache, fallback: () => late.promise });
    expect(resilience.snapshot().inFlight).toBe(2);
    let isClosed = false;
    const closed = resilience.close().then(() => {
      isClosed = true;
    });
    reject(error);
    expect(await first).toBe(error);
    await pass(10);
    expect(isClosed).toBe(false);
    late.resolve('later');
    expect(await second).toMatchObject({ ok: true, value: 'later', cached: 'shared', fallbackUsed: { index: 0 } });
    await closed;
  });

  it('stores its value as the last good one of each call that keeps one', async () => {
    const resilience = plain();
    const fallback = { lastGood: { key: 'a' } };
    await Promise.all([
      resilience.execute('chat', async () => 'good', { cache }),
      resilience.execute('chat', async () => 'good', { cache, fallback }),
    ]);
    expect(await resilience.execute('chat', () => Promise.reject<string>(httpError(500)), { fallback })).toBe('good');
    await resilience.close();
  });

  it('has the context of the call that started it, and each call has its own', async () => {
    const hook = vi.fn(() => ({}));
    const resilience = plain({ context: hook });
    const events = recorded(resilience);
    const { fn, calls, resolve } = work();
    const both = [1, 2].map((user) => resilience.execute('chat', fn, { cache, context: { user } }));
    resolve('fine');
    await Promise.all(both);
    expect(calls[0]?.context).toEqual({ user: 1 });
    expect(events.find(({ type }) => type === 'cache.hit')?.context).toEqual({ user: 2 });
    expect(hook).toHaveBeenCalledTimes(2);
    await resilience.close();
  });

  it('passes a function that throws on to all', async () => {
    const resilience = plain();
    const error = new Error('broken');
    const fn = () => {
      throw error;
    };
    const both = [1, 2].map(() => errorOf(resilience.execute('chat', fn, { cache })));
    expect(await Promise.all(both)).toEqual([error, error]);
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
  });

  it.each([
    [{}, 'options.cache.key', 'must be a string of 1 to 10000 characters'],
    [{ key: '' }, 'options.cache.key', 'must be a string of 1 to 10000 characters'],
    [{ key: 5 }, 'options.cache.key', 'must be a string of 1 to 10000 characters'],
    [{ key: 'a', ttlMs: -1 }, 'options.cache.ttlMs', 'must be a number from 0 to 31536000000'],
    [{ key: 'a', maxEntries: 0 }, 'options.cache.maxEntries', 'must be a whole number from 1 to 1000000'],
    [{ key: 'a', ttl: 5 }, 'options.cache.ttl', 'is unknown; expected one of key, ttlMs, maxEntries'],
    ['a', 'options.cache', 'must be a plain object'],
  ])('is refused with the options %o', async (wrong, path, message) => {
    const resilience = plain();
    const error = await errorOf(untyped(resilience).execute('chat', () => 1, { cache: wrong }));
    expect(issuesIn(error)[0]).toMatchObject({ path, message });
    await resilience.close();
  });
});
