import { getEventListeners } from 'node:events';
import { setImmediate as macrotask } from 'node:timers/promises';
import { AttemptTimeoutError, type Call, createResilience, DeadlineExceededError, explain } from 'holdfast';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, recorded, typesOf } from '../support/calls.js';
import { loopback, nobodyThere } from '../support/loopback.js';

// A real server and real time: the deadlines here are short, and nothing is said of how long they really took.
const SOON_MS = 40;
const QUICK = { minDelayMs: 1, maxDelayMs: 5 };

const unhandled = vi.fn();

beforeEach(() => {
  process.on('unhandledRejection', unhandled);
});

afterEach(async () => {
  // Rejections are noticed when the microtasks have run out.
  await macrotask();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

/** Counts our timers that have neither fired nor been stopped; fetch has timers of its own. */
function watchTimers(): { readonly running: () => number } {
  const running = new Set<unknown>();
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((onTime, ms) => {
    const timer = start(() => {
      running.delete(timer);
      onTime();
    }, ms);
    if (/runtime.timer/.test(new Error().stack ?? '')) running.add(timer);
    return timer;
  });
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    running.delete(timer);
    stop(timer);
  });
  return { running: () => running.size };
}

/** Asks and reads the whole answer, as every SDK does. */
const ask = (url: string) => async (call: Call) => {
  const response = await fetch(url, { signal: call.signal });
  return response.text();
};

describe('a server that answers', () => {
  it('leaves no timer and no listener', async () => {
    const server = await loopback((_, response) => {
      response.setHeader('connection', 'close').end('hello');
    });
    const timers = watchTimers();
    const abort = new AbortController();
    const resilience = createResilience();
    expect(await resilience.execute('chat', ask(server.url), { signal: abort.signal })).toBe('hello');
    expect(timers.running()).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('with an error status makes the call succeed, since fetch does not reject', async () => {
    const server = await loopback((_, response) => {
      response.writeHead(503, { connection: 'close' }).end('overloaded');
    });
    const resilience = createResilience();
    const response = await resilience.execute('chat', (call) => fetch(server.url, { signal: call.signal }));
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('overloaded');
    expect(resilience.stats('chat').successes).toBe(1);
  });
});

describe('a server that hangs', () => {
  it('is left at the deadline with the request aborted, the error for the caller, and nothing left behind', async () => {
    const server = await loopback(() => undefined);
    const timers = watchTimers();
    const resilience = createResilience({ config: { defaults: { deadlineMs: SOON_MS, breaker: false } } });
    const abandoned: unknown[] = [];
    resilience.on('attempt.abandoned', (event) => abandoned.push(event));

    const error = await errorOf(resilience.execute('chat', ask(server.url)));
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(explain(error)).toMatchObject({ stopReason: 'deadline', attempts: [{ outcome: 'failure' }] });
    await server.left;
    // `fetch` hears the signal, so nothing was abandoned.
    expect(abandoned).toEqual([]);
    expect(timers.running()).toBe(0);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failures: 1, failuresByKind: { timeout: 1 } });
    await resilience.close();
  });

  it('makes fetch reject with a TimeoutError whose cause says which limit it was', async () => {
    const server = await loopback(() => undefined);
    const resilience = createResilience({ config: { defaults: { attemptTimeoutMs: SOON_MS, retry: false } } });
    const seen = deferred<unknown>();
    const error = await errorOf(
      resilience.execute('chat', async (call) => {
        try {
          return await fetch(server.url, { signal: call.signal });
        } catch (rejection) {
          seen.resolve(rejection);
          throw rejection;
        }
      }),
    );
    expect(error).toBeInstanceOf(AttemptTimeoutError);
    const rejection = await seen.promise;
    expect(rejection).toBeInstanceOf(DOMException);
    expect(rejection).toMatchObject({ name: 'TimeoutError', cause: error });
  });

  it('is left when the caller aborts, with the reason of the caller', async () => {
    const server = await loopback(() => undefined);
    const timers = watchTimers();
    const resilience = createResilience({ config: { defaults: { breaker: false } } });
    const abort = new AbortController();
    const ended = errorOf(resilience.execute('chat', ask(server.url), { signal: abort.signal }));
    await server.asked;
    expect(timers.running()).toBe(1);
    const reason = new Error('the user left');
    abort.abort(reason);
    expect(await ended).toBe(reason);
    await server.left;
    expect(timers.running()).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    expect(resilience.stats('chat').failuresByKind).toEqual({ cancelled: 1 });
  });

  it('opens the breaker, and then receives no more requests', async () => {
    let requests = 0;
    const server = await loopback(() => {
      requests += 1;
    });
    const resilience = createResilience({
      config: { defaults: { attemptTimeoutMs: SOON_MS, retry: false, breaker: { trip: { consecutiveFailures: 2 } } } },
    });
    const events = recorded(resilience);
    for (let call = 0; call < 4; call++) await errorOf(resilience.execute('chat', ask(server.url)));
    expect(requests).toBe(2);
    expect(resilience.stats('chat')).toMatchObject({ attempts: 2, rejections: { breaker: 2 } });
    expect(typesOf(events).filter((type) => type.startsWith('breaker.'))).toEqual([
      'breaker.opened',
      'breaker.rejected',
      'breaker.rejected',
    ]);
    await resilience.close();
  });
});

