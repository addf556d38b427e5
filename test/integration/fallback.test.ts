import {
  type Call,
  ConfigurationError,
  createResilience,
  DeadlineExceededError,
  type ExecuteOptions,
  explain,
  type FallbackCause,
  type ResilienceOptions,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, issuesIn, never, recorded, thrownBy, typesOf, untyped } from '../support/calls.js';
import { httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

/** An instance whose calls have one attempt and no limit of time, but for what is given. */
function plain(options: Partial<ResilienceOptions> = {}, settings: object = {}) {
  const defaults = { retry: false, breaker: false, deadlineMs: false, attemptTimeoutMs: false, ...settings } as const;
  return createResilience({ ...options, config: { defaults } });
}

const error = httpError(503);
const down = () => Promise.reject<string>(error);
const hang = (): Promise<string> => never();

describe('a fallback of a call', () => {
  it('answers with a fixed value when the call fails, and with nothing when it succeeds', async () => {
    const resilience = plain();
    const fallback = { value: 'later' };
    expect(await resilience.execute('chat', down, { fallback })).toBe('later');
    expect(await resilience.execute('chat', () => 'now', { fallback })).toBe('now');
    await resilience.close();
  });

  it('leaves the report of the failure beside the value', async () => {
    const resilience = plain();
    const report = await resilience.inspect('chat', down, { fallback: [{ value: 'later' }] });
    expect(report).toMatchObject({
      ok: true,
      value: 'later',
      fallbackUsed: { step: 'value', index: 0 },
      cached: false,
      stopReason: 'attempts_exhausted',
      failure: { kind: 'overloaded' },
      attempts: [{ outcome: 'failure' }],
    });
    expect(explain(error)).toMatchObject({ fallbackUsed: false, stopReason: 'attempts_exhausted' });
    await resilience.close();
  });

  it('counts the call as a failure that a fallback answered, and reports both in this order', async () => {
    const resilience = plain();
    const events = recorded(resilience);
    await resilience.execute('chat', down, { fallback: { value: 'later' }, context: { user: 7 } });
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed', 'fallback.used']);
    expect(events.at(-1)).toMatchObject({
      operation: 'chat',
      callId: expect.any(String),
      context: { user: 7 },
      fallback: { step: 'value', index: 0 },
      durationMs: 0,
    });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 0, failures: 1, fallbacks: 1 });
    expect(resilience.stats()).toMatchObject({ fallbacks: 1 });
    resilience.resetStats();
    expect(resilience.stats()).toMatchObject({ fallbacks: 0 });
    await resilience.close();
  });

  it('tries its steps in order, and the first that gives a value wins', async () => {
    const resilience = plain();
    const events = recorded(resilience);
    const broken = new Error('broken');
    const unused = vi.fn();
    const value = await resilience.execute('chat', down, {
      fallback: [{ lastGood: { key: 'a' } }, () => Promise.reject(broken), () => 'third', unused],
    });
    expect(value).toBe('third');
    expect(unused).not.toHaveBeenCalled();
    expect(events.slice(3)).toMatchObject([
      { type: 'fallback.failed', fallback: { step: 'last_good', index: 0 }, error: undefined },
      { type: 'fallback.failed', fallback: { step: 'function', index: 1 }, error: broken },
      { type: 'fallback.used', fallback: { step: 'function', index: 2 } },
    ]);
    await resilience.close();
  });

  it('rejects with the original error when every step fails', async () => {
    const resilience = plain();
    const fallback = [
      () => {
        throw new Error('broken');
      },
      { run: () => Promise.reject(new Error('broken, too')) },
    ];
    expect(await errorOf(resilience.execute('chat', down, { fallback }))).toBe(error);
    const report = await resilience.inspect('chat', down, { fallback });
    expect(report).toMatchObject({ ok: false, error, fallbackUsed: false, attempts: [{ outcome: 'failure' }] });
    expect(resilience.stats('chat')).toMatchObject({ failures: 2, fallbacks: 0 });
    await resilience.close();
  });

  it('passes the failure and the call to a function', async () => {
    const resilience = plain();
    const given: [FallbackCause, Call][] = [];
    const fallback = (failure: FallbackCause, call: Call) => {
      given.push([failure, call]);
      return `${call.operation} ${call.key}`;
    };
    const options = { fallback, key: 'eu', context: { user: 7 }, deadlineMs: 1_000 };
    expect(await resilience.execute('chat', down, options)).toBe('chat eu');
    const [failure, call] = given[0] ?? [];
    expect(failure).toEqual({
      error,
      failure: expect.objectContaining({ kind: 'overloaded' }),
      stopReason: 'attempts_exhausted',
    });
    expect(call?.context).toEqual({ user: 7 });
    expect(call?.remainingMs()).toBe(1_000);
    expect(call?.signal.aborted).toBe(false);
    await resilience.close();
  });

  it.each([
    [['overloaded'], 'later'],
    [['attempts_exhausted'], 'later'],
    [['rate_limited', 'breaker_open', 'deadline'], error],
  ] as const)('answers only the failures that a step is for: %o', async (on, expected) => {
    const resilience = plain();
    const call = resilience.execute('chat', down, { fallback: { value: 'later', on } });
    expect(await call.catch((thrown: unknown) => thrown)).toBe(expected);
    await resilience.close();
  });

  it('answers a call that the breaker rejects', async () => {
    const resilience = plain({}, { breaker: {} });
    resilience.operation('chat').breaker().open();
    const fn = vi.fn(down);
    const report = await resilience.inspect('chat', fn, { fallback: { value: 'later', on: ['breaker_open'] } });
    expect(report).toMatchObject({ ok: true, stopReason: 'breaker_open', failure: undefined });
    expect(fn).not.toHaveBeenCalled();
    await resilience.close();
  });

  it('does not answer a call that its caller cancelled', async () => {
    const resilience = plain();
    const caller = new AbortController();
    const fallback = vi.fn(() => 'later');
    const call = errorOf(resilience.execute('chat', hang, { fallback, signal: caller.signal }));
    caller.abort('left');
    expect(await call).toBe('left');
    const timedOut = resilience.execute('chat', hang, {
      fallback,
      signal: AbortSignal.abort(new DOMException('', 'TimeoutError')),
    });
    expect(await errorOf(timedOut)).toMatchObject({ name: 'TimeoutError' });
    expect(fallback).not.toHaveBeenCalled();
    await resilience.close();
  });

  it("does not answer a framework's control flow", async () => {
    const resilience = plain();
    const interrupt = Object.assign(new Error('interrupt'), { is_bubble_up: true });
    const call = resilience.execute('chat', () => Promise.reject<string>(interrupt), { fallback: { value: 'later' } });
    expect(await errorOf(call)).toBe(interrupt);
    await resilience.close();
  });

  it('does not answer bad input, nor a call after close()', async () => {
    const resilience = plain();
    const fallback = { value: 'later' };
    const bad = await errorOf(untyped(resilience).execute('chat', 'no function', { fallback }));
    expect(bad).toBeInstanceOf(ConfigurationError);
    await resilience.close();
    const closed = await errorOf(resilience.execute('chat', () => 'now', { fallback }));
    expect(closed).toMatchObject({ name: 'ResilienceClosedError' });
    const nested = plain();
    expect(await errorOf(nested.execute('chat', () => Promise.reject<string>(closed), { fallback }))).toBe(closed);
    await nested.close();
  });

  it('does not answer a stream that fails after it was returned', async () => {
    const resilience = plain();
    const fallback = vi.fn(async function* () {
      yield 'later';
    });
    async function* words() {
      yield 'a';
      throw error;
    }
    const stream = await resilience.execute('chat', () => words(), { fallback });
    const read = async () => {
      for await (const word of stream) void word;
    };
    expect(await errorOf(read())).toBe(error);
    expect(fallback).not.toHaveBeenCalled();
    await resilience.close();
  });

  it('works for wrapped functions', async () => {
    const resilience = plain();
    const ask = resilience.wrap('chat', (question: string) => (question === '' ? down() : question), {
      fallback: { value: 'later' },
    });
    expect([await ask('yes?'), await ask('')]).toEqual(['yes?', 'later']);
    await resilience.close();
  });
});

