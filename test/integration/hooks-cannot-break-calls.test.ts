import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as macrotask } from 'node:timers/promises';
import { type Call, createResilience, explain, type HoldfastEvent, type Resilience } from 'holdfast';
import { type RetryNotice, retry } from 'holdfast/retry';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, fail, issuesIn, never, recorded, thrownBy, typesOf } from '../support/calls.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

function thrown(error: unknown): never {
  throw error;
}

/** What is told of failed hooks from now on. */
function troubles(resilience: Resilience): HoldfastEvent[] {
  const events: HoldfastEvent[] = [];
  resilience.on('hook.failed', (event) => events.push(event));
  return events;
}

const error = new Error('of the listener');

/** Ways in which a listener fails. */
const FAILING: readonly { how: string; listener: () => unknown }[] = [
  { how: 'throws', listener: () => thrown(error) },
  { how: 'rejects', listener: async () => thrown(error) },
];

describe.each(FAILING)('a listener that $how', ({ listener }) => {
  it('changes no call, whatever its end', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 2 } } } } });
    const down = new Error('down');
    resilience.on('*', listener);
    expect(await resilience.execute('chat', () => 'fine')).toBe('fine');
    expect(await errorOf(resilience.execute('chat', () => thrown(down)))).toBe(down);
    const late = resilience.inspect('chat', never, { deadlineMs: 10 });
    await pass(10);
    expect(await late).toMatchObject({ stopReason: 'deadline' });
    expect(await resilience.inspect('chat', never)).toMatchObject({ stopReason: 'breaker_open' });
    const abort = AbortSignal.abort(down);
    expect(await errorOf(resilience.execute('embed', never, { signal: abort }))).toBe(down);
    expect(resilience.breaker('chat').state).toBe('open');
    expect(resilience.stats('chat')).toMatchObject({ calls: 4, successes: 1, failures: 3, breaker: { opens: 1 } });
    await resilience.close();
  });

  it('changes no retry and no hold', async () => {
    const resilience = createResilience({ random: () => 0 });
    resilience.on('*', listener);
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '20' } });
    const done = resilience.execute('chat', ({ attempt }) => (attempt === 1 ? thrown(limited) : 'fine'));
    await pass(20_000);
    expect(await done).toBe('fine');
    const refused = errorOf(resilience.execute('chat', () => thrown(limited), { deadlineMs: 5_000 }));
    expect(await refused).toBe(limited);
    expect(await resilience.inspect('chat', () => 'kept out', { deadlineMs: 5_000 })).toMatchObject({
      stopReason: 'quota_held',
    });
    expect(resilience.stats('chat')).toMatchObject({ calls: 3, attempts: 3, retries: 1, rejections: { quota: 1 } });
    await resilience.close();
  });

  it('is reported once as hook.failed, with the error and the operation and key of the event', async () => {
    const resilience = createResilience();
    const events = troubles(resilience);
    resilience.on('call.started', listener);
    await resilience.execute('chat', () => 1, { key: 'eu' });
    await pass(0);
    const told = { type: 'hook.failed', at: START, hook: 'listener', operation: 'chat', key: 'eu', error };
    expect(events).toEqual([{ ...told, callId: expect.any(String), context: {} }]);
  });

  it('does not keep other listeners from receiving the event', async () => {
    const resilience = createResilience();
    const before = vi.fn();
    const after = vi.fn();
    resilience.on('call.succeeded', before);
    resilience.on('call.succeeded', listener);
    resilience.on('call.succeeded', after);
    await resilience.execute('chat', () => 1);
    expect(before).toHaveBeenCalledTimes(1);
    expect(after).toHaveBeenCalledTimes(1);
  });

  it('receives later events, and is reported each time', async () => {
    const resilience = createResilience();
    const events = troubles(resilience);
    resilience.on('call.started', listener);
    for (let call = 0; call < 3; call++) await resilience.execute('chat', () => 1);
    await pass(0);
    expect(typesOf(events)).toEqual(['hook.failed', 'hook.failed', 'hook.failed']);
  });

  it('is not reported when hook.failed has no listener', async () => {
    const resilience = createResilience();
    resilience.on('call.started', listener);
    const now = vi.spyOn(Date, 'now');
    expect(await resilience.execute('chat', () => 'fine')).toBe('fine');
    await pass(0);
    expect(now).toHaveBeenCalledTimes(1);
  });

  it('on hook.failed is not reported again, and changes nothing', async () => {
    const resilience = createResilience();
    const listeningToFailures = vi.fn(listener);
    resilience.on('hook.failed', listeningToFailures);
    const events = troubles(resilience);
    resilience.on('call.started', () => thrown(new Error('first')));
    expect(await resilience.execute('chat', () => 'fine')).toBe('fine');
    await pass(0);
    expect(listeningToFailures).toHaveBeenCalledTimes(1);
    expect(events).toMatchObject([{ hook: 'listener', error: new Error('first') }]);
  });

  it('on every type is not reported again for hook.failed', async () => {
    const resilience = createResilience();
    const toEverything = vi.fn(listener);
    resilience.on('*', toEverything);
    const events = troubles(resilience);
    expect(await resilience.execute('chat', () => 'fine')).toBe('fine');
    await pass(0);
    // It failed on call.started and on call.succeeded, and then on the report of each.
    expect(events).toHaveLength(2);
    expect(toEverything).toHaveBeenCalledTimes(4);
  });

  it('on an event of a breaker does not prevent its transition', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { openMs: 1_000 } } } });
    const events = troubles(resilience);
    resilience.on('breaker.opened', listener);
    resilience.on('breaker.half_opened', listener);
    resilience.on('breaker.closed', listener);
    await fail(resilience, 5);
    expect(resilience.breaker('chat').state).toBe('open');
    await pass(1_000);
    expect(resilience.breaker('chat').state).toBe('half_open');
    await resilience.execute('chat', () => 1);
    expect(resilience.breaker('chat').state).toBe('closed');
    await pass(0);
    expect(events).toMatchObject([{ operation: 'chat' }, { operation: 'chat' }, { operation: 'chat' }]);
  });
});

