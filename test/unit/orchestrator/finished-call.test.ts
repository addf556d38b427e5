import { describe, expect, it } from 'vitest';
import { FinishedCall } from '../../../src/orchestrator/finished-call.js';
import type { Failure } from '../../../src/pipeline/index.js';
import { firstOf } from '../../support/attempts.js';
import { errorOf, never } from '../../support/calls.js';
import { countingLane, liveCall, notedHooks } from '../../support/live-calls.js';
import { pass, START, useFakeTime } from '../../support/time.js';

useFakeTime();

const failure: Failure = { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true };
const down = new Error('down');
const SUCCESS = { stopReason: 'success', stopRule: undefined, failure: undefined } as const;

describe('a finished call', () => {
  it('records the outcome of every attempt, and the waits between them', async () => {
    let calls = 0;
    const work = async () => {
      calls += 1;
      await pass(10 * calls);
      if (calls === 1) throw down;
      return 'fine';
    };
    const call = liveCall({ work, hooks: notedHooks(failure) });
    firstOf(call).failureOf(await errorOf(firstOf(call).invoke()));
    const second = call.nextAttempt();
    await Promise.all([second.pause(100), pass(100)]);
    await second.invoke();
    const finished = new FinishedCall(
      call,
      { stopReason: 'success', stopRule: undefined, failure: undefined },
      performance.now(),
    );
    expect(finished.invocations).toBe(2);
    expect(finished.record()).toEqual({
      operation: 'chat',
      key: undefined,
      callId: 'call-1',
      stopReason: 'success',
      failure: undefined,
      attempts: [
        { number: 1, key: undefined, startedAt: START, durationMs: 10, waitedMs: 0, outcome: 'failure', failure },
        { number: 2, key: undefined, startedAt: START + 110, durationMs: 20, waitedMs: 100, outcome: 'success' },
      ],
      totalMs: 130,
      waitedMs: 100,
      skippedTargets: [],
      fallbackUsed: false,
      cached: false,
    });
  });

  it('records an attempt that a stage rejected after it had waited', async () => {
    const call = liveCall({ work: () => Promise.reject(down), hooks: notedHooks(failure) });
    firstOf(call).failureOf(await errorOf(firstOf(call).invoke()));
    const second = call.nextAttempt();
    await Promise.all([second.pause(100), pass(100)]);
    await errorOf(second.reject('breaker_open', new Error('open')));
    const finished = new FinishedCall(
      call,
      { stopReason: 'breaker_open', stopRule: 'refused', failure },
      performance.now(),
    );
    expect(finished.invocations).toBe(1);
    expect(finished.record()).toMatchObject({
      attempts: [{ outcome: 'failure' }, { number: 2, durationMs: 0, waitedMs: 100, outcome: 'rejected' }],
      totalMs: 100,
      waitedMs: 100,
    });
  });

  it('records no attempt that was cancelled while it waited, but counts its wait', async () => {
    const call = liveCall({ work: () => Promise.reject(down), hooks: notedHooks(failure) });
    firstOf(call).failureOf(await errorOf(firstOf(call).invoke()));
    const wait = errorOf(call.nextAttempt().pause(100));
    await pass(40);
    call.interrupt({ by: 'caller', error: new Error('the user left') });
    await wait;
    const finished = new FinishedCall(call, call.ending(await wait), performance.now());
    expect(finished.stopReason).toBe('cancelled');
    expect(finished.record().attempts).toMatchObject([{ number: 1, outcome: 'failure' }]);
    expect(finished.record()).toMatchObject({ totalMs: 40, waitedMs: 40 });
  });

  it('records an attempt that was cancelled while it ran', async () => {
    const cancelled: Failure = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };
    const call = liveCall({ work: never, hooks: notedHooks(cancelled) });
    const running = errorOf(firstOf(call).invoke());
    await pass(40);
    call.interrupt({ by: 'caller', error: down });
    const finished = new FinishedCall(call, call.ending(await running), performance.now());
    await pass(1_000);
    expect(finished.record().attempts).toMatchObject([{ durationMs: 40, outcome: 'cancelled', failure: cancelled }]);
  });

  it('records the target and the key of each attempt where an attempt has them', async () => {
    const lane = countingLane({ key: 'eu' });
    const call = liveCall({ lane, work: ({ attempt }) => (attempt === 1 ? Promise.reject(down) : 'fine') });
    await errorOf(firstOf(call).invoke());
    await call.nextAttempt({ lane: countingLane({ key: 'eu' }), target: { name: 'backup', key: undefined } }).invoke();
    const finished = new FinishedCall(call, SUCCESS, performance.now());
    expect(finished.record()).toMatchObject({ operation: 'chat', key: 'eu' });
    expect(finished.record().attempts).toMatchObject([
      { number: 1, key: 'eu', outcome: 'failure' },
      { number: 2, key: 'eu', target: 'backup', outcome: 'success' },
    ]);
    expect(finished.record().attempts[0]).not.toHaveProperty('target');
  });

  it('records concurrent attempts, each by its own end', async () => {
    const call = liveCall({ work: ({ attempt }) => (attempt === 2 ? 'fine' : never()), hooks: notedHooks(failure) });
    const [first, second] = [firstOf(call), call.nextAttempt()];
    const slow = errorOf(first.invoke());
    await pass(30);
    await second.invoke();
    first.interrupt({ by: 'superseded', error: down });
    await slow;
    await pass(20);
    const finished = new FinishedCall(call, SUCCESS, performance.now());
    expect(finished.record().attempts).toMatchObject([
      { number: 1, durationMs: 30, outcome: 'cancelled' },
      { number: 2, durationMs: 30, outcome: 'success' },
    ]);
  });

  it('records an attempt whose value was delivered as a success while its outcome is pending', async () => {
    const call = liveCall();
    firstOf(call).deferOutcome();
    await firstOf(call).invoke();
    await pass(20);
    const finished = new FinishedCall(call, SUCCESS, performance.now());
    expect(finished.record().attempts).toMatchObject([{ durationMs: 20, outcome: 'success' }]);
  });

  it('records a stream that failed after its value as a failure, up to that moment', async () => {
    const call = liveCall({ hooks: notedHooks(failure) });
    const outcome = firstOf(call).deferOutcome();
    await firstOf(call).invoke();
    await pass(20);
    outcome.fail(down);
    await pass(50);
    const finished = new FinishedCall(call, call.ending(down), performance.now());
    expect(finished.record()).toMatchObject({
      stopReason: 'attempts_exhausted',
      attempts: [{ durationMs: 20, outcome: 'failure', failure }],
      totalMs: 70,
    });
  });

  it('records a stream that its consumer left as cancelled', async () => {
    const call = liveCall();
    const outcome = firstOf(call).deferOutcome();
    await firstOf(call).invoke();
    outcome.ignore();
    const finished = new FinishedCall(call, SUCCESS, performance.now());
    expect(finished.record().attempts).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('counts as invocations only the attempts that called the function', async () => {
    const call = liveCall({ work: () => Promise.reject(down) });
    await errorOf(firstOf(call).invoke());
    await errorOf(call.nextAttempt().reject('capacity', new Error('full')));
    call.nextAttempt();
    expect(new FinishedCall(call, call.ending(down), performance.now()).invocations).toBe(1);
  });
});
