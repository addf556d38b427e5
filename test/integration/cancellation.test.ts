import { setImmediate as macrotask } from 'node:timers/promises';
import { BreakerOpenError, type Call, createResilience, DeadlineExceededError, explain } from 'holdfast';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, never, recorded, typesOf } from '../support/calls.js';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A signal that notes who listens to it. */
function observed(): { abort: AbortController; added: () => number; removed: () => number } {
  const abort = new AbortController();
  const add = vi.spyOn(abort.signal, 'addEventListener');
  const remove = vi.spyOn(abort.signal, 'removeEventListener');
  return { abort, added: () => add.mock.calls.length, removed: () => remove.mock.calls.length };
}

describe("a caller's abort", () => {
  it('settles the call within one macrotask though the function ignores the signal', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const reason = new Error('the user left');
    let settledWith: unknown;
    resilience.execute('chat', never, { signal: abort.signal }).catch((error: unknown) => {
      settledWith = error;
    });
    await macrotask();
    expect(settledWith).toBeUndefined();
    abort.abort(reason);
    await macrotask();
    expect(settledWith).toBe(reason);
  });

  it('is classified as `cancelled`, and its reason is passed on as it is', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const reason = { why: 'the user left' };
    let call: Call | undefined;
    const report = resilience.inspect(
      'chat',
      (given) => {
        call = given;
        void given.signal;
        return never();
      },
      { signal: abort.signal },
    );
    abort.abort(reason);
    expect(await report).toMatchObject({
      ok: false,
      stopReason: 'cancelled',
      failure: { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false },
      attempts: [{ number: 1, outcome: 'cancelled' }],
    });
    expect((await report).ok || (await report)).toHaveProperty('error', reason);
    expect(call?.signal.reason).toBe(reason);
    expect(explain(reason)?.stopReason).toBe('cancelled');
  });

  it('rejects with the DOMException of the platform when it gives no reason', async () => {
    const abort = new AbortController();
    const ended = errorOf(createResilience().execute('chat', never, { signal: abort.signal }));
    abort.abort();
    expect(await ended).toBe(abort.signal.reason);
    expect(await ended).toMatchObject({ name: 'AbortError' });
  });

  it.each([null, 0, '', false])('may give %j as its reason', async (reason) => {
    const abort = new AbortController();
    const resilience = createResilience();
    const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    abort.abort(reason);
    expect(await ended).toBe(reason);
    expect(resilience.stats('chat').failuresByKind).toEqual({ cancelled: 1 });
  });

  it('counts for no breaker, however often', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 2 } } } } });
    for (let call = 0; call < 5; call++) {
      const abort = new AbortController();
      const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
      abort.abort();
      await ended;
    }
    expect(resilience.breaker('chat').state).toBe('closed');
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 5, ignored: 5, failures: 0, successes: 0 });
    expect(resilience.breaker('chat').snapshot()).toMatchObject({ consecutiveFailures: 0 });
    expect(resilience.stats('chat')).toMatchObject({
      calls: 5,
      failures: 5,
      attempts: 5,
      failuresByKind: { cancelled: 5 },
      latencyMs: { p50: 0, max: 0 },
    });
  });

  it('neither ends nor renews a run of failures', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 2 } } } } });
    const failing = () => Promise.reject(new Error('down'));
    const abort = new AbortController();
    await errorOf(resilience.execute('chat', failing));
    const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    abort.abort();
    await ended;
    await errorOf(resilience.execute('chat', failing));
    expect(resilience.breaker('chat').state).toBe('open');
  });

  it('gives the place of a cancelled trial back', async () => {
    vi.useFakeTimers();
    const resilience = createResilience({ config: { defaults: { breaker: { openMs: 1_000 } } } });
    resilience.operation('chat').breaker().open();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(resilience.breaker('chat').state).toBe('half_open');
    const abort = new AbortController();
    const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    abort.abort();
    await ended;
    expect(resilience.breaker('chat').state).toBe('half_open');
    expect(await resilience.execute('chat', () => 'well again')).toBe('well again');
    expect(resilience.breaker('chat').state).toBe('closed');
  });

  it('ends the call that has its signal and no other one', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const work = deferred<string>();
    const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    let other: AbortSignal | undefined;
    const done = resilience.execute('chat', (call) => {
      other = call.signal;
      return work.promise;
    });
    abort.abort();
    await ended;
    expect(other?.aborted).toBe(false);
    work.resolve('fine');
    expect(await done).toBe('fine');
  });

  it('ends every call that shares the signal', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const ended = [1, 2, 3].map((key) =>
      errorOf(resilience.execute('chat', never, { key: `${key}`, signal: abort.signal })),
    );
    const reason = new Error('all of them');
    abort.abort(reason);
    expect(await Promise.all(ended)).toEqual([reason, reason, reason]);
    expect(resilience.stats('chat').failuresByKind).toEqual({ cancelled: 3 });
  });

  it('does nothing to a call that has ended', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    let inner: AbortSignal | undefined;
    const work = (call: Call) => {
      inner = call.signal;
      return 'fine';
    };
    expect(await resilience.execute('chat', work, { signal: abort.signal })).toBe('fine');
    abort.abort();
    expect(inner?.aborted).toBe(false);
    expect(resilience.stats('chat')).toMatchObject({ successes: 1, failures: 0 });
  });

  it('may come from within the function', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const reason = new Error('thought better of it');
    const events = recorded(resilience);
    const ended = errorOf(
      resilience.execute(
        'chat',
        () => {
          abort.abort(reason);
          return 'too late';
        },
        { signal: abort.signal },
      ),
    );
    expect(await ended).toBe(reason);
    await macrotask();
    expect(typesOf(events).toSorted()).toEqual(['attempt.failed', 'call.failed', 'call.started']);
    expect(resilience.stats('chat')).toMatchObject({ successes: 0, failuresByKind: { cancelled: 1 } });
  });

  it('that comes when the function has resolved already does not take its result away', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const work = deferred<string>();
    const done = resilience.execute('chat', () => work.promise, { signal: abort.signal });
    work.promise.then(
      () => abort.abort(),
      () => undefined,
    );
    work.resolve('in time');
    expect(await done).toBe('in time');
  });

  it('settles the call before the function throws because of the abort', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const reason = new Error('the user left');
    const ended = errorOf(
      resilience.execute(
        'chat',
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('of the function')));
          }),
        { signal: abort.signal },
      ),
    );
    abort.abort(reason);
    expect(await ended).toBe(reason);
  });

  it('has no effect when the breaker has rejected the call before', async () => {
    const resilience = createResilience();
    resilience.operation('chat').breaker().isolate();
    const abort = new AbortController();
    const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    abort.abort();
    const error = await ended;
    expect(error).toBeInstanceOf(BreakerOpenError);
    expect(explain(error)).toMatchObject({ stopReason: 'breaker_open', failure: undefined });
    expect(resilience.stats('chat')).toMatchObject({ failuresByKind: {}, rejections: { breaker: 1 } });
  });
});

