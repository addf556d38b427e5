import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createResilience, explain, type Resilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { test } from 'vitest';
import { runs } from '../support/seed.js';
import { drain } from './fake-time.js';
import { junk } from './junk.js';

/** A Proxy that throws whatever is asked of it. */
function bomb(): object {
  const explode = () => {
    throw new RangeError('a trap of a Proxy');
  };
  const traps = Object.fromEntries(
    ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor', 'isExtensible'].map((trap) => [
      trap,
      explode,
    ]),
  );
  return new Proxy({}, traps);
}

/** An object that says it is an error of holdfast's, as one of another version of the package would. */
function foreigner(code: unknown): object {
  return { [Symbol.for('holdfast.error')]: true, code };
}

function badGetters(): object {
  return Object.defineProperties(foreigner(''), {
    code: {
      get() {
        throw new RangeError('a getter');
      },
    },
    name: {
      get() {
        throw new RangeError('a getter');
      },
    },
  });
}

/** Whatever a function may throw or give. */
const anything = fc.oneof(
  junk,
  fc.constantFrom('HOLDFAST_QUOTA_HELD', '__proto__', 'constructor', 0).map(foreigner),
  fc.constant(undefined).map(badGetters),
  fc.constant(undefined).map(() => Object.freeze(new Error('frozen'))),
);

/** How a promise ended; it waits for nothing but promises. */
async function endOf(promise: Promise<unknown>): Promise<{ ok: boolean; of: unknown }> {
  let end: { ok: boolean; of: unknown } | undefined;
  promise.then(
    (of) => {
      end = { ok: true, of };
    },
    (of: unknown) => {
      end = { ok: false, of };
    },
  );
  await drain();
  assert(end !== undefined, 'hangs');
  return end;
}

async function assertNothingUnderWay(resilience: Resilience): Promise<void> {
  const { admitted, successes, failures, ignored } = resilience.breaker('chat').stats();
  assert.equal(admitted, successes + failures + ignored);
  assert((await endOf(resilience.close())).ok);
}

/** The same value, a Proxy that may not be looked at among them. */
function assertSame(one: unknown, other: unknown): void {
  assert(Object.is(one, other), 'not the very value that the function threw or gave');
}

test('whatever a function throws, at once or later, the caller gets that very thing', async () => {
  await fc.assert(
    fc.asyncProperty(anything, fc.boolean(), async (thrown, later) => {
      const resilience = createResilience({ config: { defaults: { retry: false } } });
      const end = await endOf(
        resilience.execute('chat', () => {
          if (later) return Promise.reject(thrown);
          throw thrown;
        }),
      );
      assert(!end.ok);
      assertSame(end.of, thrown);
      explain(thrown);
      const { calls, failures, attempts } = resilience.stats('chat');
      assert.deepEqual({ calls, failures, attempts }, { calls: 1, failures: 1, attempts: 1 });
      await assertNothingUnderWay(resilience);
    }),
    runs(1_000),
  );
});

test('a thrown Proxy that explodes when it is touched reaches the caller of execute, inspect and a breaker', async () => {
  for (const later of [true, false]) {
    const thrown = bomb();
    const work = () => {
      if (later) return Promise.reject(thrown);
      throw thrown;
    };
    const resilience = createResilience();
    assertSame((await endOf(resilience.execute('chat', work))).of, thrown);
    const report = await resilience.inspect('chat', work);
    assert(!report.ok);
    assertSame(report.error, thrown);
    assert.equal(explain(thrown)?.stopReason, 'not_retryable');
    await assertNothingUnderWay(resilience);
    const breaker = new CircuitBreaker();
    assertSame((await endOf(breaker.execute(work))).of, thrown);
    assert.equal(breaker.stats().failures, 1);
  }
});