describe('a listener', () => {
  it('may throw anything', async () => {
    const resilience = createResilience();
    const events = troubles(resilience);
    resilience.on('call.started', () => thrown(undefined));
    await resilience.execute('chat', () => 1);
    expect(events).toHaveLength(1);
    expect(events[0]).toHaveProperty('error', undefined);
  });

  it('may unsubscribe itself and others during an event', async () => {
    const resilience = createResilience();
    const heard: string[] = [];
    const off = resilience.on('call.started', () => {
      heard.push('first');
      off();
      offOther();
    });
    const offOther = resilience.on('call.started', () => heard.push('other'));
    await resilience.execute('chat', () => 1);
    await resilience.execute('chat', () => 1);
    expect(heard).toEqual(['first']);
  });

  it('may begin calls, whose events all listeners receive in the same order', async () => {
    const resilience = createResilience();
    let nested: Promise<unknown> | undefined;
    resilience.on('call.started', ({ operation }) => {
      if (operation === 'outer') nested = resilience.execute('inner', () => 1);
    });
    const events = recorded(resilience);
    await resilience.execute('outer', () => 1);
    await nested;
    const started = events.filter(({ type }) => type === 'call.started');
    expect(started.map(({ operation }) => operation)).toEqual(['outer', 'inner']);
  });

  it('may abort the call of the event, whose function is then never called', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    resilience.on('call.started', () => abort.abort(error));
    const work = vi.fn();
    expect(await errorOf(resilience.execute('chat', work, { signal: abort.signal }))).toBe(error);
    expect(work).not.toHaveBeenCalled();
  });

  it('may open the breaker of the call that is starting', async () => {
    const resilience = createResilience();
    const handle = resilience.operation('chat').breaker();
    resilience.on('call.started', () => handle.open());
    expect(await resilience.inspect('chat', never)).toMatchObject({ stopReason: 'breaker_open' });
  });

  it('that rejects later causes no unhandled rejection', async () => {
    vi.useRealTimers();
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const resilience = createResilience();
      const events = troubles(resilience);
      const late: () => unknown = async () => {
        await macrotask();
        thrown(error);
      };
      resilience.on('call.started', late);
      await resilience.execute('chat', () => 1);
      await macrotask();
      await macrotask();
      expect(events).toHaveLength(1);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });
});

