import { getEventListeners } from 'node:events';
import {
  AttemptTimeoutError,
  BreakerOpenError,
  type Call,
  type ConfigInput,
  createResilience,
  DeadlineExceededError,
  type ExecuteOptions,
  explain,
  type Resilience,
} from 'holdfast';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { randomFrom, SEED } from '../support/seed.js';

const CALLS = 10_000;
const KEYS = 1_000;
/** They start in so many turns of the event loop, so that breakers have opened when the last ones come. */
const WAVES = 4;
const OPERATION = 'chat';

const breaker = { trip: { consecutiveFailures: 2, failureRate: 0.9 }, openMs: 10, trials: 2, trialLeaseMs: 20 };

/** A budget that is spent however slowly the machine makes the retries: nothing is added to it by time. */
const budget = { ratio: 0.05, floorPerSecond: 0, burst: 100 };
/** Soon enough for every call to come to its retry. */
const retry = { minDelayMs: 1, maxDelayMs: 5, kinds: { unknown: true }, budget };

/**
 * Limits that are reached by those alone that never end otherwise, however slow the machine is. A breaker that has opened is
 * still open when the next wave comes, however long that takes.
 */
const PATIENT: ConfigInput = {
  operations: {
    [OPERATION]: { deadlineMs: 700, attemptTimeoutMs: 500, retry, breaker: { ...breaker, openMs: 10_000 } },
  },
};

/** Limits that anybody may reach. */
const HASTY: ConfigInput = { operations: { [OPERATION]: { deadlineMs: 20, attemptTimeoutMs: 15, retry, breaker } } };

const FATES = [
  'gives at once',
  'resolves after a while',
  'throws at once',
  'rejects after a while',
  'rejects when told to stop',
  'resolves long after it was told to stop',
  'never settles',
] as const;

/** What a process notices and nobody else does. */
const noticed: string[] = [];
const note = (what: unknown) => {
  noticed.push(String(what));
};

/** Timers that run, whether or not they keep the process alive. */
const timers = new Set<unknown>();

beforeEach(() => {
  noticed.length = 0;
  process.on('unhandledRejection', note);
  process.on('warning', note);
});

afterEach(() => {
  process.off('unhandledRejection', note);
  process.off('warning', note);
  vi.unstubAllGlobals();
});

/** Keeps the books of all timers from now on. */
function watchTimers(): void {
  timers.clear();
  vi.stubGlobal(
    'setTimeout',
    new Proxy(setTimeout, {
      apply(start, self, [onTime, ms]: [() => void, number]) {
        const timer: unknown = Reflect.apply(start, self, [
          () => {
            timers.delete(timer);
            onTime();
          },
          ms,
        ]);
        timers.add(timer);
        return timer;
      },
    }),
  );
  vi.stubGlobal(
    'clearTimeout',
    new Proxy(clearTimeout, {
      apply(stop, self, [timer]: [unknown]) {
        timers.delete(timer);
        Reflect.apply(stop, self, [timer]);
      },
    }),
  );
}

/** What keeps the process alive, by kind. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Functions that end in every way, callers that give up or not, each by the same chance in every run of a seed. */
class Crowd {
  readonly resilience: Resilience;
  readonly thrown = new Error('of the function');
  readonly reason = new Error('of the caller');
  invoked = 0;
  readonly #random: () => number;
  /** Settles when the last function has, those that never settle excepted. */
  #functions: Promise<unknown>[] = [];

  constructor(resilience: Resilience) {
    this.resilience = resilience;
    this.#random = randomFrom(SEED);
  }