test('whatever a function returns, itself or by a promise, the caller receives it', async () => {
  await fc.assert(
    fc.asyncProperty(anything, fc.boolean(), async (given, later) => {
      // What a promise of this gives, thenables among it.
      const expected = await endOf(Promise.resolve(given));
      const resilience = createResilience();
      const end = await endOf(resilience.execute('chat', () => (later ? Promise.resolve(given) : given)));
      assert.equal(end.ok, expected.ok);
      assertSame(end.of, expected.of);
      assert.equal(resilience.stats('chat').successes, 1);
      await assertNothingUnderWay(resilience);
    }),
    runs(1_000),
  );
});

test('a thenable that settles twice, both ways, or throws after it has settled counts once', async () => {
  const ways = fc.array(fc.constantFrom('resolve', 'reject', 'throw'), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(ways, async (ways) => {
      const thenable = {
        // biome-ignore lint/suspicious/noThenProperty: thenables are what it is about
        then(resolve: (value: string) => void, reject: (error: unknown) => void) {
          for (const way of ways) {
            if (way === 'throw') throw 'throw';
            if (way === 'resolve') resolve(way);
            else reject(way);
          }
        },
      };
      const resilience = createResilience();
      const end = await endOf(Reflect.apply(resilience.execute, resilience, ['chat', () => thenable]));
      assert.deepEqual(end, { ok: ways[0] === 'resolve', of: ways[0] });
      assert.equal(resilience.stats('chat').calls, 1);
      await assertNothingUnderWay(resilience);
    }),
    runs(1_000),
  );
});

/** A hook that does what it should not. */
const badRandom = fc.constantFrom<(() => unknown)[]>(
  () => {
    throw new Error('a hook that throws');
  },
  () => undefined,
  () => Number.NaN,
  () => -5,
  () => Infinity,
  () => Symbol('junk'),
);
const badHook = fc.oneof(
  badRandom,
  fc.constant(() => Promise.reject(new Error('a hook that rejects'))),
);

test('hooks that throw, reject or give junk change the outcome of no call', async () => {
  const outcomes = fc.array(fc.boolean(), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(badRandom, badHook, badHook, outcomes, async (random, context, listener, outcomes) => {
      const error = new Error('of the function');
      const breaker = { trip: { consecutiveFailures: 2 } };
      const options = { random, context, config: { operations: { chat: { breaker } } } };
      const lived = async (resilience: Resilience) => {
        const ends = [];
        for (const ok of outcomes) {
          const work = () => (ok ? Promise.resolve('value') : Promise.reject(error));
          const { ok: isOk, of } = await endOf(resilience.execute('chat', work));
          ends.push(isOk || of === error ? of : 'refused');
        }
        const { state } = resilience.breaker('chat');
        await assertNothingUnderWay(resilience);
        return { ends, state };
      };
      const hooked: unknown = Reflect.apply(createResilience, undefined, [options]);
      assert(isResilience(hooked));
      Reflect.apply(hooked.on, hooked, ['*', listener]);
      const plain = createResilience({ config: options.config });
      assert.deepEqual(await lived(hooked), await lived(plain));
    }),
    runs(1_000),
  );
});

test('an isFailure that throws, rejects or gives junk changes no value of execute and leaves no call under way', async () => {
  await fc.assert(
    fc.asyncProperty(badHook, badRandom, badHook, async (isFailure, random, listener) => {
      const options = { isFailure, random, trip: { consecutiveFailures: 1 } };
      const breaker: unknown = Reflect.construct(CircuitBreaker, [options]);
      assert(breaker instanceof CircuitBreaker);
      Reflect.apply(breaker.on, breaker, ['*', listener]);
      const error = new Error('of the function');
      assert.deepEqual(await endOf(breaker.execute(() => Promise.reject(error))), { ok: false, of: error });
      const { admitted, failures, ignored } = breaker.stats();
      assert.equal(admitted, failures + ignored);
      assert.equal(breaker.state, failures === 1 ? 'open' : 'closed');
      breaker.shutdown();
    }),
    runs(1_000),
  );
});

function isResilience(value: unknown): value is Resilience {
  return typeof value === 'object' && value !== null && 'execute' in value && 'on' in value;
}