describe('the time of a fallback', () => {
  it('is a fifth of the deadline when a step runs code', async () => {
    const resilience = plain();
    let leftMs: number | undefined;
    const call = resilience.execute('chat', hang, {
      deadlineMs: 1_000,
      fallback: (_failure, own) => {
        leftMs = own.remainingMs();
        return 'later';
      },
    });
    await pass(800);
    expect(await call).toBe('later');
    expect(leftMs).toBe(200);
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });

  it('is none when no step runs code: the value comes at the deadline', async () => {
    const resilience = plain();
    const report = resilience.inspect('chat', hang, { deadlineMs: 1_000, fallback: { value: 'later' } });
    await pass(1_000);
    expect(await report).toMatchObject({ ok: true, stopReason: 'deadline', totalMs: 1_000, value: 'later' });
    await resilience.close();
  });

  it('is the share that is written', async () => {
    const resilience = plain();
    const fallback = { steps: [() => 'later'], deadlineShare: 0.5 };
    const report = resilience.inspect('chat', hang, { deadlineMs: 1_000, fallback });
    await pass(500);
    expect(await report).toMatchObject({ ok: true, totalMs: 500 });
    await resilience.close();
  });

  it('ends at the deadline of the call, also if the function ignores its signal; a value can still answer then', async () => {
    const resilience = plain();
    const events = recorded(resilience);
    const signals: AbortSignal[] = [];
    const hangSignalled = (_: unknown, { signal }: Call): Promise<string> => {
      signals.push(signal);
      return never();
    };
    const first = errorOf(resilience.execute('chat', down, { deadlineMs: 1_000, fallback: hangSignalled }));
    const second = resilience.execute('chat', down, {
      deadlineMs: 1_000,
      fallback: [hangSignalled, { value: 'later' }],
    });
    await pass(999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    await pass(1);
    expect(await first).toBe(error);
    expect(await second).toBe('later');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    const failed = events.filter((event) => event.type === 'fallback.failed');
    expect(failed[0]?.error).toBeInstanceOf(DeadlineExceededError);
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });

  it('is over when the attempts have used up the whole deadline', async () => {
    const resilience = plain();
    const run = vi.fn(() => 'later');
    const fallback = { steps: [run], deadlineShare: 0 };
    const call = errorOf(resilience.execute('chat', hang, { deadlineMs: 1_000, fallback }));
    await pass(1_000);
    expect(await call).toBeInstanceOf(DeadlineExceededError);
    expect(run).not.toHaveBeenCalled();
    await resilience.close();
  });

  it('ends at once when the caller aborts, with the reason of the caller', async () => {
    const resilience = plain();
    const caller = new AbortController();
    const unused = vi.fn();
    const options: ExecuteOptions<string, string> = { signal: caller.signal, fallback: [() => never(), unused] };
    const report = resilience.inspect('chat', down, options);
    await pass(10);
    caller.abort('left');
    expect(await report).toMatchObject({ ok: false, error: 'left', stopReason: 'cancelled', totalMs: 10 });
    expect(unused).not.toHaveBeenCalled();
    await resilience.close();
  });

  it('lets close() wait for it', async () => {
    const resilience = plain();
    const late = deferred<string>();
    const call = resilience.execute('chat', down, { fallback: () => late.promise });
    await pass(0);
    let isClosed = false;
    const closed = resilience.close().then(() => {
      isClosed = true;
    });
    await pass(10);
    expect(isClosed).toBe(false);
    expect(resilience.snapshot()).toMatchObject({ state: 'closing', inFlight: 1 });
    late.resolve('later');
    expect(await call).toBe('later');
    await closed;
    expect(resilience.snapshot()).toMatchObject({ state: 'closed', inFlight: 0 });
  });

  it('leaves no listener at the signal of the caller', async () => {
    const resilience = plain();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await resilience.execute('chat', down, { signal, fallback: (_, call) => String(call.signal.aborted) });
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
    await resilience.close();
  });
});

describe('the last good value', () => {
  const lastGood = { key: 'prompt' };

  it('is that of the latest successful call with the same key, by reference', async () => {
    const resilience = plain();
    const fallback = { lastGood };
    const value = { text: 'good' };
    await resilience.execute('chat', () => ({ text: 'old' }), { fallback });
    await resilience.execute('chat', () => value, { fallback });
    expect(await resilience.execute('chat', () => Promise.reject<object>(error), { fallback })).toBe(value);
    await resilience.close();
  });

  it.each([
    ['another key', 'chat', { key: 'other' }, {}],
    ['another operation', 'mail', lastGood, {}],
    ['another key of the call', 'chat', lastGood, { key: 'eu' }],
  ])('is not that of %s', async (_, operation, other, options) => {
    const resilience = plain();
    await resilience.execute('chat', () => 'good', { fallback: { lastGood } });
    const call = resilience.execute(operation, down, { ...options, fallback: { lastGood: other } });
    expect(await errorOf(call)).toBe(error);
    await resilience.close();
  });

  it('is gone after an hour, or the time that is written', async () => {
    const resilience = plain();
    const find = (ttlMs?: number) =>
      resilience.execute('chat', down, { fallback: [{ lastGood: { key: 'prompt', ttlMs } }, { value: 'none' }] });
    await resilience.execute('chat', () => 'good', { fallback: { lastGood } });
    await pass(60_000);
    expect([await find(), await find(60_000), await find(60_001)]).toEqual(['good', 'none', 'good']);
    await pass(3_540_000);
    expect(await find()).toBe('none');
    await resilience.close();
  });

  it('is kept for the most recently used keys', async () => {
    const resilience = plain();
    const of = (key: string) => ({ fallback: [{ lastGood: { key, maxEntries: 2 } }, { value: 'none' }] });
    await resilience.execute('chat', () => 'a', of('a'));
    await resilience.execute('chat', () => 'b', of('b'));
    await resilience.execute('chat', down, of('a'));
    await resilience.execute('chat', () => 'c', of('c'));
    const found = ['a', 'b', 'c'].map((key) => resilience.execute('chat', down, of(key)));
    expect(await Promise.all(found)).toEqual(['a', 'none', 'c']);
    await resilience.close();
  });

  it('is not kept for streams', async () => {
    const resilience = plain();
    const fallback = [{ lastGood }, { value: 'none' }];
    await resilience.execute('chat', async () => new ReadableStream(), { fallback: { lastGood } });
    expect(await resilience.execute('chat', down, { fallback })).toBe('none');
    await resilience.close();
  });

  it('may have a key that follows from the call', async () => {
    const resilience = plain();
    const key = ({ context }: Call) => String(context['prompt']);
    const options = (prompt: string) => ({ context: { prompt }, fallback: [{ lastGood: { key } }, { value: 'none' }] });
    await resilience.execute('chat', () => 'good', options('__proto__'));
    const found = ['__proto__', 'constructor'].map((prompt) => resilience.execute('chat', down, options(prompt)));
    expect(await Promise.all(found)).toEqual(['good', 'none']);
    await resilience.close();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['answers by a promise', () => Promise.reject(new Error('broken'))],
    ['returns no key', () => 5],
  ])('is none if the function of its key %s, which changes no call', async (_, key) => {
    const resilience = plain();
    const events = recorded(resilience);
    const options = { fallback: { lastGood: { key } } };
    expect(await untyped(resilience).execute('chat', () => 'good', options)).toBe('good');
    expect(await errorOf(untyped(resilience).execute('chat', down, options))).toBe(error);
    expect(events.filter(({ type }) => type === 'hook.failed')).toMatchObject([
      { hook: 'fallback', operation: 'chat' },
      { hook: 'fallback', operation: 'chat' },
    ]);
    await resilience.close();
  });

  it('is none for calls whose key is undefined', async () => {
    const resilience = plain();
    const events = recorded(resilience);
    const fallback = { lastGood: { key: () => undefined } };
    await resilience.execute('chat', () => 'good', { fallback });
    expect(await errorOf(resilience.execute('chat', down, { fallback }))).toBe(error);
    expect(typesOf(events)).not.toContain('hook.failed');
    await resilience.close();
  });
});

describe('another operation as a fallback', () => {
  it.each([
    ['of the call', {}],
    ['of the step', { run: () => 'cheap' }],
  ])('runs the function %s with the key and the estimate of the call', async (_what, step) => {
    const resilience = plain({}, { pacing: { tokensPerMinute: 600_000, burstMs: 1_000, rampMs: 0 } });
    const estimate = { inputTokens: 2_000, outputTokens: 500 };
    const work = ({ operation }: Call) => (operation === 'chat' ? down() : 'cheap');
    const fallback = { operation: 'cheap', ...step };
    expect(await resilience.execute('chat', work, { key: 'acme', estimate, fallback })).toBe('cheap');
    expect(resilience.snapshot().operations['cheap']?.keys).toMatchObject([
      { key: 'acme', pacing: { tokens: { available: 7_500 } } },
    ]);
    await resilience.close();
  });

  it('runs the function again with its own protection, as a nested call', async () => {
    const resilience = plain();
    const calls: Call[] = [];
    const fn = (call: Call) => {
      calls.push(call);
      if (call.operation === 'chat') throw error;
      return `${call.operation} answers ${call.context['user']}`;
    };
    const options = { deadlineMs: 1_000, context: { user: 7 }, fallback: { operation: 'cheap' } };
    const report = await resilience.inspect('chat', fn, options);
    expect(report).toMatchObject({
      value: 'cheap answers 7',
      fallbackUsed: { step: 'operation', index: 0, operation: 'cheap' },
    });
    expect(calls[1]?.remainingMs()).toBe(1_000);
    expect(resilience.stats('cheap')).toMatchObject({ calls: 1, successes: 1 });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failures: 1, fallbacks: 1, attempts: 1 });
    await resilience.close();
  });

  it('does not run a function twice that cannot run again', async () => {
    const resilience = createResilience({ config: { operations: { other: { retry: { maxAttempts: 3 } } } } });
    resilience.operation('chat').breaker().isolate();
    const work = vi.fn(() => Promise.reject(Object.assign(new Error('down'), { status: 503 })));
    const call = errorOf(resilience.execute('chat', work, { replayable: false, fallback: { operation: 'other' } }));
    await pass(60_000);
    await call;
    expect(work).toHaveBeenCalledTimes(1);
    await resilience.close();
  });

  it('may have a function of its own, which is passed its call and the failure', async () => {
    const resilience = plain();
    const run = (call: Call, { stopReason }: FallbackCause) => `${call.operation} after ${stopReason}`;
    const value = await resilience.execute('chat', down, { fallback: { operation: 'cheap', run } });
    expect(value).toBe('cheap after attempts_exhausted');
    await resilience.close();
  });

  it('ends when the caller of the call aborts', async () => {
    const resilience = plain();
    const caller = new AbortController();
    const run = () => never();
    const call = errorOf(
      resilience.execute('chat', down, { signal: caller.signal, fallback: { operation: 'cheap', run } }),
    );
    await pass(0);
    caller.abort('left');
    expect(await call).toBe('left');
    await pass(0);
    expect(resilience.stats('cheap').failuresByKind).toEqual({ cancelled: 1 });
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
  });

  it.each([
    ['is not replayable', { replayable: false }, error],
    ['is not idempotent', { idempotent: false }, error],
    ['may run again', {}, 'fine'],
  ])('does not run the function of a call again that may not: one that %s', async (_, options, expected) => {
    const resilience = plain();
    const fn = vi.fn((call: Call) => (call.operation === 'chat' ? down() : 'fine'));
    const call = resilience.execute('chat', fn, { ...options, fallback: { operation: 'cheap' } });
    expect(await call.catch((thrown: unknown) => thrown)).toBe(expected);
    await resilience.close();
  });

  it('may have a fallback of its own', async () => {
    const resilience = plain({ fallbacks: { a: { operation: 'b' }, b: { operation: 'c' }, c: { value: 'last' } } });
    const report = await resilience.inspect('a', down);
    expect(report).toMatchObject({ ok: true, value: 'last', fallbackUsed: { operation: 'b' } });
    expect(resilience.stats()).toMatchObject({ calls: 3, failures: 3, fallbacks: 3 });
    await resilience.close();
  });

  it('does not lead back: the way is refused while it is run', async () => {
    const resilience = plain({ fallbacks: { b: { operation: 'a' } } });
    const events = recorded(resilience);
    const fn = vi.fn(down);
    expect(await errorOf(resilience.execute('a', fn, { fallback: { operation: 'b' } }))).toBe(error);
    expect(fn).toHaveBeenCalledTimes(2);
    const failed = events.filter((event) => event.type === 'fallback.failed').map((event) => String(event.error));
    expect(failed[0]).toContain('must not lead back to an operation; received the string "a > b > a"');
    await resilience.close();
  });

  it('is a nested call of the instance, which a closed one does not accept', async () => {
    const resilience = plain();
    const late = deferred<string>();
    const call = errorOf(resilience.execute('chat', () => late.promise, { fallback: { operation: 'cheap' } }));
    const closed = resilience.close();
    late.reject(error);
    expect(await call).toBe(error);
    await closed;
  });
});