describe('a signal that is aborted on entry', () => {
  it('makes the call reject with its reason as cancelled, and the function is never called', async () => {
    const resilience = createResilience();
    const reason = new Error('gone before it began');
    const work = vi.fn(() => 1);
    const events = recorded(resilience);
    const error = await errorOf(resilience.execute('chat', work, { signal: AbortSignal.abort(reason) }));
    expect(error).toBe(reason);
    expect(work).not.toHaveBeenCalled();
    expect(explain(error)).toMatchObject({ stopReason: 'cancelled', failure: { kind: 'cancelled' }, attempts: [] });
    expect(explain(error)?.summary).toMatch(
      /^chat ended by cancelled after 0 attempts in \d+ ms, last failure: cancelled$/,
    );
    expect(typesOf(events)).toEqual(['call.started', 'call.failed']);
    expect(events.at(-1)).toMatchObject({ attempts: 0, stopReason: 'cancelled', error: reason });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, attempts: 0, failuresByKind: { cancelled: 1 } });
    expect(resilience.breaker('chat').stats().admitted).toBe(0);
  });

  it('gets no listener', async () => {
    const { abort, added } = observed();
    abort.abort();
    await errorOf(createResilience().execute('chat', () => 1, { signal: abort.signal }));
    expect(added()).toBe(0);
  });
});

