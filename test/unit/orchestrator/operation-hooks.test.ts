import type { HoldfastEvent } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { KeyState } from '../../../src/orchestrator/key-state.js';
import { OperationHooks } from '../../../src/orchestrator/operation-hooks.js';
import { ResilienceContext } from '../../../src/orchestrator/resilience-context.js';
import type { Interruption } from '../../../src/pipeline/index.js';
import { firstOf } from '../../support/attempts.js';
import { deferred, errorOf, never } from '../../support/calls.js';
import { liveCall } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const error = new Error('down');

/** A call with the hooks of an operation, in a state whose attempts usually take `typicalMs`. */
function callOf(work: () => unknown, typicalMs?: number) {
  const context = new ResilienceContext(() => 0, undefined);
  const events: HoldfastEvent[] = [];
  context.reporter.on('*', (event) => events.push(event));
  const state = new KeyState({
    context,
    operation: 'chat',
    key: 'eu',
    settings: { breaker: false, pacing: false, concurrency: false },
  });
  if (typicalMs !== undefined) for (let nth = 0; nth < 100; nth++) state.counter.succeeded(typicalMs, 0, typicalMs);
  const call = liveCall({ hooks: new OperationHooks(context), lane: state, work, serial: context.nextSerial() });
  return { call, attempt: firstOf(call), state, events };
}

/** What the error of an attempt that is interrupted after `afterMs` means to a breaker. */
async function meaningTo(by: Interruption['by'], afterMs: number, typicalMs?: number): Promise<string> {
  const { attempt } = callOf(never, typicalMs);
  const ended = errorOf(attempt.invoke());
  await pass(afterMs);
  attempt.interrupt({ by, error });
  return attempt.failureOf(await ended).breaker;
}

describe('hooks of an operation', () => {
  it('count each attempt when its function is called, and those after the first such one as retries', async () => {
    const { call, attempt, state } = callOf(() => Promise.reject(error));
    await errorOf(attempt.reject('capacity', error));
    expect(state.counter.stats()).toMatchObject({ attempts: 0, retries: 0 });
    await errorOf(call.nextAttempt().invoke());
    await errorOf(call.nextAttempt().invoke());
    expect(state.counter.stats()).toMatchObject({ attempts: 2, retries: 1 });
  });

  it('report an attempt that failed, with its failure', async () => {
    const { attempt, events } = callOf(() => Promise.reject(error));
    await errorOf(attempt.invoke());
    expect(events).toMatchObject([
      { type: 'attempt.failed', key: 'eu', attempt: 1, error, failure: { kind: 'unknown' } },
    ]);
  });

  it('report a function that settles more than 100 ms after its interruption', async () => {
    const late = deferred();
    const { attempt, events } = callOf(() => late.promise);
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'attempt_timeout', error });
    await ended;
    await pass(101);
    late.resolve();
    await pass(0);
    expect(events).toMatchObject([
      { type: 'attempt.failed' },
      { type: 'attempt.abandoned', outcome: 'success', lateMs: 101 },
    ]);
  });

  it('do not report a function that settles within 100 ms of its interruption', async () => {
    const late = deferred();
    const { attempt, events } = callOf(() => late.promise);
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'attempt_timeout', error });
    await ended;
    await pass(100);
    late.resolve();
    await pass(0);
    expect(events).toMatchObject([{ type: 'attempt.failed' }]);
  });

  it('give each call an id of its own', () => {
    const context = new ResilienceContext(() => 0.5, undefined);
    const hooks = new OperationHooks(context);
    expect(hooks.callId(1)).not.toBe(hooks.callId(2));
    expect(hooks.callId(1)).toBe(context.callId(1));
  });
});

describe('the interruption of an attempt', () => {
  it.each(['attempt_timeout', 'deadline'] as const)(
    'by %s counts for the breaker once the attempt took as long as usual, and is ignored before',
    async (by) => {
      expect(await meaningTo(by, 99, 100)).toBe('ignored');
      expect(await meaningTo(by, 150, 100)).toBe('failure');
    },
  );

  it.each(['attempt_timeout', 'deadline'] as const)(
    'by %s counts for the breaker while the usual time of an attempt is not known',
    async (by) => {
      expect(await meaningTo(by, 5)).toBe('failure');
    },
  );

  it('by the caller is never counted', async () => {
    expect(await meaningTo('caller', 150, 100)).toBe('ignored');
  });
});
