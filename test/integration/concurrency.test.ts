import { AsyncLocalStorage } from 'node:async_hooks';
import { CapacityError, createResilience, explain, type HoldfastEvent, toHttpStatus } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const limited = (concurrency: object, others: object = {}) =>
  createResilience({
    config: { operations: { chat: { retry: false, breaker: false, concurrency, ...others } } },
  });

/** Work that takes this long, and a count of how much of it runs at a time. */
function work(ms: number) {
  const count = { running: 0, most: 0 };
  const run = async () => {
    count.running += 1;
    count.most = Math.max(count.most, count.running);
    await new Promise((resolve) => setTimeout(resolve, ms));
    count.running -= 1;
    return 'fine';
  };
  return { count, run };
}

describe('an operation with a limit of calls at a time', () => {
  it('runs at most three of twenty calls at a time, and all of them', async () => {
    const resilience = limited({ limit: 3 });
    const { count, run } = work(10);
    const calls = Promise.all(Array.from({ length: 20 }, () => resilience.execute('chat', run)));
    await pass(70);
    expect(await calls).toHaveLength(20);
    expect(count).toEqual({ running: 0, most: 3 });
    await resilience.close();
  });

  it('limits each key by itself', async () => {
    const resilience = limited({ limit: 1 });
    const { count, run } = work(10);
    const calls = Promise.all(['a', 'b', 'c'].map((key) => resilience.execute('chat', run, { key })));
    await pass(10);
    await calls;
    expect(count.most).toBe(3);
    await resilience.close();
  });

  it('rejects what finds no place in the queue, counts it, and reports it', async () => {
    const resilience = limited({ limit: 1, queue: 1 });
    const events: HoldfastEvent[] = [];
    resilience.on('capacity.rejected', (event) => events.push(event));
    const { run } = work(10);
    const calls = [1, 2].map(() => resilience.execute('chat', run));
    const error = await errorOf(resilience.execute('chat', run));
    expect(error).toBeInstanceOf(CapacityError);
    expect(explain(error)).toMatchObject({ stopReason: 'capacity', failure: undefined });
    expect(toHttpStatus(error)).toBe(503);
    expect(events).toMatchObject([{ operation: 'chat', refusal: 'queue_full', limit: 1, waiting: 1, abandoned: 0 }]);
    await pass(20);
    await Promise.all(calls);
    expect(resilience.stats('chat')).toMatchObject({ calls: 3, successes: 2, rejections: { capacity: 1 } });
    await resilience.close();
  });

  it('settles 100,000 calls that are offered at once to a limit of 10 and a queue of 100', async () => {
    const resilience = limited({ limit: 10, queue: 100 });
    const { count, run } = work(10);
    const settled = Promise.allSettled(Array.from({ length: 100_000 }, () => resilience.execute('chat', run)));
    await pass(110);
    const fulfilled = (await settled).filter(({ status }) => status === 'fulfilled');
    expect(fulfilled).toHaveLength(110);
    expect(count).toEqual({ running: 0, most: 10 });
    const { calls, successes, rejections } = resilience.stats('chat');
    expect([calls, successes, rejections.capacity]).toEqual([100_000, 110, 99_890]);
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });

  it('holds no permit during the backoff of a call', async () => {
    const resilience = limited({ limit: 1 }, { retry: { maxAttempts: 2, minDelayMs: 1_000, jitter: 'none' } });
    const failing = vi.fn().mockRejectedValueOnce(Object.assign(new Error('busy'), { status: 500 }));
    const retried = resilience.execute('chat', () => failing());
    await pass(0);
    expect(await resilience.execute('chat', () => 'meanwhile')).toBe('meanwhile');
    await pass(1_000);
    await retried;
    await resilience.close();
  });

  it('runs the function of a call that has waited in the async context of its caller', async () => {
    const resilience = limited({ limit: 1 });
    const user = new AsyncLocalStorage<string>();
    const { run } = work(10);
    const calls = ['alice', 'bob', 'carol'].map((name) =>
      user.run(name, () => resilience.execute('chat', async () => [user.getStore(), await run(), user.getStore()])),
    );
    await pass(30);
    expect(await Promise.all(calls)).toEqual(['alice', 'bob', 'carol'].map((name) => [name, 'fine', name]));
    await resilience.close();
  });

  it('ends a call that waits at once when its caller aborts, and when its parent ends', async () => {
    const resilience = limited({ limit: 1 });
    const { run } = work(10);
    const first = resilience.execute('chat', run);
    const abort = new AbortController();
    const waiting = errorOf(resilience.execute('chat', run, { signal: abort.signal }));
    const parent = resilience.execute('parent', (call) => resilience.execute('chat', run, { parent: call }), {
      deadlineMs: 5,
    });
    const inner = errorOf(parent);
    const reason = new Error('left');
    abort.abort(reason);
    expect(await waiting).toBe(reason);
    await pass(5);
    expect(await inner).toMatchObject({ name: 'DeadlineExceededError' });
    expect(resilience.stats('chat').concurrency).toMatchObject({ waiting: 0 });
    await pass(5);
    await first;
    await resilience.close();
  });

  it('holds 10,000 calls that wait with one timer, and lets `close()` wait for them', async () => {
    const resilience = limited({ limit: 100, queue: 10_000 }, { attemptTimeoutMs: false, deadlineMs: false });
    const { count, run } = work(1);
    const calls = Promise.all(Array.from({ length: 10_000 }, () => resilience.execute('chat', run)));
    // A timer of each function that runs, and one of the queue.
    expect(vi.getTimerCount()).toBe(101);
    const closed = resilience.close();
    await pass(100);
    await calls;
    await closed;
    expect(count.most).toBe(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('follows a change of the limit at run time, also to none', async () => {
    const resilience = limited({ limit: 1 });
    const { count, run } = work(10);
    const calls = Array.from({ length: 6 }, () => resilience.execute('chat', run));
    await pass(0);
    resilience.configure({ operations: { chat: { concurrency: { limit: 2 } } } });
    await pass(0);
    expect(count.running).toBe(2);
    resilience.configure({ operations: { chat: { concurrency: false } } });
    await pass(0);
    expect(count.running).toBe(6);
    await pass(10);
    await Promise.all(calls);
    await resilience.close();
  });

  it('lets a call run without a permit whose settings say so', async () => {
    const resilience = limited({ limit: 1, queue: 0 });
    const { run } = work(10);
    const first = resilience.execute('chat', run);
    expect(await resilience.execute('chat', () => 'now', { settings: { concurrency: false } })).toBe('now');
    await pass(10);
    await first;
    await resilience.close();
  });

  it('shows how full a key is in a snapshot', async () => {
    const resilience = limited({ limit: 1, adaptive: { floor: 1 } });
    const { run } = work(10);
    const calls = [1, 2].map(() => resilience.execute('chat', run));
    const [key] = resilience.snapshot().operations['chat']?.keys ?? [];
    expect(resilience.stats('chat').concurrency).toEqual(key?.concurrency);
    expect(key?.concurrency).toEqual({
      limit: 1,
      inUse: 1,
      abandoned: 0,
      waiting: 1,
      adaptive: { floor: 1, ceiling: 1, lastReason: null },
      history: [],
    });
    await pass(20);
    await Promise.all(calls);
    await resilience.close();
  });

  it.each([
    [{ limit: 0 }, 'concurrency.limit: must be a whole number from 1 to 1000000'],
    [{ limit: Number.NaN }, 'concurrency.limit: must be a whole number from 1 to 1000000'],
    [{ queue: -1 }, 'concurrency.queue: must be a whole number from 0 to 1000000'],
    [{ adaptive: { floor: 20 } }, 'concurrency.adaptive.floor: must not be higher than limit'],
    [{ adaptive: { floor: 3, ceiling: 2 } }, 'concurrency.adaptive.ceiling: must not be lower than floor'],
    [{ adaptive: { delay: 'total' } }, 'concurrency.adaptive.delay: must be one of pace, firstContent'],
  ])('is refused with the settings %o', (concurrency, message) => {
    expect(() => limited(concurrency)).toThrow(message);
  });
});