describe('the argument of a hook', () => {
  /** Paths of the objects in a value that can be written to, but for errors, which are the user's own. */
  function writable(value: unknown, path: string): string[] {
    if (typeof value !== 'object' || value === null || value instanceof Error) return [];
    const inner = Object.entries(value).flatMap(([name, each]) => writable(each, `${path}.${name}`));
    return Object.isFrozen(value) ? inner : [path, ...inner];
  }

  it('is deeply frozen, in every event and for every listener', async () => {
    const resilience = createResilience({
      context: () => ({ tenant: 'a' }),
      config: { defaults: { breaker: { trip: { consecutiveFailures: 2 } } } },
    });
    const given: string[] = [];
    const types = new Set<string>();
    resilience.on('*', (event) => {
      types.add(event.type);
      given.push(...writable(event, event.type));
    });
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '20' } });
    const first = resilience.inspect('chat', ({ attempt }) => (attempt === 1 ? thrown(limited) : 'fine'));
    await pass(30_000);
    await first;
    await fail(resilience, 3);
    const late = resilience.inspect('late', never, { deadlineMs: 10 });
    await pass(10);
    await late;
    resilience.configure({ operations: { chat: { retry: { kinds: { network: { maxAttempts: 2 } } } } } });
    expect(() => resilience.configure({ defaults: { deadlineMs: -1 } })).toThrow();
    expect(given).toEqual([]);
    expect([...types]).toEqual(expect.arrayContaining(['attempt.failed', 'breaker.opened', 'config.changed']));
  });

  it.each([
    { how: 'renames the kind', write: { kind: 'llm.overloaded' } },
    { how: 'hides the failure from the breaker', write: { breaker: 'ignored' } },
    { how: 'asks for a wait of days', write: { retryAfterMs: 1e9 } },
    { how: 'forbids the retry', write: { retry: 'never' } },
  ])('does not change a call: a listener that $how of event.failure has no effect', async ({ write }) => {
    const settings = { retry: { maxAttempts: 3, minDelayMs: 1, maxDelayMs: 1 } } as const;
    const resilience = createResilience();
    resilience.on('attempt.failed', ({ failure }) => Object.assign(failure, write));
    const down = Object.assign(new Error('down'), { status: 503 });
    const ended = errorOf(resilience.execute('chat', () => thrown(down), { settings }));
    await pass(10);
    expect(await ended).toBe(down);
    expect(explain(down)).toMatchObject({ stopReason: 'attempts_exhausted', failure: { kind: 'overloaded' } });
    expect(resilience.stats('chat').attempts).toBe(3);
    expect(resilience.breaker('chat').stats().failures).toBe(3);
  });

  it('is deeply frozen in onRetry, with its failure', async () => {
    const notices: RetryNotice[] = [];
    const work = ({ attempt }: Call) =>
      attempt === 1 ? thrown(Object.assign(new Error('x'), { status: 503 })) : 'fine';
    const done = retry(work, { minDelayMs: 1, maxDelayMs: 1, onRetry: (notice) => notices.push(notice) });
    await pass(10);
    expect(await done).toBe('fine');
    expect(notices.flatMap((notice) => writable(notice, 'notice'))).toEqual([]);
    expect(notices).toHaveLength(1);
  });
});

describe('an object that a Resilience returns', () => {
  it('is a copy or frozen, so that writing to it changes nothing', async () => {
    const resilience = createResilience();
    await fail(resilience, 6);
    const read = () => [
      resilience.snapshot(),
      resilience.stats(),
      resilience.health(),
      resilience.config(),
      resilience.operation('chat').settings,
      resilience.breaker('chat').snapshot(),
    ];
    const before = JSON.stringify(read());
    const overwrite = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, inner] of Object.entries(value)) {
        overwrite(inner);
        Reflect.set(value, name, 'overwritten');
      }
    };
    for (const value of read()) overwrite(value);
    expect(JSON.stringify(read())).toBe(before);
  });
});

describe('configure() with a function', () => {
  it('refuses a promise, whose rejection is not left unhandled', () => {
    const resilience = createResilience();
    const change = () => Reflect.apply(resilience.configure, resilience, [async () => thrown(error)]);
    expect(issuesIn(thrownBy(change))).toMatchObject([
      { path: 'change', message: 'must be returned synchronously, not as a promise' },
    ]);
  });
});

