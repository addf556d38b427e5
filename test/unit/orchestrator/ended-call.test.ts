import { describe, expect, it } from 'vitest';
import { FinishedCall } from '../../../src/orchestrator/ended-call.js';
import type { Failure } from '../../../src/pipeline/index.js';
import { errorOf, never } from '../../support/calls.js';
import { liveCall, notingHost } from '../../support/live-calls.js';
import { pass, START, useFakeTime } from '../../support/time.js';

useFakeTime();

const failure: Failure = { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true };
const down = new Error('down');

describe('a call that is over', () => {
  it('tells of every attempt what became of it, and of the waits between', async () => {
    let calls = 0;
    const work = async () => {
      calls += 1;
      await pass(10 * calls);
      if (calls === 1) throw down;
      return 'fine';
    };
    const call = liveCall({ work, host: notingHost(failure) });
    call.attempt.failureOf(await errorOf(call.attempt.invoke()));
    const second = call.again(Infinity);
    await Promise.all([second.pause(100), pass(100)]);
    await second.invoke();
    const ended = new FinishedCall(
      call,
      { stopReason: 'success', stopRule: undefined, failure: undefined },
      performance.now(),
    );
    expect(ended.invocations).toBe(2);
    expect(ended.record()).toEqual({
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
      fallbackUsed: false,
    });
  });

  it('tells an attempt that was turned away after it had waited', async () => {
    const call = liveCall({ work: () => Promise.reject(down), host: notingHost(failure) });
    call.attempt.failureOf(await errorOf(call.attempt.invoke()));
    const second = call.again(Infinity);
    await Promise.all([second.pause(100), pass(100)]);
    second.refusedBy = 'breaker_open';
    const ended = new FinishedCall(
      call,
      { stopReason: 'breaker_open', stopRule: 'refused', failure },
      performance.now(),
    );
    expect(ended.invocations).toBe(1);
    expect(ended.record()).toMatchObject({
      attempts: [{ outcome: 'failure' }, { number: 2, durationMs: 0, waitedMs: 100, outcome: 'rejected' }],
      totalMs: 100,
      waitedMs: 100,
    });
  });

  it('tells nothing of an attempt that was cancelled while it waited, but counts its wait', async () => {
    const call = liveCall({ work: () => Promise.reject(down), host: notingHost(failure) });
    call.attempt.failureOf(await errorOf(call.attempt.invoke()));
    const wait = errorOf(call.again(Infinity).pause(100));
    await pass(40);
    call.interrupt({ by: 'caller', error: new Error('the user left') });
    await wait;
    const ended = new FinishedCall(call, call.ending(await wait), performance.now());
    expect(ended.stopReason).toBe('cancelled');
    expect(ended.record().attempts).toMatchObject([{ number: 1, outcome: 'failure' }]);
    expect(ended.record()).toMatchObject({ totalMs: 40, waitedMs: 40 });
  });

  it('tells an attempt that was cancelled while it ran', async () => {
    const cancelled: Failure = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };
    const call = liveCall({ work: never, host: notingHost(cancelled) });
    const running = errorOf(call.attempt.invoke());
    await pass(40);
    call.interrupt({ by: 'caller', error: down });
    const ended = new FinishedCall(call, call.ending(await running), performance.now());
    await pass(1_000);
    expect(ended.record().attempts).toMatchObject([{ durationMs: 40, outcome: 'cancelled', failure: cancelled }]);
  });
});
