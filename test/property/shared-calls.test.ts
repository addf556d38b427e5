import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createResilience, type Resilience } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

const keys = fc.constantFrom('a', 'b');
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      key: keys,
      ttlMs: fc.constantFrom(0, 30),
      deadlineMs: fc.constantFrom(false as const, 10, 40),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('abort' as const), call: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), key: keys, fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20 }) }) },
);
const plans = fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { maxLength: 12 });

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

interface Execution {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly resolve: (value: string) => void;
  readonly reject: (error: unknown) => void;
  isOver: boolean;
}

interface Caller {
  readonly controller: AbortController;
  /** Listeners at its signal now. */
  listeners: number;
  settled: number;
  result: string;
}

/** What the actions of a plan do, and what came of it. */
class Play {
  readonly resilience: Resilience = createResilience({
    config: { defaults: { retry: false, breaker: false, deadlineMs: false, attemptTimeoutMs: false } },
  });
  readonly executions: Execution[] = [];
  readonly callers: Caller[] = [];

  async do(actions: readonly Action[]): Promise<void> {
    for (const each of actions) {
      if (each.do === 'call') this.#call(each);
      else if (each.do === 'abort') this.callers[each.call]?.controller.abort(`left ${each.call}`);
      else if (each.do === 'end') this.end(each.key, each.fails);
      else await pass(each.ms);
    }
  }

  end(key: string, fails: boolean): void {
    const running = this.executions.find((each) => each.key === key && isRunning(each));
    if (running === undefined) return;
    running.isOver = true;
    if (fails) running.reject(`failed ${key}`);
    else running.resolve(`value ${key}`);
  }

  #call({ key, ttlMs, deadlineMs }: Action & { readonly do: 'call' }): void {
    const controller = new AbortController();
    const caller: Caller = { controller, listeners: 0, settled: 0, result: '' };
    countListeners(caller);
    const settle = (result: string) => {
      caller.settled += 1;
      caller.result = result;
    };
    this.callers.push(caller);
    const fn = ({ signal }: { readonly signal: AbortSignal }) => this.#execute(key, signal);
    this.resilience
      .execute('chat', fn, { cache: { key, ttlMs }, deadlineMs, signal: controller.signal })
      .then(settle, (error: unknown) => settle(error instanceof Error ? error.name : String(error)));
  }

  #execute(key: string, signal: AbortSignal): Promise<string> {
    assert(!this.executions.some((each) => each.key === key && isRunning(each)), 'ran twice at the same time');
    return new Promise((resolve, reject) => {
      this.executions.push({ key, signal, resolve, reject, isOver: false });
    });
  }
}

function isRunning({ isOver, signal }: Execution): boolean {
  return !isOver && !signal.aborted;
}

function countListeners(caller: Caller): void {
  const { signal } = caller.controller;
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener: (...given: Parameters<typeof addEventListener>) => {
      caller.listeners += 1;
      Reflect.apply(addEventListener, signal, given);
    },
    removeEventListener: (...given: Parameters<typeof removeEventListener>) => {
      caller.listeners -= 1;
      Reflect.apply(removeEventListener, signal, given);
    },
  });
}

test('calls that share executions settle exactly once, under any interleaving with aborts and deadlines', async () => {
  const results = new Set<string>();
  let shared = 0;
  await fc.assert(
    fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
      stopTime();
      const play = new Play();
      play.resilience.on('cache.hit', () => {
        shared += 1;
      });
      const sequences = plan.map((actions) =>
        scheduler.scheduleSequence([{ builder: () => play.do(actions), label: '' }]),
      );
      await scheduler.waitIdle();
      assert(sequences.every(({ done, faulty }) => done && !faulty));
      for (const key of ['a', 'b']) play.end(key, false);
      await drain();

      for (const { settled, result, listeners, controller } of play.callers) {
        assert.equal(settled, 1);
        results.add(result.replace(/\d+$/, 'n'));
        // The listener of a signal that aborted is removed by the signal itself.
        assert.equal(listeners, controller.signal.aborted ? listeners : 0);
      }
      const { inFlight, operations } = play.resilience.snapshot();
      assert.equal(inFlight, 0);
      const { calls, successes, failures, cacheHits, attempts } = play.resilience.stats();
      assert.equal(calls, successes + failures);
      assert.equal(calls, play.executions.length);
      assert.equal(attempts, play.executions.length);
      const values = play.callers.filter(({ result }) => result.startsWith('value')).length;
      assert(cacheHits <= values && values <= cacheHits + successes);
      for (const state of operations['chat']?.keys ?? []) assert.equal(state.inFlight, 0);
      assert.equal(vi.getTimerCount(), 0);

      // No execution is left that a call could join.
      const before = play.executions.length;
      await play.do([{ do: 'call', key: 'a', ttlMs: 0, deadlineMs: false }]);
      assert.equal(play.executions.length, before + 1);
      play.end('a', false);
      await play.resilience.close();
    }),
    runs(500),
  );
  assert.deepEqual([...results].sort(), [
    'DeadlineExceededError',
    'failed a',
    'failed b',
    'left n',
    'value a',
    'value b',
  ]);
  assert(shared > 500);
});