describe('the context hook', () => {
  it("gives values for call.context, overlaid with the call's own", async () => {
    let request = 0;
    const resilience = createResilience({
      context: () => {
        request += 1;
        return { request, tenant: 'hook' };
      },
    });
    const context = { tenant: 'call', model: 'small' };
    const seen = await resilience.execute('chat', (call) => call.context, { context });
    expect(seen).toEqual({ request: 1, tenant: 'call', model: 'small' });
    expect(await resilience.execute('chat', (call) => call.context)).toEqual({ request: 2, tenant: 'hook' });
    expect(context).toEqual({ tenant: 'call', model: 'small' });
  });

  it('receives the operation and key of the call, and so does the function', async () => {
    const requests = new AsyncLocalStorage<string>();
    const resilience = createResilience({ context: () => ({ request: requests.getStore() }) });
    const work = async (call: Call) => {
      await pass(1);
      return [call.context['request'], requests.getStore()];
    };
    const seen = ['one', 'other'].map((request) => requests.run(request, () => resilience.execute('chat', work)));
    expect(await Promise.all(seen)).toEqual([
      ['one', 'one'],
      ['other', 'other'],
    ]);
  });

  it('is optional, and without it the context is what the call brings, or empty', async () => {
    const resilience = createResilience();
    expect(await resilience.execute('chat', (call) => call.context)).toEqual({});
    expect(await resilience.execute('chat', (call) => call.context, { context: { tenant: 'a' } })).toEqual({
      tenant: 'a',
    });
  });

  it('is called once a call, before the function, and not for bad input', async () => {
    const hook = vi.fn(() => ({}));
    const resilience = createResilience({ context: hook });
    await resilience.execute('chat', () => expect(hook).toHaveBeenCalledTimes(1));
    await errorOf(resilience.execute('chat', () => 1, { deadlineMs: 0 }));
    expect(hook).toHaveBeenCalledTimes(1);
  });

  it('that throws gives nothing, is reported, and the call goes on with its own values', async () => {
    const resilience = createResilience({ context: () => thrown(error) });
    const events = troubles(resilience);
    expect(await resilience.execute('chat', (call) => call.context, { context: { tenant: 'a' } })).toEqual({
      tenant: 'a',
    });
    expect(await resilience.execute('chat', (call) => call.context)).toEqual({});
    const told = { type: 'hook.failed', at: START, hook: 'context', operation: 'chat', key: undefined, error };
    expect(events).toEqual([{ ...told, context: { tenant: 'a' } }, told]);
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, successes: 2 });
  });

  it('that returns a promise gives nothing, is reported, and its rejection is handled', async () => {
    const given = Promise.reject(error);
    const hook = () => given;
    const resilience: Resilience = Reflect.apply(createResilience, undefined, [{ context: hook }]);
    const events = troubles(resilience);
    expect(await resilience.execute('chat', (call) => call.context)).toEqual({});
    expect(events).toMatchObject([{ hook: 'context', error: { name: 'TypeError' } }]);
  });

  it.each([undefined, null, 7])('that returns %o gives nothing', async (given) => {
    const resilience: Resilience = Reflect.apply(createResilience, undefined, [{ context: () => given }]);
    const events = troubles(resilience);
    expect(await resilience.execute('chat', (call) => call.context, { context: { tenant: 'a' } })).toEqual({
      tenant: 'a',
    });
    expect(events).toEqual([]);
  });

  it('whose values throw when they are read is reported', async () => {
    const context = () => ({
      get tenant(): string {
        return thrown(error);
      },
    });
    const resilience = createResilience({ context });
    const events = troubles(resilience);
    expect(await resilience.execute('chat', (call) => call.context)).toEqual({});
    expect(events).toMatchObject([{ hook: 'context', error }]);
  });
});

describe('a source of random numbers', () => {
  it.each([
    { how: 'throws', random: () => thrown(error) },
    { how: 'gives NaN', random: () => Number.NaN },
    { how: 'gives 17', random: () => 17 },
    { how: 'gives -1', random: () => -1 },
  ])('that $how changes no call, and breakers open and close as usual', async ({ random }) => {
    const resilience = createResilience({ random, config: { defaults: { breaker: { openMs: 1_000 } } } });
    await fail(resilience, 5);
    expect(resilience.breaker('chat').state).toBe('open');
    await pass(1_000);
    await fail(resilience, 1);
    expect(resilience.breaker('chat').state).toBe('open');
    await pass(2_000);
    expect(await resilience.execute('chat', () => 'well again')).toBe('well again');
    expect(resilience.breaker('chat').state).toBe('closed');
  });
});

describe('a classification rule', () => {
  const ofRule = new Error('of the rule');

  it.each([
    { how: 'throws', when: () => thrown(ofRule) },
    { how: 'answers by a promise that rejects', when: async () => thrown(ofRule) },
    { how: 'gives junk', when: () => 'perhaps' },
  ])('that $how is skipped, and reported', async ({ when }) => {
    // What a user without a compiler may give.
    const made: unknown = Reflect.apply(createResilience, undefined, [
      {
        classify: [
          { name: 'bad', when, means: 'overloaded' },
          { when: { message: 'down' }, means: 'timeout' },
        ],
      },
    ]);
    const resilience = asResilience(made);
    const events = troubles(resilience);
    const down = new Error('down');
    const settings = { retry: false } as const;
    expect(await errorOf(resilience.execute('chat', () => thrown(down), { key: 'eu', settings }))).toBe(down);
    await pass(0);
    expect(explain(down)?.failure?.kind).toBe('timeout');
    expect(events).toMatchObject([{ hook: 'classify', operation: 'chat', key: 'eu' }]);
    await resilience.close();
  });
});

function asResilience(made: unknown): Resilience {
  if (isResilience(made)) return made;
  throw new Error('should have been made');
}

function isResilience(made: unknown): made is Resilience {
  return typeof made === 'object' && made !== null && 'execute' in made;
}