describe('a port that refuses', () => {
  it('fails with the very error of its last fetch, after attempts that leave nothing behind', async () => {
    const url = await nobodyThere();
    const timers = watchTimers();
    const resilience = createResilience({ config: { defaults: { breaker: false, retry: QUICK } } });
    let thrown: unknown;
    const error = await errorOf(
      resilience.execute('chat', async (call) => {
        try {
          return await fetch(url, { signal: call.signal });
        } catch (rejection) {
          thrown = rejection;
          throw rejection;
        }
      }),
    );
    expect(error).toBe(thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(explain(error)).toMatchObject({
      stopReason: 'attempts_exhausted',
      failure: { kind: 'network', breaker: 'failure', code: 'ECONNREFUSED' },
      attempts: [{ number: 1 }, { number: 2 }, { number: 3 }],
    });
    expect(timers.running()).toBe(0);
  });
});

describe('a body that comes slowly', () => {
  it('is cut off at the attempt timeout, though its headers were in time', async () => {
    const server = await loopback((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('the first word, and then ');
    });
    const timers = watchTimers();
    const resilience = createResilience({
      config: { defaults: { attemptTimeoutMs: SOON_MS, breaker: false, retry: false } },
    });
    const error = await errorOf(resilience.execute('chat', ask(server.url)));
    expect(error).toBeInstanceOf(AttemptTimeoutError);
    await server.left;
    expect(timers.running()).toBe(0);
  });

  it('is left to the caller once the function has returned the response', async () => {
    const more = deferred();
    const server = await loopback((_, response) => {
      response.writeHead(200, { connection: 'close' });
      response.write('the first word, ');
      void more.promise.then(() => response.end('and the last'));
    });
    const resilience = createResilience();
    const response = await resilience.execute('chat', (call) => fetch(server.url, { signal: call.signal }));
    expect(resilience.stats('chat').successes).toBe(1);
    more.resolve();
    expect(await response.text()).toBe('the first word, and the last');
  });
});

describe('a server that fails at first', () => {
  it('receives another request, and nothing of the earlier ones is left', async () => {
    let requests = 0;
    const server = await loopback((request, response) => {
      requests += 1;
      if (requests < 3) request.socket.destroy();
      else response.setHeader('connection', 'close').end('well again');
    });
    const timers = watchTimers();
    const abort = new AbortController();
    const resilience = createResilience({ config: { defaults: { retry: QUICK } } });
    const signals = new Set<AbortSignal>();
    const work = (call: Call) => {
      signals.add(call.signal);
      return ask(server.url)(call);
    };
    expect(await resilience.execute('chat', work, { signal: abort.signal })).toBe('well again');
    expect(requests).toBe(3);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, attempts: 3, retries: 2 });
    expect(signals.size).toBe(3);
    expect(timers.running()).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    await resilience.close();
  });

  it('receives no more requests when the caller aborts between two attempts', async () => {
    let requests = 0;
    const server = await loopback((_, response) => {
      requests += 1;
      response.writeHead(500, { connection: 'close' }).end();
    });
    const timers = watchTimers();
    const abort = new AbortController();
    const resilience = createResilience();
    const waits = deferred<unknown>();
    resilience.on('retry.scheduled', waits.resolve);
    const work = async (call: Call) => {
      const { status } = await fetch(server.url, { signal: call.signal });
      throw Object.assign(new Error('answered'), { status });
    };
    const ended = errorOf(resilience.execute('chat', work, { signal: abort.signal }));
    expect(await waits.promise).toMatchObject({ attempt: 1, failure: { kind: 'server_error' } });
    await macrotask();
    expect(timers.running()).toBe(1);
    const reason = new Error('the user left');
    abort.abort(reason);
    expect(await ended).toBe(reason);
    expect(timers.running()).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    expect(requests).toBe(1);
    await resilience.close();
  });
});

describe('many calls that share one signal', () => {
  it('leave no listener on it, and cause no warning of a leak', async () => {
    const server = await loopback((_, response) => {
      response.setHeader('connection', 'close').end('hello');
    });
    const warnings = vi.fn();
    process.on('warning', warnings);
    try {
      const abort = new AbortController();
      const resilience = createResilience();
      const calls = Array.from({ length: 30 }, () =>
        resilience.execute('chat', ask(server.url), { signal: abort.signal }),
      );
      expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
      await Promise.all(calls);
      expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
      await macrotask();
      expect(warnings).not.toHaveBeenCalled();
    } finally {
      process.off('warning', warnings);
    }
  });
});