describe("the caller's signal", () => {
  const ENDS: readonly { how: string; work: () => unknown }[] = [
    { how: 'succeeds', work: () => 1 },
    { how: 'throws', work: () => thrown(new Error('down')) },
    { how: 'rejects', work: () => Promise.reject(new Error('down')) },
  ];

  it.each(ENDS)('is listened to once and has no listener left when the call $how', async ({ work }) => {
    const { abort, added, removed } = observed();
    await createResilience()
      .execute('chat', work, { signal: abort.signal })
      .catch(() => undefined);
    expect([added(), removed()]).toEqual([1, 1]);
  });

  it('has no listener left when the call ends at its deadline', async () => {
    vi.useFakeTimers();
    const { abort, added, removed } = observed();
    const ended = errorOf(createResilience().execute('chat', never, { signal: abort.signal, deadlineMs: 10 }));
    await vi.advanceTimersByTimeAsync(10);
    expect(await ended).toBeInstanceOf(DeadlineExceededError);
    expect([added(), removed()]).toEqual([1, 1]);
  });

  it('has no listener left when the breaker rejects the call', async () => {
    const { abort, added, removed } = observed();
    const resilience = createResilience();
    resilience.operation('chat').breaker().isolate();
    await errorOf(resilience.execute('chat', () => 1, { signal: abort.signal }));
    expect(added()).toBe(removed());
  });

  it('has one listener for many calls at the same time, and none after the last of them', async () => {
    const { abort, added, removed } = observed();
    const resilience = createResilience();
    const works = Array.from({ length: 20 }, () => deferred());
    const done = works.map(({ promise }) => resilience.execute('chat', () => promise, { signal: abort.signal }));
    expect([added(), removed()]).toEqual([1, 0]);
    for (const work of works.slice(1)) work.resolve();
    await Promise.all(done.slice(1));
    expect([added(), removed()]).toEqual([1, 0]);
    works[0]?.resolve();
    await done[0];
    expect([added(), removed()]).toEqual([1, 1]);
  });

  it('is not listened to through call.signal', async () => {
    const { abort, added } = observed();
    await createResilience().execute('chat', (call) => call.signal.aborted, { signal: abort.signal });
    expect(added()).toBe(1);
  });
});

describe('call.signal', () => {
  /** Counts the controllers that are made. */
  function countControllers(): { readonly made: () => number } {
    let made = 0;
    const Original = AbortController;
    vi.stubGlobal(
      'AbortController',
      class extends Original {
        constructor() {
          super();
          made += 1;
        }
      },
    );
    return { made: () => made };
  }

  it('is created only when it is read, and once', async () => {
    const { made } = countControllers();
    const resilience = createResilience();
    await resilience.execute('chat', () => 1);
    await errorOf(resilience.execute('chat', () => thrown(new Error('down'))));
    expect(made()).toBe(0);
    await resilience.execute('chat', (call) => expect(call.signal).toBe(call.signal));
    expect(made()).toBe(1);
  });

  it('is not created for the abort of a function that never read it', async () => {
    const abort = new AbortController();
    const { made } = countControllers();
    const ended = errorOf(createResilience().execute('chat', never, { signal: abort.signal }));
    abort.abort();
    await ended;
    expect(made()).toBe(0);
  });

  it("is aborted with the caller's reason when it is read after the abort", async () => {
    const abort = new AbortController();
    let call: Call | undefined;
    const work = (given: Call) => {
      call = given;
      return never();
    };
    const ended = errorOf(createResilience().execute('chat', work, { signal: abort.signal }));
    const reason = new Error('the user left');
    abort.abort(reason);
    await ended;
    expect(call?.signal.aborted).toBe(true);
    expect(call?.signal.reason).toBe(reason);
  });

  it('is another one for every call', async () => {
    const resilience = createResilience();
    const [one, other] = await Promise.all([
      resilience.execute('chat', (call) => call.signal),
      resilience.execute('chat', (call) => call.signal),
    ]);
    expect(one).not.toBe(other);
  });
});

function thrown(error: unknown): never {
  throw error;
}
