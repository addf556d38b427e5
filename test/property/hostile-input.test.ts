import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BreakerOpenError, type ConfigInput, ConfigurationError, createResilience, type Resilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { retry, retryBudget } from 'holdfast/retry';
import { test } from 'vitest';
import { runs } from '../support/seed.js';
import { drain } from './fake-time.js';
import {
  breakerOptions,
  breakerSnapshot,
  breakerTraps,
  budgetSettings,
  executeOptions,
  executeTraps,
  junk,
  nearly,
  resilienceOptions,
  resilienceTraps,
  retryOptions,
  set,
} from './junk.js';

/*
 * What is given here has no type: the doors are called as JavaScript calls them, through `Reflect`.
 */

const name = nearly(fc.string({ minLength: 1, maxLength: 5 }));
const fn = nearly(fc.constant(() => 'done'));

/** What a door gave, or `undefined` when it refused its input. Throws when it threw anything but a `ConfigurationError`. */
function through(door: () => unknown): unknown {
  try {
    return door() ?? true;
  } catch (error) {
    assert(error instanceof ConfigurationError, `threw ${String(error)}`);
    assert(error.issues.length > 0);
    return undefined;
  }
}

/** The end of a promise that waits for nothing. */
async function endOf(promise: unknown): Promise<{ value: unknown } | { error: unknown }> {
  assert(promise instanceof Promise, 'gave no promise');
  let end: { value: unknown } | { error: unknown } | undefined;
  promise.then(
    (value) => {
      end = { value };
    },
    (error: unknown) => {
      end = { error };
    },
  );
  await drain();
  assert(end !== undefined, 'hangs');
  return end;
}

/** Fails unless closing ends at once: no call was left counted in. */
async function assertNothingUnderWay(resilience: Resilience): Promise<void> {
  assert('value' in (await endOf(resilience.close())));
}

test('whatever options it is given, createResilience takes them or throws a ConfigurationError', () => {
  fc.assert(
    fc.property(fc.oneof(junk, resilienceOptions), (options) => {
      through(() => Reflect.apply(createResilience, undefined, [options]));
    }),
    runs(3_000),
  );
});

test('whatever options it is given, a breaker works with them or throws a ConfigurationError', () => {
  fc.assert(
    fc.property(fc.oneof(junk, breakerOptions), (options) => {
      const breaker = through(() => Reflect.construct(CircuitBreaker, [options]));
      if (breaker instanceof CircuitBreaker) assertWorks(breaker);
    }),
    runs(3_000),
  );
});

test('whatever snapshot it is given, restore makes a breaker that works or throws a ConfigurationError', () => {
  fc.assert(
    fc.property(fc.oneof(junk, breakerSnapshot), fc.oneof(fc.constant({}), breakerOptions), (snapshot, options) => {
      const breaker = through(() => Reflect.apply(CircuitBreaker.restore, CircuitBreaker, [snapshot, options]));
      if (breaker instanceof CircuitBreaker) assertWorks(breaker);
    }),
    runs(3_000),
  );
});

test('whatever it is given, settle takes it or throws a ConfigurationError, and its numbers stay numbers', () => {
  const outcome = nearly(fc.constantFrom('success', 'failure', 'ignored'));
  const hint = nearly(fc.record({ retryAfterMs: nearly(fc.nat()) }));
  fc.assert(
    fc.property(fc.option(junk, { nil: 'its own' }), outcome, hint, (admission, outcome, hint) => {
      const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 } });
      const names = Object.keys(breaker.stats());
      const given = admission === 'its own' ? breaker.admit() : admission;
      through(() => Reflect.apply(breaker.settle, breaker, [given, outcome, hint]));
      assert.deepEqual(Object.keys(breaker.stats()), names);
      assertWorks(breaker);
    }),
    runs(2_000),
  );
});

function assertWorks(breaker: CircuitBreaker): void {
  assert(['closed', 'open', 'half_open'].includes(breaker.state));
  const answer = breaker.tryAdmit();
  if (!(answer instanceof Error)) breaker.settle(answer, 'failure');
  assert(Object.values(breaker.stats()).every(Number.isSafeInteger));
  JSON.parse(JSON.stringify(breaker.snapshot()));
  breaker.shutdown();
}

