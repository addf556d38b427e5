import { createResilience, explain, ResilienceClosedError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, fail, never, recorded, thrownBy, typesOf } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

/** Whether a promise has settled by now. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await pass(0);
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('close()', () => {
  it('resolves at once when nothing is under way', async () => {
    await createResilience().close();
    const used = createResilience();
    await used.execute('chat', () => 1);
    await used.close();
  });

  it('waits for the calls under way, which end with their results', async () => {
    const resilience = createResilience();
    const works = [deferred<string>(), deferred<string>()];
    const done = works.map(({ promise }, key) => resilience.execute('chat', () => promise, { key: `${key}` }));
    const closed = resilience.close();
    expect(await hasSettled(closed)).toBe(false);
    works[0]?.resolve('one');
    expect(await done[0]).toBe('one');
    expect(await hasSettled(closed)).toBe(false);
    works[1]?.reject(new Error('two'));
    expect(await errorOf(Promise.resolve(done[1]))).toEqual(new Error('two'));
    expect(await hasSettled(closed)).toBe(true);
  });

  it('lets a hung call run to its deadline', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: 100 } } });
    const report = resilience.inspect('chat', never);
    const closed = resilience.close();
    await pass(99);
    expect(await hasSettled(closed)).toBe(false);
    await pass(1);
    expect(await report).toMatchObject({ stopReason: 'deadline' });
    expect(await hasSettled(closed)).toBe(true);
  });

  it('waits for calls that themselves wait for another attempt or for their quota', async () => {
    const resilience = createResilience({ random: () => 0, config: { defaults: { retry: { minDelayMs: 100 } } } });
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '2' } });
    const ends: Promise<string>[] = [
      resilience.execute('chat', ({ attempt }) => (attempt === 1 ? Promise.reject(reset) : 'again')),
      resilience.execute('held', ({ attempt }) => (attempt === 1 ? Promise.reject(limited) : 'later')),
    ];
    await pass(0);
    ends.push(resilience.execute('held', () => 'released'));
    const closed = resilience.close();
    await pass(1_999);
    expect(await hasSettled(closed)).toBe(false);
    await pass(1);
    expect(await Promise.all(ends)).toEqual(['again', 'later', 'released']);
    expect(await hasSettled(closed)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait for what a call has left behind', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: 100 } } });
    const ended = errorOf(resilience.execute('chat', never));
    await pass(100);
    await ended;
    expect(await hasSettled(resilience.close())).toBe(true);
  });

  it('returns the same promise when it is called twice', async () => {
    const resilience = createResilience();
    const work = deferred<string>();
    const done = resilience.execute('chat', () => work.promise);
    const first = resilience.close();
    expect(resilience.close()).toBe(first);
    work.resolve('fine');
    await done;
    await first;
    await resilience.close();
  });

  it('leaves no timer behind, with breakers open, half-open and held open', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { openMs: 50 } } } });
    await fail(resilience, 5, 'half-open');
    await pass(50);
    await fail(resilience, 5, 'open');
    await fail(resilience, 5, 'open', 'eu');
    resilience.operation('held').breaker().isolate();
    expect(resilience.health()).toMatchObject({
      openBreakers: ['open', 'open/eu', 'held'],
      halfOpenBreakers: ['half-open'],
    });
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await resilience.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can be waited for within a call, which then ends at its own deadline', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: 100 } } });
    const report = resilience.inspect('chat', () => resilience.close());
    await pass(100);
    expect(await report).toMatchObject({ stopReason: 'deadline' });
    expect(await hasSettled(resilience.close())).toBe(true);
  });

  it('can be called by a listener without an effect on the call', async () => {
    const resilience = createResilience();
    resilience.on('call.started', () => void resilience.close());
    expect(await resilience.execute('chat', () => 'fine')).toBe('fine');
    await resilience.close();
    expect(await errorOf(resilience.execute('chat', () => 1))).toBeInstanceOf(ResilienceClosedError);
  });

  it('in the context hook rejects that very call, and leaves no call behind', async () => {
    const resilience = createResilience({
      context: () => {
        void resilience.close();
        return {};
      },
    });
    const work = vi.fn();
    expect(await errorOf(resilience.execute('chat', work))).toBeInstanceOf(ResilienceClosedError);
    expect(work).not.toHaveBeenCalled();
    expect(await hasSettled(resilience.close())).toBe(true);
  });
});

describe('after close()', () => {
  const closedOne = async () => {
    const resilience = createResilience();
    await resilience.execute('chat', () => 1);
    await resilience.close();
    return resilience;
  };

  it('execute() rejects with a ResilienceClosedError, of a known operation and of a new one', async () => {
    const resilience = await closedOne();
    const work = vi.fn();
    for (const operation of ['chat', 'new']) {
      const error = await errorOf(resilience.execute(operation, work));
      expect(error).toBeInstanceOf(ResilienceClosedError);
      expect(error).toMatchObject({
        name: 'ResilienceClosedError',
        code: 'HOLDFAST_CLOSED',
        message: 'this Resilience is closed and accepts no more calls',
      });
      expect(explain(error)).toBeUndefined();
    }
    expect(work).not.toHaveBeenCalled();
    expect(resilience.stats()).toMatchObject({ calls: 1, successes: 1 });
    expect(resilience.health().operations).toBe(1);
  });

  it('inspect() resolves with the stop reason `closed`', async () => {
    const resilience = await closedOne();
    for (const operation of ['chat', 'new']) {
      expect(await resilience.inspect(operation, () => 1)).toEqual({
        ok: false,
        error: expect.any(ResilienceClosedError),
        operation,
        key: undefined,
        callId: '',
        stopReason: 'closed',
        failure: undefined,
        attempts: [],
        totalMs: 0,
        waitedMs: 0,
        skippedTargets: [],
        fallbackUsed: false,
        cached: false,
      });
    }
  });

  it('a wrapped function rejects, and a new one cannot be made of a new operation', async () => {
    const resilience = createResilience();
    const wrapped = resilience.wrap('chat', () => 1);
    await resilience.close();
    expect(await errorOf(wrapped())).toBeInstanceOf(ResilienceClosedError);
    expect(thrownBy(() => resilience.wrap('new', () => 1))).toBeInstanceOf(ResilienceClosedError);
    expect(thrownBy(() => resilience.operation('new'))).toBeInstanceOf(ResilienceClosedError);
  });

  it('no event is emitted for rejected calls', async () => {
    const resilience = await closedOne();
    const events = recorded(resilience);
    await errorOf(resilience.execute('chat', () => 1));
    expect(typesOf(events)).toEqual([]);
  });

  it('numbers and breakers can be read, and breakers cannot be changed', async () => {
    const resilience = await closedOne();
    const handles = [resilience.breaker('chat'), resilience.breaker('chat', 'new')];
    expect(resilience.stats('chat').calls).toBe(1);
    expect(resilience.health()).toMatchObject({ healthy: false, status: 'unhealthy', openBreakers: [] });
    for (const handle of handles) {
      expect(handle.state).toBe('closed');
      expect(handle.snapshot()).toEqual({ version: 1, state: 'closed', consecutiveFailures: 0 });
      for (const move of ['open', 'close', 'isolate', 'reset'] as const) {
        expect(thrownBy(() => handle[move]())).toBeInstanceOf(ResilienceClosedError);
      }
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a late result of an abandoned attempt is still reported', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: 100 } } });
    const events = recorded(resilience);
    const work = deferred<string>();
    const ended = errorOf(resilience.execute('chat', () => work.promise));
    const closed = resilience.close();
    await pass(100);
    await ended;
    await closed;
    await pass(101);
    work.resolve('late');
    await pass(0);
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed', 'attempt.abandoned']);
  });
});