  /** Ten thousand calls at once, and how each of them ended. */
  async batch(): Promise<string[]> {
    const shared = new AbortController();
    const own: AbortController[] = [];
    const optionsOf = (index: number): ExecuteOptions => {
      const key = `key ${index % KEYS}`;
      const chance = this.#random();
      if (chance < 0.5) return { key };
      if (chance < 0.75) return { key, signal: shared.signal };
      const controller = new AbortController();
      own.push(controller);
      return { key, signal: controller.signal };
    };
    const ends: Promise<string>[] = [];
    for (let index = 0; index < CALLS; index++) {
      const fate = FATES[Math.floor(this.#random() * FATES.length)];
      const result = this.resilience.execute(OPERATION, (call) => this.#function(fate, call), optionsOf(index));
      const end = result.then(
        (value) => (value === fate ? 'success' : 'a value from nowhere'),
        (error: unknown) => this.#meaningOf(error),
      );
      ends.push(end);
      if ((index + 1) % (CALLS / WAVES) > 0) continue;
      await turn();
      for (const [index, controller] of own.entries()) if (index % 2 === 0) controller.abort(this.reason);
    }
    shared.abort(this.reason);
    const meanings = await Promise.all(ends);
    await Promise.all(this.#functions.splice(0));
    await turn();
    const listeners = [shared, ...own].flatMap(({ signal }) => getEventListeners(signal, 'abort'));
    expect(listeners, 'listeners left on the signals of callers').toHaveLength(0);
    return meanings;
  }

  #function(fate: (typeof FATES)[number] | undefined, call: Call): unknown {
    this.invoked += 1;
    switch (fate) {
      case 'gives at once':
        return fate;
      case 'throws at once':
        throw this.thrown;
      case 'resolves after a while':
        return this.#after(this.#random() * 5, () => fate);
      case 'rejects after a while':
        return this.#after(this.#random() * 5, () => {
          throw this.thrown;
        });
      case 'rejects when told to stop':
        return new Promise((_, reject) => {
          call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true });
        });
      case 'resolves long after it was told to stop':
        return this.#after(30, () => fate);
      default:
        return new Promise(() => undefined);
    }
  }

  #after<T>(ms: number, work: () => T): Promise<T> {
    const done = new Promise<void>((resolve) => {
      setTimeout(resolve, ms);
    }).then(work);
    this.#functions.push(done.catch(() => undefined));
    return done;
  }

  #meaningOf(error: unknown): string {
    if (error === this.thrown) return 'failure';
    if (error === this.reason) return 'cancelled';
    if (error instanceof BreakerOpenError) return 'refused';
    if (error instanceof DeadlineExceededError || error instanceof AttemptTimeoutError) return 'timeout';
    return `an error from nowhere: ${String(error)}`;
  }
}

test('ten thousand calls at once on a thousand keys, failing in every way, all settle and leave nothing behind', async () => {
  const before = resources();
  watchTimers();
  const resilience = createResilience({ config: PATIENT, random: randomFrom(SEED) });
  const told = { retries: 0, budget: 0 };
  resilience.on('retry.scheduled', () => {
    told.retries += 1;
  });
  resilience.on('retry.refused', ({ stopRule }) => {
    if (stopRule === 'budget') told.budget += 1;
  });
  const crowd = new Crowd(resilience);
  const meanings = await crowd.batch();
  const ended = (meaning: string) => meanings.filter((one) => one === meaning).length;
  expect([...new Set(meanings)].sort(), `seed ${SEED}`).toEqual([
    'cancelled',
    'failure',
    'refused',
    'success',
    'timeout',
  ]);

  const stats = resilience.stats(OPERATION);
  expect(stats).toMatchObject({
    calls: CALLS,
    successes: ended('success'),
    failures: CALLS - ended('success'),
    attempts: crowd.invoked,
    failuresByKind: { unknown: ended('failure'), cancelled: ended('cancelled'), timeout: ended('timeout') },
    rejections: { breaker: ended('refused'), quota: 0, capacity: 0, target: 0, budget: told.budget },
  });
  expect(told.budget, 'retries that were not paid for').toBeGreaterThan(0);
  expect(stats.retries).toBeGreaterThan(0);
  // Some were cancelled, or refused by a breaker, after the wait that had been told.
  expect(stats.retries).toBeLessThanOrEqual(told.retries);
  expect(stats.attempts - stats.retries, 'first attempts').toBeLessThanOrEqual(CALLS - ended('refused'));
  const { breakers } = resilience.health();
  expect(breakers).toBe(KEYS);

  await resilience.close();
  expect(timers.size, 'timers left').toBe(0);
  // The runner has some of its own, which come and go.
  for (const [kind, count] of resources()) expect(count, `${kind} left`).toBeLessThanOrEqual(before.get(kind) ?? 0);
  expect(noticed).toEqual([]);
});