describe('fallbacks of operations', () => {
  it('answer calls that bring none', async () => {
    const resilience = plain({ fallbacks: { chat: { value: 'later' } } });
    expect(await resilience.execute('chat', down)).toBe('later');
    expect(await errorOf(resilience.execute('mail', down))).toBe(error);
    await resilience.close();
  });

  it('are replaced by that of the call, and switched off by false', async () => {
    const resilience = plain({ fallbacks: { chat: { value: 'later' } } });
    expect(await resilience.execute('chat', down, { fallback: { value: 'own' } })).toBe('own');
    expect(await errorOf(resilience.execute('chat', down, { fallback: false }))).toBe(error);
    await resilience.close();
  });

  it('are read once', async () => {
    const steps = [{ value: 'later' }];
    const fallbacks = { chat: steps };
    const resilience = plain({ fallbacks });
    steps[0] = { value: 'other' };
    Reflect.deleteProperty(fallbacks, 'chat');
    expect(await resilience.execute('chat', down)).toBe('later');
    await resilience.close();
  });

  it.each([
    [{ a: { operation: 'a' } }, 'a > a'],
    [{ a: [{ value: 1 }, { operation: 'b' }], b: { operation: 'c' }, c: { steps: [{ operation: 'b' }] } }, 'b > c > b'],
  ])('are refused if they lead back: %o', (fallbacks, way) => {
    expect(issuesIn(thrownBy(() => createResilience({ fallbacks })))).toEqual([
      { path: 'options.fallbacks', message: 'must not lead back to an operation', received: `the string "${way}"` },
    ]);
  });

  it('know aliases', () => {
    const config = { operations: { chat: {}, old: { alias: 'chat' } } };
    const refused = (fallbacks: ResilienceOptions['fallbacks']) =>
      issuesIn(thrownBy(() => createResilience({ config, fallbacks })))[0]?.message;
    expect(refused({ old: { operation: 'chat' } })).toBe('must not lead back to an operation');
    expect(refused({ old: { value: 1 }, chat: { value: 2 } })).toContain("must not be given besides that of 'chat'");
  });

  it('name only operations of the config if others are refused', () => {
    const config = { operations: { chat: {} } };
    const create = (fallbacks: ResilienceOptions['fallbacks']) => () =>
      createResilience({ config, unknownOperations: 'refuse', fallbacks });
    expect(issuesIn(thrownBy(create({ chta: { value: 1 } })))[0]).toMatchObject({
      path: 'options.fallbacks.chta',
      suggestion: "Did you mean 'chat'?",
    });
    expect(issuesIn(thrownBy(create({ chat: { operation: 'cheap' } })))).toHaveLength(1);
  });

  it.each([
    [5, 'options.fallbacks.chat', 'must be a step, an array of steps, or { steps }'],
    [{}, 'options.fallbacks.chat', 'must hold one of value, lastGood, run, operation'],
    [[], 'options.fallbacks.chat', 'must hold at least one step'],
    [[5], 'options.fallbacks.chat[0]', 'must be a function, or a plain object'],
    [{ value: 1, operation: 'b' }, 'options.fallbacks.chat', 'must hold one of value, lastGood, run, operation'],
    [{ run: 'x' }, 'options.fallbacks.chat.run', 'must be a function'],
    [{ vlaue: 1 }, 'options.fallbacks.chat.vlaue', 'is unknown; expected one of value, lastGood, run, operation, on'],
    [
      { operation: '' },
      'options.fallbacks.chat.operation',
      'must be a string of 1 to 256 characters without control characters',
    ],
    [{ value: 1, on: [] }, 'options.fallbacks.chat.on', 'must hold at least one condition'],
    [{ value: 1, on: 'timeout' }, 'options.fallbacks.chat.on', 'must be an array of kinds of failure and stop reasons'],
    [
      { lastGood: {} },
      'options.fallbacks.chat.lastGood.key',
      'must be a string of 1 to 10000 characters, or a function that returns one',
    ],
    [
      { lastGood: { key: 'a', ttlMs: 0 } },
      'options.fallbacks.chat.lastGood.ttlMs',
      'must be a number from 1 to 31536000000',
    ],
    [{ steps: [], deadlineShare: 0.5 }, 'options.fallbacks.chat.steps', 'must hold at least one step'],
    [
      { steps: [{ value: 1 }], deadlineShare: 1 },
      'options.fallbacks.chat.deadlineShare',
      'must be a number from 0 to 0.9',
    ],
  ])('are refused when they are wrong: %o', (chat, path, message) => {
    const options: unknown = { fallbacks: { chat } };
    const [issue] = issuesIn(thrownBy(() => Reflect.apply(createResilience, undefined, [options])));
    expect(issue).toMatchObject({ path, message });
  });

  it('suggest the condition that is probably meant', async () => {
    const resilience = plain();
    const options = { fallback: { value: 1, on: ['breaker_opened'] } };
    const [issue] = issuesIn(await errorOf(untyped(resilience).execute('chat', down, options)));
    expect(issue).toMatchObject({ path: 'options.fallback.on[0]', suggestion: "Did you mean 'breaker_open'?" });
    await resilience.close();
  });

  it('of a call must not name its own operation', async () => {
    const resilience = plain();
    const issue = issuesIn(await errorOf(resilience.execute('chat', down, { fallback: { operation: 'chat' } })));
    expect(issue).toMatchObject([
      { message: 'must not lead back to an operation', received: 'the string "chat > chat"' },
    ]);
    await resilience.close();
  });
});