test('whatever it is given, execute returns a promise, refuses with a ConfigurationError, and registers nothing', async () => {
  await fc.assert(
    fc.asyncProperty(name, fn, fc.oneof(junk, executeOptions), async (name, fn, options) => {
      const resilience = createResilience();
      await resilience.execute('known', () => 1);
      const end = await endOf(Reflect.apply(resilience.execute, resilience, [name, fn, options]));
      if ('error' in end) {
        assert(end.error instanceof ConfigurationError, `rejected with ${String(end.error)}`);
        assert.equal(resilience.health().operations, 1);
        assert.equal(resilience.stats().calls, 1);
      }
      await assertNothingUnderWay(resilience);
    }),
    runs(2_000),
  );
});

test('whatever it is given, retry returns a promise, and refuses with a ConfigurationError', async () => {
  await fc.assert(
    fc.asyncProperty(fn, fc.oneof(junk, retryOptions), async (fn, options) => {
      const end = await endOf(Reflect.apply(retry, undefined, [fn, options]));
      if ('error' in end) assert(end.error instanceof ConfigurationError, `rejected with ${String(end.error)}`);
    }),
    runs(2_000),
  );
});

test('whatever it is given, retryBudget makes a budget or throws a ConfigurationError', () => {
  fc.assert(
    fc.property(fc.oneof(junk, budgetSettings), (settings) => {
      const budget = through(() => Reflect.apply(retryBudget, undefined, [settings]));
      if (budget === undefined) return;
      assert(typeof budget === 'object' && budget !== null && 'snapshot' in budget);
      assert(typeof budget.snapshot === 'function');
      const held: unknown = Reflect.apply(budget.snapshot, budget, []);
      assert(typeof held === 'object' && held !== null && 'tokens' in held && 'burst' in held);
      assert.equal(held.tokens, held.burst);
    }),
    runs(1_000),
  );
});

test('whatever it is given, inspect reports, and never rejects', async () => {
  await fc.assert(
    fc.asyncProperty(name, fn, fc.oneof(junk, executeOptions), async (name, fn, options) => {
      const resilience = createResilience();
      const end = await endOf(Reflect.apply(resilience.inspect, resilience, [name, fn, options]));
      assert('value' in end);
      const report: unknown = end.value;
      assert(typeof report === 'object' && report !== null && 'ok' in report);
      if ('error' in report) {
        assert(report.error instanceof ConfigurationError);
        assert.equal(resilience.health().operations, 0);
      }
      await assertNothingUnderWay(resilience);
    }),
    runs(1_000),
  );
});

test('whatever they are given, all other methods accept it or throw a ConfigurationError', () => {
  fc.assert(
    fc.property(junk, junk, junk, (one, two, three) => {
      const resilience = createResilience({ config: { operations: { chat: {} } } });
      for (const door of ['operation', 'breaker', 'stats', 'resetStats', 'on', 'wrap'] as const) {
        through(() => Reflect.apply(resilience[door], resilience, [one, two, three]));
        through(() => Reflect.apply(resilience[door], resilience, ['chat', two, three]));
      }
    }),
    runs(2_000),
  );
});

test('a getter that throws or changes its mind within the options of a call breaks nothing', async () => {
  await fc.assert(
    fc.asyncProperty(executeTraps, fc.boolean(), async (trap, isKnown) => {
      const resilience = createResilience(isKnown ? { config: { operations: { chat: {} } } } : {});
      const before = resilience.health().operations;
      const end = await endOf(Reflect.apply(resilience.execute, resilience, ['chat', () => 'done', set(trap)]));
      if ('error' in end) {
        assert(end.error instanceof ConfigurationError, `rejected with ${String(end.error)}`);
        assert.equal(resilience.health().operations, before);
        assert.equal(resilience.stats().calls, 0);
      }
      await assertNothingUnderWay(resilience);
    }),
    runs(1_000),
  );
});

