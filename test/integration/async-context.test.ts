import { AsyncLocalStorage } from 'node:async_hooks';
import { type Call, createResilience, currentCall, type Resilience, resilient } from 'holdfast';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openScope } from '../../src/orchestrator/current-call.js';
import { errorOf, issuesIn, never, thrownBy } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

afterEach(() => {
  vi.restoreAllMocks();
});

const down = Object.assign(new Error('down'), { status: 503 });

function create(): Resilience {
  const config = { defaults: { retry: { minDelayMs: 100, jitter: 'none' } } } as const;
  return createResilience({ asyncContext: true, config });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs in the async context of the place where it was called, whenever that is. */
function captureContext(): () => Call | undefined {
  const inside = AsyncLocalStorage.snapshot();
  return () => inside(currentCall);
}

/** Collects what nothing holds, in a later turn of the event loop. */
async function collect(): Promise<void> {
  vi.useRealTimers();
  await new Promise((resolve) => setImmediate(resolve));
  expect(globalThis.gc).toBeTypeOf('function');
  globalThis.gc?.();
}

describe('the current call', () => {
  it('is what the function itself is given', async () => {
    const resilience = create();
    const calls = await resilience.execute('chat', (call) => [call, currentCall()]);
    expect(calls[1]).toBe(calls[0]);
  });

  it('reaches a wrapped function, which is given its own arguments alone', async () => {
    const resilience = create();
    const ask = resilience.wrap(
      'chat',
      async (question: string) => {
        await wait(5);
        const { operation, key, attempt, context } = currentCall() ?? {};
        return { question, operation, key, attempt, context };
      },
      { key: 'eu', context: { requestId: 'r1' } },
    );
    const answer = ask('why?');
    await pass(5);
    expect(await answer).toEqual({
      question: 'why?',
      operation: 'chat',
      key: 'eu',
      attempt: 1,
      context: { requestId: 'r1' },
    });
  });

  it('reaches a method that @resilient decorates, whose signal it aborts at the deadline', async () => {
    const resilience = create();
    let signal: AbortSignal | undefined;
    class Chat {
      @resilient(resilience, 'chat', { deadlineMs: 30 })
      async ask(): Promise<never> {
        signal = currentCall()?.signal;
        return never();
      }
    }
    const error = errorOf(new Chat().ask());
    await pass(30);
    expect(await error).toMatchObject({ name: 'DeadlineExceededError' });
    expect(signal?.aborted).toBe(true);
  });

  it('is another one in each attempt, after each wait', async () => {
    const resilience = create();
    const seen: unknown[] = [];
    const ask = resilience.wrap('chat', async () => {
      seen.push(currentCall()?.attempt);
      await wait(5);
      seen.push(currentCall()?.attempt);
      if (seen.length < 6) throw down;
      return 'fine';
    });
    const answer = ask();
    await pass(5_000);
    expect(await answer).toBe('fine');
    expect(seen).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('can end its retries by noRetry()', async () => {
    const resilience = create();
    const fn = vi.fn(() => {
      currentCall()?.noRetry();
      throw down;
    });
    expect(await errorOf(resilience.wrap('chat', fn)())).toBe(down);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  it('is its own for each of many calls at once', async () => {
    const resilience = create();
    const ask = resilience.wrap('chat', async (nth: number) => {
      await wait(nth % 7);
      await Promise.resolve();
      return currentCall()?.id;
    });
    const answers = Promise.all(Array.from({ length: 50 }, (_, nth) => ask(nth)));
    await pass(7);
    const ids = await answers;
    expect(new Set(ids).size).toBe(50);
    expect(ids).not.toContain(undefined);
  });

  it('is undefined outside of every function, for the caller and for listeners of the end', async () => {
    const resilience = create();
    const seen: unknown[] = [];
    resilience.on('call.succeeded', () => seen.push(currentCall()));
    await resilience.execute('chat', async () => pass(1));
    seen.push(currentCall());
    expect(seen).toEqual([undefined, undefined]);
  });

  it('is undefined in work that goes on after the function has settled', async () => {
    const resilience = create();
    let leftBehind = () => currentCall();
    await resilience.execute('chat', () => {
      leftBehind = captureContext();
      expect(leftBehind()?.operation).toBe('chat');
    });
    expect(leftBehind()).toBe(undefined);
    await errorOf(
      resilience.execute('chat', (call) => {
        call.noRetry();
        leftBehind = captureContext();
        throw down;
      }),
    );
    expect(leftBehind()).toBe(undefined);
  });

  it('is kept for an attempt that was given up, as long as its function runs', async () => {
    const resilience = create();
    let leftBehind = () => currentCall();
    let settle = (_value: string) => {};
    const error = errorOf(
      resilience.execute(
        'chat',
        () => {
          leftBehind = captureContext();
          return new Promise((resolve) => {
            settle = resolve;
          });
        },
        { deadlineMs: 20 },
      ),
    );
    await pass(20);
    expect(await error).toMatchObject({ name: 'DeadlineExceededError' });
    expect(leftBehind()?.signal.aborted).toBe(true);
    settle('too late');
    await pass(0);
    expect(leftBehind()).toBe(undefined);
  });

  it('is not kept in memory by what its function leaves behind', async () => {
    const resilience = create();
    let leftBehind = () => currentCall();
    const ask = async () => {
      const request = { prompt: 'x' };
      await resilience.execute('chat', () => {
        leftBehind = captureContext();
        return request.prompt;
      });
      return new WeakRef(request);
    };
    const request = await ask();
    await collect();
    expect(request.deref()).toBe(undefined);
    expect(leftBehind()).toBe(undefined);
  });

  it('leaves no chain behind of calls that start one another without end', async () => {
    const call = await create().execute('chat', (given) => given);
    const owner = {};
    let scope = openScope(owner, call);
    const scopes = [new WeakRef(scope)];
    for (let left = 5; left > 0; left--) {
      const outer = scope;
      outer.run(() => {
        scope = openScope(owner, call);
      }, call);
      outer.close();
      scopes.push(new WeakRef(scope));
    }
    await collect();
    expect(scopes.map((each) => each.deref() !== undefined)).toEqual([false, false, false, false, true, true]);
    expect(scope.run(currentCall, call)).toBe(call);
  });
});

describe('a call that is made in the function of another one', () => {
  it('has that one as its parent, and no more time than that has left', async () => {
    const resilience = create();
    let remainingMs: number | undefined;
    const load = resilience.wrap('load', () => {
      remainingMs = currentCall()?.remainingMs();
      return never();
    });
    const outer = errorOf(
      resilience.execute(
        'plan',
        async () => {
          await wait(40);
          return load();
        },
        { deadlineMs: 60 },
      ),
    );
    await pass(40);
    expect(remainingMs).toBe(20);
    await pass(20);
    expect(await outer).toMatchObject({ name: 'DeadlineExceededError', operation: 'plan' });
    expect(resilience.snapshot().inFlight).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends as cancelled when the caller of that one leaves', async () => {
    const resilience = create();
    const controller = new AbortController();
    const load = resilience.wrap('load', never);
    const outer = errorOf(resilience.execute('plan', load, { signal: controller.signal }));
    await pass(1);
    controller.abort('left');
    expect(await outer).toBe('left');
    expect(resilience.stats('load').failuresByKind).toEqual({ cancelled: 1 });
  });

  it('ends at once in an attempt that was given up, and leaves its provider alone', async () => {
    const resilience = create();
    const load = vi.fn(never);
    let inGivenUp = (work: () => Promise<unknown>) => work();
    const plan = () => {
      inGivenUp = AsyncLocalStorage.snapshot();
      return never();
    };
    const outer = errorOf(resilience.execute('plan', plan, { deadlineMs: 20 }));
    await pass(20);
    expect(await outer).toMatchObject({ name: 'DeadlineExceededError' });
    const inner = inGivenUp(() => errorOf(resilience.execute('load', load)));
    expect(await inner).toMatchObject({ name: 'TimeoutError' });
    expect(load).not.toHaveBeenCalled();
  });

  it('has the parent that it names instead, or none with `false`', async () => {
    const resilience = create();
    const remainingMs = (call: Call) => call.remainingMs();
    const seen = await resilience.execute(
      'plan',
      (outer) =>
        resilience.execute(
          'step',
          () =>
            Promise.all([
              resilience.execute('load', remainingMs),
              resilience.execute('load', remainingMs, { parent: outer }),
              resilience.execute('load', remainingMs, { parent: false }),
            ]),
          { deadlineMs: 30 },
        ),
      { deadlineMs: 60 },
    );
    expect(seen).toEqual([30, 60, 120_000]);
  });

  it('is the current one in its own function, and after it the outer one is again', async () => {
    const resilience = create();
    const operation = () => currentCall()?.operation;
    const seen = await resilience.execute('plan', async () => {
      const inner = await resilience.execute('load', async () => {
        await pass(1);
        return operation();
      });
      return [inner, operation()];
    });
    expect(seen).toEqual(['load', 'plan']);
  });

  it('has no parent in what an earlier call has left behind', async () => {
    const resilience = create();
    let inEarlierCall = (work: () => Promise<unknown>) => work();
    await resilience.execute(
      'connect',
      () => {
        inEarlierCall = AsyncLocalStorage.snapshot();
      },
      { deadlineMs: 20 },
    );
    await pass(1_000);
    const remainingMs = inEarlierCall(() => resilience.execute('chat', (call) => call.remainingMs()));
    expect(await remainingMs).toBe(120_000);
  });
});

describe('two instances with an async context', () => {
  it('share nothing: a call has no parent of the other one, and finds that of its own behind it', async () => {
    const [one, other] = [create(), create()];
    const remainingMs = (call: Call) => call.remainingMs();
    const seen = await one.execute(
      'chat',
      () =>
        other.execute('load', () =>
          Promise.all([one.execute('step', remainingMs), other.execute('step', remainingMs)]),
        ),
      { deadlineMs: 60 },
    );
    expect(seen).toEqual([60, 120_000]);
  });

  it('give the call of the innermost function as the current one, whichever of them it is of', async () => {
    const [one, other] = [create(), create()];
    const operation = () => currentCall()?.operation;
    const seen = await one.execute('chat', async () => [await other.execute('load', operation), operation()]);
    expect(seen).toEqual(['load', 'chat']);
  });
});

describe('without an async context', () => {
  it('there is no current call, and a call that is made in another one has no parent', async () => {
    const resilience = createResilience();
    const inner = (call: Call) => [currentCall(), call.remainingMs()];
    const seen = await resilience.execute('plan', () => resilience.execute('load', inner), { deadlineMs: 60 });
    expect(seen).toEqual([undefined, 120_000]);
  });

  it('no call looks at an AsyncLocalStorage', async () => {
    const resilience = createResilience({ asyncContext: false });
    const [run, getStore] = [
      vi.spyOn(AsyncLocalStorage.prototype, 'run'),
      vi.spyOn(AsyncLocalStorage.prototype, 'getStore'),
    ];
    await resilience.execute('plan', (parent) => resilience.wrap('load', () => 1, { parent })());
    expect([run, getStore].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    await create().execute('plan', () => 1);
    expect(run).toHaveBeenCalledTimes(1);
    expect(getStore).toHaveBeenCalled();
  });

  it('is not what any other value than true means', () => {
    expect(
      issuesIn(thrownBy(() => Reflect.apply(createResilience, undefined, [{ asyncContext: 'yes' }]))),
    ).toMatchObject([{ path: 'options.asyncContext', message: 'must be true or false', received: 'the string "yes"' }]);
  });
});
