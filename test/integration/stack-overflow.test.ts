import { createResilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { retry } from 'holdfast/retry';
import { afterEach, beforeEach, expect, it } from 'vitest';

const unhandled: unknown[] = [];
const note = (error: unknown) => {
  unhandled.push(error);
};

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});

afterEach(() => {
  process.off('unhandledRejection', note);
});

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Calls `end` with as much of the stack in use as possible: once at each of the last frames before it is full. */
function fillStack<T>(end: () => T, into: T[]): void {
  try {
    fillStack(end, into);
  } catch {
    // Here a little more of the stack is free than one frame deeper.
  }
  if (into.length < 60) {
    try {
      into.push(end());
    } catch {
      // The stack is still too full for even that much.
    }
  }
}

it('a function that recurses through its own operation rejects with the RangeError, and every call is counted', async () => {
  const resilience = createResilience({ preset: 'production' });
  let calls = 0;
  const recurse = (): Promise<unknown> => {
    calls += 1;
    return resilience.execute('walk', recurse, { deadlineMs: 60_000 });
  };
  await expect(recurse()).rejects.toThrow(RangeError);
  await turn();
  await turn();
  expect(unhandled).toEqual([]);
  const { stats, keys } = resilience.snapshot().operations['walk'] ?? {};
  expect(keys?.[0]?.inFlight).toBe(0);
  expect(stats?.successes).toBe(0);
  expect(calls).toBeGreaterThan(100);
  expect(stats?.failures).toBeGreaterThan(100);
  expect(resilience.snapshot().inFlight).toBe(0);
  await resilience.close();
});

it('a call made where the stack is nearly full is settled, counted and leaves no admission, wherever it overflows', async () => {
  const trip = { consecutiveFailures: 1_000_000 };
  const resilience = createResilience({ preset: 'production', config: { defaults: { breaker: { trip } } } });
  for (let round = 0; round < 20; round++) {
    const calls: Promise<string>[] = [];
    fillStack(() => resilience.execute('chat', async () => 'done'), calls);
    const ended = await Promise.allSettled(calls);
    expect(ended.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(10);
  }
  await turn();
  expect(unhandled).toEqual([]);
  const snapshot = resilience.snapshot();
  expect(snapshot.inFlight).toBe(0);
  const key = snapshot.operations['chat']?.keys[0];
  expect(key?.inFlight).toBe(0);
  const { admitted = 0, successes = 0, failures = 0, ignored = 0 } = key?.breaker?.counts ?? {};
  expect(successes + failures + ignored).toBe(admitted);
  await resilience.close();
});

it('a breaker by itself settles every admission, wherever its call overflows the stack', async () => {
  const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1_000_000 } });
  const calls: Promise<number>[] = [];
  for (let round = 0; round < 20; round++) fillStack(() => breaker.execute(() => 1), calls);
  await Promise.allSettled(calls);
  const recurse = (): Promise<unknown> => breaker.execute(recurse);
  await expect(recurse()).rejects.toThrow(RangeError);
  await turn();
  expect(unhandled).toEqual([]);
  const { admitted, successes, failures, ignored } = breaker.stats();
  expect(admitted).toBeGreaterThan(100);
  expect(successes + failures + ignored).toBe(admitted);
});

it('retry() settles wherever it overflows the stack, and leaves no listener on the signal', async () => {
  const { signal } = new AbortController();
  const recurse = (): Promise<unknown> => retry(recurse, { signal });
  await expect(recurse()).rejects.toThrow(RangeError);
  const calls: Promise<number>[] = [];
  fillStack(() => retry(() => 1, { signal, deadlineMs: 10_000 }), calls);
  await Promise.allSettled(calls);
  await turn();
  expect(unhandled).toEqual([]);
});
