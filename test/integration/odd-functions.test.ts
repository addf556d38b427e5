import { createResilience, explain, type FailureKind, type StopReason } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, issuesIn, recorded, typesOf, untyped } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

/** A promise of a library that has its own. */
class OwnPromise<T> extends Promise<T> {}

/** What a thenable has, on an object that is nothing else. A helper, since linters are wary of such objects. */
function thenable(then: (onValue: (value: unknown) => void, onError: (error: unknown) => void) => void): object {
  return Object.defineProperty({}, 'then', { value: then });
}

function thrown(error: unknown): never {
  throw error;
}

describe('a function that throws synchronously', () => {
  it('makes the call reject, and never throw', async () => {
    const resilience = createResilience();
    const error = new RangeError('at once');
    const promise = resilience.execute('chat', () => thrown(error));
    expect(await errorOf(promise)).toBe(error);
    expect(resilience.stats('chat')).toMatchObject({ attempts: 1, failures: 1, failuresByKind: { unknown: 1 } });
    expect(resilience.breaker('chat').stats().failures).toBe(1);
  });
});

/** One that tries nothing again: what is thrown here may mean anything. */
function onceOnly() {
  return createResilience({ config: { defaults: { retry: false } } });
}

const ENDED_BY: Partial<Record<FailureKind, StopReason>> = { unknown: 'not_retryable', cancelled: 'cancelled' };

const THROWN: readonly { what: string; error: unknown; kind?: FailureKind }[] = [
  { what: 'undefined', error: undefined },
  { what: 'null', error: null },
  { what: 'a string', error: 'down' },
  { what: 'an empty string', error: '' },
  { what: 'a number', error: 0 },
  { what: 'NaN', error: Number.NaN },
  { what: 'a bigint', error: 7n },
  { what: 'a symbol', error: Symbol('down') },
  { what: 'false', error: false },
  { what: 'a frozen object', error: Object.freeze({ status: 503 }), kind: 'overloaded' },
  { what: 'a frozen error', error: Object.freeze(new Error('frozen')) },
  { what: 'a sealed error', error: Object.seal(new Error('sealed')) },
  { what: 'an object without a prototype', error: Object.create(null) },
  { what: 'a function', error: () => 'down' },
  { what: 'an array', error: ['down'] },
  { what: 'an AggregateError', error: new AggregateError([new Error('one'), new Error('two')]) },
  { what: 'an AbortError that nobody asked for', error: new DOMException('aborted', 'AbortError'), kind: 'cancelled' },
  { what: 'a TimeoutError that is none of ours', error: new DOMException('late', 'TimeoutError'), kind: 'timeout' },
];

describe.each(THROWN)('a function that throws $what', ({ error, kind = 'unknown' }) => {
  it.each([
    { how: 'synchronously', work: () => thrown(error) },
    { how: 'as a rejection', work: () => Promise.reject(error) },
    { how: 'from an async function', work: async () => thrown(error) },
    { how: 'through a thenable', work: () => thenable((_, onError) => onError(error)) },
  ])('makes the call fail with exactly that ($how)', async ({ work }) => {
    const resilience = onceOnly();
    const events = recorded(resilience);
    const caught = await errorOf(resilience.execute('chat', work));
    expect(Object.is(caught, error)).toBe(true);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failures: 1, failuresByKind: { [kind]: 1 } });
    const counted = kind === 'cancelled' ? { ignored: 1, failures: 0 } : { ignored: 0, failures: 1 };
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 1, ...counted });
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is shown in the report', async () => {
    const report = await onceOnly().inspect('chat', () => thrown(error));
    expect(report).toMatchObject({ ok: false, stopReason: ENDED_BY[kind] ?? 'attempts_exhausted', failure: { kind } });
    expect(!report.ok && Object.is(report.error, error)).toBe(true);
  });
});