test('a getter that throws or changes its mind in the options of createResilience is a ConfigurationError at worst', async () => {
  await fc.assert(
    fc.asyncProperty(resilienceTraps, async (trap) => {
      const resilience = through(() => Reflect.apply(createResilience, undefined, [set(trap)]));
      if (resilience === undefined) return;
      assert(typeof resilience === 'object' && resilience !== null && 'execute' in resilience);
      assert(typeof resilience.execute === 'function');
      const end = await endOf(Reflect.apply(resilience.execute, resilience, ['chat', () => 'done']));
      assert.deepEqual(end, { value: 'done' });
    }),
    runs(1_000),
  );
});

test('a getter that throws or changes its mind within the options of a breaker is a ConfigurationError at worst', () => {
  fc.assert(
    fc.property(breakerTraps, (trap) => {
      const breaker = through(() => Reflect.construct(CircuitBreaker, [set(trap)]));
      if (breaker instanceof CircuitBreaker) assertWorks(breaker);
    }),
    runs(1_000),
  );
});

const durationMs = fc.integer({ min: 1, max: 200_000 });

/** Settings each of which is valid alone. */
const settings = fc.record(
  {
    deadlineMs: fc.oneof(durationMs, fc.constant(false as const)),
    attemptTimeoutMs: fc.oneof(durationMs, fc.constant(false as const)),
    retry: fc.oneof(
      fc.record(
        {
          minDelayMs: durationMs,
          maxDelayMs: durationMs,
          maxElapsedMs: durationMs,
          kinds: fc.record({ network: fc.record({ minDelayMs: durationMs, maxDelayMs: durationMs }) }),
        },
        { requiredKeys: [] },
      ),
      fc.constant(false as const),
    ),
    breaker: fc.oneof(
      fc.record({ openMs: durationMs, openMaxMs: durationMs, trialLeaseMs: durationMs }, { requiredKeys: [] }),
      fc.constant(false as const),
    ),
  },
  { requiredKeys: [] },
);

const config: fc.Arbitrary<ConfigInput> = fc.record({
  defaults: settings,
  operations: fc.dictionary(fc.constantFrom('chat', 'embed'), settings),
});

test('every operation can be used with a config that was accepted', async () => {
  await fc.assert(
    fc.asyncProperty(config, async (config) => {
      const resilience = through(() => createResilience({ config }));
      if (resilience === undefined) return;
      const taken = createResilience({ config });
      for (const operation of ['chat', 'embed', 'another']) {
        assert.deepEqual(await endOf(taken.execute(operation, () => 'done')), { value: 'done' });
      }
    }),
    runs(2_000),
  );
});

test('an operation takes settings of its own for its breaker whenever they make sense with the defaults', () => {
  fc.assert(
    fc.property(durationMs, durationMs, durationMs, (openMs, longerMs, muchLongerMs) => {
      const openMaxMs = openMs + longerMs;
      createResilience({
        config: {
          defaults: { breaker: { openMs, openMaxMs: openMaxMs + muchLongerMs } },
          operations: { chat: { breaker: { openMaxMs } } },
        },
      });
    }),
    runs(1_000),
  );
});

const validName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 10 }),
  fc.integer({ min: 1, max: 256 }).map((length) => 'n'.repeat(length)),
);

test('execute accepts any name together with any key', async () => {
  await fc.assert(
    fc.asyncProperty(validName, validName, async (operation, key) => {
      const resilience = createResilience();
      const end = await endOf(resilience.execute(operation, () => 'done', { key }));
      assert.deepEqual(end, { value: 'done' });
      assert.equal(resilience.breaker(operation, key).state, 'closed');
      assert.equal(resilience.operation(operation).stats(key).calls, 1);
      resilience.breaker(operation, key).open();
      const refused = await endOf(resilience.execute(operation, () => 'done', { key }));
      assert('error' in refused && refused.error instanceof BreakerOpenError);
      await assertNothingUnderWay(resilience);
    }),
    runs(1_000),
  );
});