test('the heap returns to its size after each batch of ten thousand calls', async () => {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('run with --expose-gc');
  const resilience = createResilience({ config: HASTY, random: randomFrom(SEED) });
  const crowd = new Crowd(resilience);
  const heaps: number[] = [];
  for (let batch = 0; batch < 11; batch++) {
    await crowd.batch();
    for (let round = 0; round < 4; round++) {
      collect();
      await turn();
    }
    heaps.push(process.memoryUsage().heapUsed);
  }
  await resilience.close();
  // The first batches make the keys and warm up the machine. The least of several is what is really held.
  const early = Math.min(...heaps.slice(3, 7));
  const late = Math.min(...heaps.slice(7));
  // Collections differ by up to a megabyte, 25 bytes a call. A closure or a promise that is kept has 100 and more.
  const grownByBytes = (late - early) / 4 / CALLS;
  expect(grownByBytes, `bytes kept of each call; heaps ${heaps.join(', ')}`).toBeLessThan(60);
  expect(noticed).toEqual([]);
});

test('ten thousand calls share one signal without a warning, and its abort ends them all as cancelled at once', async () => {
  watchTimers();
  const resilience = createResilience({ config: { defaults: { deadlineMs: 100_000 } } });
  const { signal, abort } = sharedSignal();
  const reason = new Error('shutting down');
  let told = 0;
  const reasons: unknown[] = [];
  for (let index = 0; index < CALLS; index++) {
    const never = (call: Call) => {
      call.signal.addEventListener('abort', () => {
        told += 1;
      });
      return new Promise(() => undefined);
    };
    resilience.execute(OPERATION, never, { key: `key ${index % KEYS}`, signal }).catch((error: unknown) => {
      reasons.push(error);
    });
  }
  expect(getEventListeners(signal, 'abort').length).toBe(1);
  expect(resilience.stats(OPERATION).attempts).toBe(CALLS);

  abort(reason);
  await turn();
  expect(reasons).toHaveLength(CALLS);
  expect(new Set(reasons)).toEqual(new Set([reason]));
  expect(told, 'functions told to stop').toBe(CALLS);
  expect(explain(reason)?.stopReason).toBe('cancelled');
  expect(resilience.stats(OPERATION).failuresByKind).toEqual({ cancelled: CALLS });
  expect(resilience.health()).toMatchObject({ healthy: true, openBreakers: [] });
  expect(resilience.breaker(OPERATION, 'key 0').stats()).toMatchObject({ failures: 0, ignored: CALLS / KEYS });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(timers.size, 'timers left').toBe(0);
  await resilience.close();
  await turn();
  expect(noticed).toEqual([]);
});

test('ten thousand calls that wait, for another attempt or for their quota, all end at once by one abort', async () => {
  watchTimers();
  const config = { defaults: { breaker: false, retry: { budget: false }, deadlineMs: 100_000 } } as const;
  const resilience = createResilience({ config, random: randomFrom(SEED) });
  const { signal, abort } = sharedSignal();
  const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '10' } });
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  let invoked = 0;
  const call = (operation: string, error: Error) => {
    const work = () => {
      invoked += 1;
      return Promise.reject(error);
    };
    return resilience.execute(operation, work, { signal }).catch((reason: unknown) => reason);
  };
  // The first one holds the quota, and waits for it itself.
  const ends = [call('held', limited)];
  await turn();
  for (let index = 1; index < CALLS; index++) ends.push(index % 2 === 0 ? call('held', limited) : call('reset', reset));
  await turn();
  const before = invoked;
  expect(before).toBe(CALLS / 2 + 1);
  expect(timers.size).toBe(CALLS);
  expect(getEventListeners(signal, 'abort').length).toBe(1);

  const reason = new Error('shutting down');
  abort(reason);
  expect(timers.size, 'timers left').toBe(0);
  expect(new Set(await Promise.all(ends))).toEqual(new Set([reason]));
  expect(invoked, 'called after the abort').toBe(before);
  expect(resilience.stats().failuresByKind).toEqual({ cancelled: CALLS });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  await resilience.close();
  await turn();
  expect(noticed).toEqual([]);
});

function sharedSignal(): { signal: AbortSignal; abort: (reason: unknown) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