describe('a hostile or foreign error', () => {
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const hostile = (trap: keyof ProxyHandler<object>) =>
    new Proxy({}, { [trap]: () => thrown(new Error(`trap ${trap}`)) });
  const BRANDED = { [Symbol.for('holdfast.error')]: true };

  it.each([
    { what: 'a revoked Proxy', error: revoked() },
    { what: 'a Proxy whose `has` throws', error: hostile('has') },
    { what: 'a Proxy whose `get` throws', error: hostile('get') },
    { what: 'a Proxy whose `getPrototypeOf` throws', error: hostile('getPrototypeOf') },
    { what: 'a Proxy that says it has everything', error: new Proxy({}, { has: () => true }) },
    {
      what: 'an error of another version, with a code of its own',
      error: { ...BRANDED, code: 'HOLDFAST_OF_TOMORROW' },
    },
    {
      what: 'a branded object whose code throws',
      error: {
        ...BRANDED,
        get code() {
          return thrown(new Error('no'));
        },
      },
    },
  ])('ends the call and is classified like any other: $what', async ({ error }) => {
    const resilience = createResilience();
    let caught: unknown;
    let settled = false;
    resilience
      .execute('chat', () => thrown(error))
      .catch((rejection: unknown) => {
        caught = rejection;
        settled = true;
      });
    await pass(0);
    expect(settled).toBe(true);
    expect(caught === error).toBe(true);
    expect(explain(error)).toMatchObject({
      stopReason: 'not_retryable',
      failure: { kind: 'unknown', breaker: 'failure' },
    });
    expect(resilience.stats('chat').failuresByKind).toEqual({ unknown: 1 });
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 1, failures: 1 });
    await resilience.close();
  });
});

const NO_THENABLE = Object.defineProperty({}, 'then', { value: 'and then?', enumerable: true });

const GIVEN: readonly { what: string; work: () => unknown; value: unknown }[] = [
  { what: 'nothing', work: () => undefined, value: undefined },
  { what: 'nothing, asynchronously', work: async () => undefined, value: undefined },
  { what: 'null', work: () => null, value: null },
  { what: 'false', work: () => false, value: false },
  {
    what: 'an error as its value',
    work: () => Promise.resolve(new TypeError('as a value')),
    value: new TypeError('as a value'),
  },
  { what: 'a promise of its own kind', work: () => OwnPromise.resolve('own'), value: 'own' },
  { what: 'a promise of a promise', work: () => Promise.resolve(Promise.resolve('deep')), value: 'deep' },
  { what: 'a thenable', work: () => thenable((onValue) => onValue('then')), value: 'then' },
  {
    what: 'a thenable of a thenable',
    work: () => thenable((onValue) => onValue(thenable((deep) => deep('deep')))),
    value: 'deep',
  },
  {
    what: 'an object with a `then` that is no function',
    work: () => NO_THENABLE,
    value: NO_THENABLE,
  },
];

describe('a function that returns', () => {
  it.each(GIVEN)('$what succeeds with it', async ({ work, value }) => {
    const resilience = createResilience();
    expect(await resilience.execute('chat', work)).toEqual(value);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, attempts: 1 });
    expect(resilience.breaker('chat').stats()).toMatchObject({ successes: 1 });
  });

  it('an object gives the caller that very object', async () => {
    const value = Object.freeze({ text: 'hello' });
    expect(await createResilience().execute('chat', () => value)).toBe(value);
    expect(await createResilience().execute('chat', async () => value)).toBe(value);
  });

  it('a promise of another class gives the caller a plain promise', () => {
    const promise = createResilience().execute('chat', () => OwnPromise.resolve('own'));
    expect(promise.constructor).toBe(Promise);
  });

  it('a rejected promise of another class fails with its error', async () => {
    const error = new Error('own');
    expect(await errorOf(createResilience().execute('chat', () => OwnPromise.reject(error)))).toBe(error);
  });
});

describe('a thenable', () => {
  it('whose `then` getter throws makes the call fail with the thrown error', async () => {
    const resilience = createResilience();
    const error = new Error('no then for you');
    const trap = Object.defineProperty({}, 'then', { get: () => thrown(error) });
    expect(await errorOf(resilience.execute('chat', () => trap))).toBe(error);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failures: 1 });
  });

  it('whose `then` throws makes the call fail with the thrown error', async () => {
    const error = new Error('in then');
    expect(await errorOf(createResilience().execute('chat', () => thenable(() => thrown(error))))).toBe(error);
  });

  it('whose `then` throws after it has resolved counts as resolved', async () => {
    const late = thenable((onValue) => {
      onValue('first');
      thrown(new Error('afterwards'));
    });
    expect(await createResilience().execute('chat', () => late)).toBe('first');
  });

  it('that resolves twice counts once, with the first value', async () => {
    const resilience = createResilience();
    const events = recorded(resilience);
    const twice = thenable((onValue, onError) => {
      onValue('first');
      onValue('second');
      onError(new Error('third'));
    });
    expect(await resilience.execute('chat', () => twice)).toBe('first');
    await pass(0);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, failures: 0 });
    expect(resilience.breaker('chat').stats()).toMatchObject({ successes: 1, failures: 0 });
    expect(typesOf(events)).toEqual(['call.started', 'call.succeeded']);
  });

  it('that never settles ends with the attempt timeout', async () => {
    const resilience = createResilience({ config: { defaults: { attemptTimeoutMs: 100, retry: false } } });
    const report = resilience.inspect('chat', () => thenable(() => undefined));
    await pass(100);
    expect(await report).toMatchObject({ ok: false, failure: { kind: 'timeout' } });
  });

  it('has its `then` called once', async () => {
    const then = vi.fn((onValue: (value: unknown) => void) => onValue(1));
    await createResilience().execute('chat', () => thenable(then));
    expect(then).toHaveBeenCalledTimes(1);
  });
});

