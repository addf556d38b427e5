import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createResilience } from 'holdfast';
import { BreakerOpenError, type BreakerState, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { optionsOf, rules } from './breaker-histories.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** One way to call a function under a breaker. */
interface Door {
  execute(fn: () => unknown): Promise<unknown>;
  readonly state: BreakerState;
  readonly breaker: { open(): void; close(): void; isolate(): void; reset(): void };
}

type Act =
  | { readonly do: 'call'; readonly work: 'gives' | 'throws' | 'settles later' }
  | { readonly do: 'settle'; readonly back: number; readonly well: boolean }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'open' | 'close' | 'isolate' | 'reset' };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('call'),
        work: fc.constantFrom('gives', 'throws', 'throws', 'settles later', 'settles later'),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('settle'), back: fc.nat(4), well: fc.boolean() }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.oneof(fc.nat(20), fc.nat(300)) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('open', 'close', 'isolate', 'reset') }) },
  ),
  { size: 'max', maxLength: 40 },
);

interface Later {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Lives through the acts, and holds the door to its word. */
async function play(door: Door, acts: readonly Act[]): Promise<{ invoked: number; refused: number }> {
  const seen = { invoked: 0, refused: 0 };
  let later: readonly Later[] = [];

  const call = async (work: 'gives' | 'throws' | 'settles later'): Promise<void> => {
    const before = door.state;
    const invokedBefore = seen.invoked;
    const ended = door.execute(() => {
      seen.invoked += 1;
      assert.notEqual(door.state, 'open', 'the function is called while the breaker is open');
      if (work === 'gives') return undefined;
      if (work === 'throws') throw new Error('broken');
      return new Promise((resolve, reject) => {
        later = [...later, { resolve, reject }];
      });
    });
    const isRefused = seen.invoked === invokedBefore;
    if (before === 'open') assert(isRefused);
    if (before === 'closed') assert(!isRefused);
    if (!isRefused) {
      ended.catch(() => undefined);
      return;
    }
    seen.refused += 1;
    await assert.rejects(ended, BreakerOpenError);
  };

  for (const act of acts) {
    if (act.do === 'call') await call(act.work);
    else if (act.do === 'wait') await pass(act.ms);
    else if (act.do === 'settle') {
      const one = later.at(-1 - (act.back % Math.max(1, later.length)));
      later = later.filter((other) => other !== one);
      if (act.well) one?.resolve('late');
      else one?.reject(new Error('broken later'));
    } else door.breaker[act.do]();
    await drain();
  }
  for (const { resolve } of later) resolve('at last');
  await drain();
  return seen;
}

test('a breaker never calls the function while open, by itself or by hand', async () => {
  await fc.assert(
    fc.asyncProperty(rules(['enforce', 'enforce', 'enforce', 'forced_open']), acts, async (drawn, acts) => {
      stopTime();
      const breaker = new CircuitBreaker(optionsOf(drawn));
      const door = {
        execute: (fn: () => unknown) => breaker.execute(fn),
        get state() {
          return breaker.state;
        },
        breaker,
      };
      const hasReset = acts.some((act) => act.do === 'reset');
      const { invoked, refused } = await play(door, acts);
      if (hasReset) return;
      const { admitted, successes, failures, rejected } = breaker.stats();
      assert.deepEqual({ admitted, rejected }, { admitted: invoked, rejected: refused });
      assert.equal(admitted, successes + failures);
    }),
    runs(1_000),
  );
});

test('a Resilience never calls the function while the breaker of its key is open', async () => {
  await fc.assert(
    fc.asyncProperty(
      rules(['enforce', 'enforce', 'enforce', 'forced_open']),
      acts,
      acts,
      async (drawn, some, others) => {
        stopTime();
        const { random = Math.random, ...breaker } = optionsOf(drawn);
        const settings = { breaker, deadlineMs: false, attemptTimeoutMs: false } as const;
        const resilience = createResilience({ random, config: { operations: { chat: settings } } });
        const doorOf = (key: string): Door => {
          const handle = resilience.breaker('chat', key);
          return {
            execute: (fn) => resilience.execute('chat', fn, { key }),
            get state() {
              return handle.state;
            },
            breaker: handle,
          };
        };
        const [one, other] = await Promise.all([play(doorOf('one'), some), play(doorOf('other'), others)]);
        const { attempts, rejections, calls } = resilience.stats('chat');
        assert.equal(attempts, one.invoked + other.invoked);
        assert.equal(rejections.breaker, one.refused + other.refused);
        assert.equal(calls, attempts + rejections.breaker);
        await resilience.close();
        assert.equal(vi.getTimerCount(), 0);
      },
    ),
    runs(1_000),
  );
});
