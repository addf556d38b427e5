import { type Call, createResilience, DeadlineExceededError, type HoldfastEvent } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { retry } from 'holdfast/retry';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A signal that cannot be left again. */
function clingingSignal(): AbortSignal {
  const { signal } = new AbortController();
  vi.spyOn(signal, 'removeEventListener').mockImplementation(() => {
    throw new Error('no way out');
  });
  return signal;
}

/** A native promise that cannot be listened to. */
function deafPromise(): Promise<string> {
  return Object.assign(Promise.resolve('value'), {
    // biome-ignore lint/suspicious/noThenProperty: the test needs one
    then: () => {
      throw new Error('deaf');
    },
  });
}

describe('a signal whose removeEventListener throws', () => {
  it('does not keep execute() from settling, counting and reporting the call', async () => {
    const resilience = createResilience();
    const ended = vi.fn();
    resilience.on('call.succeeded', ended);
    await expect(resilience.execute('chat', () => 'done', { signal: clingingSignal() })).resolves.toBe('done');
    expect(ended).toHaveBeenCalledOnce();
    expect(resilience.stats('chat').successes).toBe(1);
    await resilience.close();
  });

  it('does not keep retry() from settling', async () => {
    await expect(retry(() => 'done', { signal: clingingSignal() })).resolves.toBe('done');
    const failed = retry(() => Promise.reject(new Error('bad')), { signal: clingingSignal() });
    await expect(failed).rejects.toThrow('bad');
  });
});

describe('a signal whose methods reject', () => {
  const rejecting = () => Promise.reject(new Error('no way in or out'));
  const methods = { addEventListener: rejecting, removeEventListener: rejecting };
  const signal = Object.assign(new AbortController().signal, methods);

  it('keeps neither execute() nor retry() from settling, and leaves no rejection unhandled', async () => {
    const resilience = createResilience();
    expect(await resilience.execute('chat', () => 'done', { signal })).toBe('done');
    expect(await retry(() => 'done', { signal })).toBe('done');
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('a signal that cannot be read or listened to any more', () => {
  it('keeps neither execute() nor retry() from settling with a stream', async () => {
    const resilience = createResilience();
    for (const run of [
      (work: (call: Call) => unknown, signal: AbortSignal) => resilience.execute('chat', work, { signal }),
      (work: (call: Call) => unknown, signal: AbortSignal) => retry(work, { signal }),
    ]) {
      const { signal } = new AbortController();
      const stream = new ReadableStream();
      const work = (call: Call) => {
        expect(call.signal.aborted).toBe(false);
        vi.spyOn(signal, 'aborted', 'get').mockImplementation(() => {
          throw new Error('unreadable');
        });
        return stream;
      };
      expect(await run(work, signal)).toBe(stream);
    }
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
  });
});

describe('a native promise with a then of its own that throws', () => {
  it('is a failed attempt of a failed call', async () => {
    const resilience = createResilience();
    const report = await resilience.inspect('chat', deafPromise);
    expect(report).toMatchObject({ ok: false, error: { message: 'deaf' }, attempts: [{ outcome: 'failure' }] });
  });

  it('is settled by a breaker as a failure', async () => {
    const breaker = new CircuitBreaker();
    await expect(breaker.execute(deafPromise)).rejects.toThrow('deaf');
    expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1 });
  });
});

describe('a listener that blocks the thread before an attempt', () => {
  const DOWN = Object.assign(new Error('down'), { status: 503 });

  it.each([
    { type: 'call.started', breaker: {}, failures: 0 },
    { type: 'breaker.rejected', breaker: { mode: 'observe' }, failures: 1 },
    { type: 'breaker.half_opened', breaker: { openMs: 1 }, failures: 1 },
  ] as const)('leaves the call its deadline when it hears $type', async ({ type, breaker, failures }) => {
    vi.useFakeTimers();
    const resilience = createResilience({
      preset: 'none',
      config: {
        defaults: {
          deadlineMs: 100,
          attemptTimeoutMs: 90,
          retry: false,
          breaker: { trip: { consecutiveFailures: 1 }, ...breaker },
        },
      },
    });
    for (let failed = 0; failed < failures; failed++) {
      await expect(resilience.execute('chat', () => Promise.reject(DOWN))).rejects.toBe(DOWN);
    }
    // The clocks go on, and no timer fires.
    let blockedMs = failures === 0 ? 0 : 10;
    const realNow = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => realNow() + blockedMs);
    const startedAtMs = performance.now();
    const unsubscribe = resilience.on(type, () => {
      blockedMs += 60;
      unsubscribe();
    });
    const end = resilience.execute('chat', () => new Promise<never>(() => undefined)).catch((error: unknown) => error);
    expect(performance.now() - startedAtMs).toBe(60);
    await vi.advanceTimersByTimeAsync(40);
    expect(await end).toBeInstanceOf(DeadlineExceededError);
    expect(performance.now() - startedAtMs).toBe(100);
  });
});

describe('configure() with a function', () => {
  it.each([
    { what: 'a SyntaxError', thrown: new SyntaxError('bad JSON') },
    { what: 'a primitive', thrown: 'no' },
  ])('that throws $what passes it on and reports the refusal', ({ thrown }) => {
    const resilience = createResilience();
    const events: HoldfastEvent[] = [];
    resilience.on('config.refused', (event) => events.push(event));
    const change = () => {
      throw thrown;
    };
    expect(() => resilience.configure(change, { actor: 'ada' })).toThrow(thrown instanceof Error ? thrown : /^no$/);
    const message = 'must be readable, but reading it threw an error';
    expect(events).toMatchObject([{ actor: 'ada', issues: [{ path: 'change', message }] }]);
    expect(resilience.snapshot().config.version).toBe(1);
  });

  it('that returns a promise refuses it, and drops what the promise rejects with', async () => {
    const resilience = createResilience();
    // @ts-expect-error: a promise is no config
    expect(() => resilience.configure(() => Promise.reject(new Error('late')))).toThrow(/must be/);
    await new Promise((resolve) => setImmediate(resolve));
  });
});