describe('a function that settles after its call was aborted', () => {
  it.each(['success', 'failure'] as const)('changes nothing: %s', async (outcome) => {
    const resilience = createResilience();
    const abort = new AbortController();
    const work = deferred<string>();
    const ended = errorOf(resilience.execute('chat', () => work.promise, { signal: abort.signal }));
    const reason = new Error('the user left');
    abort.abort(reason);
    expect(await ended).toBe(reason);
    const before = { stats: resilience.stats('chat'), breaker: resilience.breaker('chat').snapshot() };
    const events = recorded(resilience);
    await pass(125);
    if (outcome === 'success') work.resolve('late');
    else work.reject(new Error('late'));
    await pass(0);
    expect({ stats: resilience.stats('chat'), breaker: resilience.breaker('chat').snapshot() }).toEqual(before);
    expect(events).toMatchObject([{ type: 'attempt.abandoned', outcome, lateMs: 125 }]);
  });
});

describe('a call within a call', () => {
  it('of the same operation is a call of its own', async () => {
    const resilience = createResilience();
    const inner = () => resilience.execute('chat', (call) => call.id);
    const [outerId, innerId] = await resilience.execute('chat', async (call) => [call.id, await inner()]);
    expect(outerId).not.toBe(innerId);
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, successes: 2 });
  });

  it('that fails passes its very error on, and explain() returns the outer call for it', async () => {
    const resilience = createResilience();
    const error = new Error('down');
    const outer = resilience.execute('outer', () => resilience.execute('inner', () => thrown(error)));
    expect(await errorOf(outer)).toBe(error);
    expect(explain(error)?.operation).toBe('outer');
  });

  it('that is given the signal of the outer one ends with it, and is cancelled', async () => {
    const resilience = createResilience();
    let inner: Promise<unknown> | undefined;
    const outer = resilience.inspect(
      'outer',
      ({ signal }) => {
        inner = resilience.inspect('inner', () => new Promise(() => undefined), { signal });
        return inner;
      },
      { deadlineMs: 100 },
    );
    await pass(100);
    expect(await outer).toMatchObject({ stopReason: 'deadline', failure: { kind: 'timeout' } });
    expect(await inner).toMatchObject({
      stopReason: 'cancelled',
      error: { name: 'TimeoutError', cause: { name: 'DeadlineExceededError', operation: 'outer' } },
    });
    expect(resilience.breaker('inner').stats()).toMatchObject({ ignored: 1, failures: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that its breaker rejects is ignored by the breaker of the outer call', async () => {
    const resilience = createResilience();
    resilience.operation('inner').breaker().open();
    const report = await resilience.inspect('outer', () => resilience.execute('inner', () => 1));
    expect(report).toMatchObject({ ok: false, failure: { kind: 'overloaded', breaker: 'ignored' } });
    expect(resilience.stats('outer')).toMatchObject({ attempts: 1, failuresByKind: { overloaded: 1 } });
    expect(resilience.breaker('outer').stats()).toMatchObject({ failures: 0, ignored: 1 });
    expect(resilience.stats('inner')).toMatchObject({ attempts: 0, rejections: { breaker: 1 } });
  });
});

describe('a value that is no function', () => {
  it.each([undefined, null, 'work', {}, Promise.resolve(1)])('is refused: %o', async (work) => {
    const resilience = createResilience();
    const issues = issuesIn(await errorOf(untyped(resilience).execute('chat', work)));
    expect(issues).toMatchObject([{ path: 'fn', message: 'must be a function' }]);
    expect(resilience.health().operations).toBe(0);
  });
});
