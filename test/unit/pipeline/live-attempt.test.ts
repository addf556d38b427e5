import { DeadlineExceededError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import type { AttemptOutcome, DeferredOutcome, LiveAttempt, Observation } from '../../../src/pipeline/index.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { firstAttempt, firstOf } from '../../support/attempts.js';
import { deferred, errorOf, never } from '../../support/calls.js';
import { countingLane, liveCall, notedHooks } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const error = new Error('the user left');
const down = new Error('down');

/** What has become of a promise so far. */
function watched(promise: Promise<unknown>): string[] {
  const seen: string[] = [];
  promise.then(
    () => seen.push('over'),
    (reason: unknown) => seen.push(String(reason)),
  );
  return seen;
}

/** The outcomes that a listener of this attempt receives: at most one, if all is well. */
function outcomesOf(attempt: LiveAttempt): AttemptOutcome[] {
  const outcomes: AttemptOutcome[] = [];
  attempt.onOutcome((outcome) => outcomes.push(outcome));
  return outcomes;
}

describe('an interruption of an attempt', () => {
  it('counts only when it is the first one', async () => {
    const attempt = firstAttempt({ work: never });
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'caller', error });
    attempt.interrupt({ by: 'deadline', error: new Error('too late') });
    expect(await ended).toBe(error);
    expect(attempt.interruption).toEqual({ by: 'caller', error });
    expect(attempt.signal.reason).toBe(error);
  });

  it('does nothing to an attempt whose function has settled', async () => {
    const attempt = firstAttempt();
    expect(await attempt.invoke()).toBe('fine');
    attempt.interrupt({ by: 'deadline', error });
    expect(attempt.interruption).toBeUndefined();
    expect(attempt.signal.aborted).toBe(false);
  });

  it('does nothing to an attempt that a stage has rejected', async () => {
    const attempt = firstAttempt();
    const outcomes = outcomesOf(attempt);
    await errorOf(attempt.reject('breaker_open', down));
    attempt.interrupt({ by: 'caller', error });
    expect(attempt.interruption).toBeUndefined();
    expect(outcomes).toEqual([{ status: 'rejected', error: down }]);
  });

  it.each(['deadline', 'attempt_timeout'] as const)('by %s aborts the signal with a TimeoutError', (by) => {
    const attempt = firstAttempt();
    attempt.interrupt({ by, error });
    expect(attempt.signal.reason).toMatchObject({ name: 'TimeoutError', cause: error });
  });

  it('by another attempt that made this one needless aborts the signal with an AbortError', () => {
    const attempt = firstAttempt();
    attempt.interrupt({ by: 'superseded', error });
    expect(attempt.signal.reason).toMatchObject({ name: 'AbortError', cause: error });
  });

  it.each([
    { by: 'caller', endsCall: true },
    { by: 'deadline', endsCall: true },
    { by: 'attempt_timeout', endsCall: false },
    { by: 'superseded', endsCall: false },
  ] as const)('by $by ends the other attempts of the call as well: $endsCall', ({ by, endsCall }) => {
    const call = liveCall({ work: never });
    const first = firstOf(call);
    const second = call.nextAttempt();
    for (const attempt of [first, second]) void errorOf(attempt.invoke());
    first.interrupt({ by, error });
    expect(first.interruption).toEqual({ by, error });
    expect(second.interruption).toEqual(endsCall ? { by, error } : undefined);
  });

  it('settles the outcome before the error reaches the caller', async () => {
    const order: string[] = [];
    const attempt = firstAttempt({ work: never });
    attempt.onOutcome(({ status }) => order.push(status));
    const ended = errorOf(attempt.invoke()).then(() => order.push('error'));
    attempt.interrupt({ by: 'attempt_timeout', error });
    expect(order).toEqual(['failure']);
    await ended;
    expect(order).toEqual(['failure', 'error']);
  });

  it('is what the attempt rejects with, also when the function rejects at the abort of its signal', async () => {
    const attempt = firstAttempt({
      work: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(down));
        }),
    });
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'attempt_timeout', error });
    expect(await ended).toBe(error);
  });
});

describe('the meaning of an attempt’s error', () => {
  it('is classified once, however many stages ask', async () => {
    const hooks = notedHooks();
    const attempt = firstAttempt({ hooks });
    const first = attempt.failureOf(error);
    expect(attempt.failureOf(error)).toBe(first);
    expect(attempt.failure).toBe(first);
    expect(hooks.classified).toEqual([{ error, interruption: undefined }]);
    attempt.failureOf(new Error('another one'));
    expect(hooks.classified).toHaveLength(2);
  });

  it.each([Number.NaN, undefined])('is classified once when the function threw %s', (thrown) => {
    const hooks = notedHooks();
    const attempt = firstAttempt({ hooks });
    attempt.failureOf(thrown);
    attempt.failureOf(thrown);
    expect(hooks.classified).toHaveLength(1);
  });

  it('is classified together with what interrupted the attempt', () => {
    const hooks = notedHooks();
    const attempt = firstAttempt({ hooks });
    attempt.interrupt({ by: 'caller', error });
    attempt.failureOf(error);
    expect(hooks.classified).toEqual([{ error, interruption: { by: 'caller', error } }]);
  });

  it('is classified anew for an attempt when no other attempt ended with the error', () => {
    const hooks = notedHooks();
    const call = liveCall({ hooks });
    firstOf(call).failureOf(error);
    call.nextAttempt().failureOf(error);
    expect(hooks.classified).toHaveLength(2);
  });

  it('is taken from the attempt that ended with the error when another attempt asks', async () => {
    const hooks = notedHooks();
    const call = liveCall({ work: never, hooks });
    const first = firstOf(call);
    const second = call.nextAttempt();
    const ended = errorOf(first.invoke());
    first.interrupt({ by: 'attempt_timeout', error });
    await ended;
    const asked = second.failureOf(error);
    // Classified as the first attempt's error: with the interruption that ended the first attempt.
    expect(hooks.classified).toEqual([{ error, interruption: { by: 'attempt_timeout', error } }]);
    expect(first.failureOf(error)).toBe(asked);
    expect(second.failureOf(error)).toBe(asked);
    expect(hooks.classified).toHaveLength(1);
  });

  it('is taken from the last attempt that ended with the error when several did', async () => {
    const hooks = notedHooks();
    const call = liveCall({ work: () => Promise.reject(down), hooks });
    const [first, second, third] = [firstOf(call), call.nextAttempt(), call.nextAttempt()];
    await errorOf(first.invoke());
    await errorOf(second.invoke());
    const asked = third.failureOf(down);
    expect(call.attempts[1]?.failure).toBe(asked);
    expect(first.failure).toBeUndefined();
  });

  it('is classified for the attempt itself when it ended with the same error as another attempt', async () => {
    const hooks = notedHooks();
    const call = liveCall({ work: () => Promise.reject(down), hooks });
    const [first, second] = [firstOf(call), call.nextAttempt()];
    await errorOf(first.invoke());
    await errorOf(second.invoke());
    first.failureOf(down);
    second.failureOf(down);
    expect(hooks.classified).toHaveLength(2);
  });
});

describe('the outcome of an attempt', () => {
  it('is a success when the function returns, and comes before the value', async () => {
    const order: string[] = [];
    const attempt = firstAttempt();
    attempt.onOutcome(({ status }) => order.push(status));
    await attempt.invoke().then((value) => order.push(String(value)));
    expect(order).toEqual(['success', 'fine']);
    expect(attempt.outcome).toEqual({ status: 'success' });
    expect(attempt.endedAtMs).toBeUndefined();
  });

  it('is a failure with the very error when the function throws, and comes before the rejection', async () => {
    const order: unknown[] = [];
    const attempt = firstAttempt({
      work: () => {
        throw down;
      },
    });
    attempt.onOutcome((outcome) => order.push(outcome));
    await attempt.invoke().catch((reason: unknown) => order.push(reason));
    expect(order).toEqual([{ status: 'failure', error: down }, down]);
    expect(attempt.endedWith(down)).toBe(true);
    expect(attempt.endedWith(error)).toBe(false);
  });

  it('is a failure with the interruption’s error when the attempt is interrupted', async () => {
    const attempt = firstAttempt({ work: never });
    const outcomes = outcomesOf(attempt);
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'attempt_timeout', error });
    attempt.interrupt({ by: 'attempt_timeout', error: down });
    await ended;
    expect(outcomes).toEqual([{ status: 'failure', error }]);
  });

  it('stays what the interruption made it when the function settles after all', async () => {
    const late = deferred<string>();
    const attempt = firstAttempt({ work: () => late.promise });
    const outcomes = outcomesOf(attempt);
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'attempt_timeout', error });
    await ended;
    late.resolve('late');
    await pass(0);
    expect(outcomes).toEqual([{ status: 'failure', error }]);
    expect(attempt.outcome).toEqual({ status: 'failure', error });
  });

  it('is passed to the listeners of the innermost stage first', async () => {
    for (const end of ['success', 'failure', 'rejected'] as const) {
      const order: string[] = [];
      const attempt = firstAttempt({ work: () => (end === 'success' ? 'fine' : Promise.reject(down)) });
      for (const stage of ['outer', 'middle', 'inner'])
        attempt.onOutcome(({ status }) => order.push(`${stage} ${status}`));
      await (end === 'rejected' ? attempt.reject('breaker_open', down) : attempt.invoke()).catch(() => undefined);
      expect(order).toEqual([`inner ${end}`, `middle ${end}`, `outer ${end}`]);
    }
  });

  it('is passed at once to a listener that registers after the end', async () => {
    const attempt = firstAttempt({ work: () => Promise.reject(down) });
    await errorOf(attempt.invoke());
    expect(outcomesOf(attempt)).toEqual([{ status: 'failure', error: down }]);
  });

  it('is passed once to a listener that another listener registers', async () => {
    const attempt = firstAttempt();
    const outcomes: AttemptOutcome[] = [];
    attempt.onOutcome(() => attempt.onOutcome((outcome) => outcomes.push(outcome)));
    await attempt.invoke();
    expect(outcomes).toEqual([{ status: 'success' }]);
  });

  it('is known when the hook for a failed attempt has been called, and not before', async () => {
    const seen: unknown[] = [];
    const hooks = { ...notedHooks(), attemptFailed: () => seen.push('hook') };
    const attempt = firstAttempt({ hooks, work: () => Promise.reject(down) });
    attempt.onOutcome(({ status }) => seen.push(status));
    await errorOf(attempt.invoke());
    expect(seen).toEqual(['hook', 'failure']);
  });

  it('is ignored when its call is released before the attempt tried anything', () => {
    const attempt = firstAttempt();
    const outcomes = outcomesOf(attempt);
    attempt.drop();
    attempt.drop();
    expect(outcomes).toEqual([{ status: 'ignored' }]);
  });

  it('is not changed by a release of the call when the attempt has ended or its function runs', async () => {
    const ended = firstAttempt();
    const running = firstAttempt({ work: never });
    const outcomes = [outcomesOf(ended), outcomesOf(running)];
    await ended.invoke();
    void running.invoke();
    ended.drop();
    running.drop();
    expect(outcomes).toEqual([[{ status: 'success' }], []]);
  });
});

describe('an attempt that a stage rejects', () => {
  it('settles its outcome as rejected and never calls the function', async () => {
    const work = vi.fn();
    const hooks = notedHooks();
    const attempt = firstAttempt({ work, hooks });
    const outcomes = outcomesOf(attempt);
    const rejected = attempt.reject('quota_held', down);
    // Settled at once, before the promise is looked at.
    expect(outcomes).toEqual([{ status: 'rejected', error: down }]);
    expect(await errorOf(rejected)).toBe(down);
    expect(attempt).toMatchObject({ rejectedBy: 'quota_held', invoked: false, interruption: undefined });
    expect(work).not.toHaveBeenCalled();
    expect(hooks.notes).toEqual([]);
  });

  it('keeps the length of the wait before the rejection', async () => {
    const attempt = firstAttempt();
    await Promise.all([attempt.pause(100), pass(100)]);
    await errorOf(attempt.reject('quota_held', down));
    expect(attempt.waitedMs).toBe(100);
  });
});

describe('a deferred outcome', () => {
  /** An attempt whose function returns `stream` at once and has its outcome deferred. */
  function streaming(own: { readonly settleFirst?: (outcome: DeferredOutcome) => void } = {}) {
    const hooks = notedHooks();
    const settle = deferred();
    const call = liveCall({
      hooks,
      work: async () => {
        await settle.promise;
        return 'stream';
      },
    });
    const attempt = firstOf(call);
    const outcomes = outcomesOf(attempt);
    const outcome = attempt.deferOutcome();
    const value = attempt.invoke();
    own.settleFirst?.(outcome);
    return { hooks, call, attempt, outcomes, outcome, value, deliver: settle.resolve };
  }

  /** As above, when the value has been delivered. */
  async function delivered() {
    const made = streaming();
    made.deliver();
    expect(await made.value).toBe('stream');
    return made;
  }

  const ENDS = [
    { how: 'succeed', settle: (each: DeferredOutcome) => each.succeed(), outcome: { status: 'success' } },
    { how: 'fail', settle: (each: DeferredOutcome) => each.fail(down), outcome: { status: 'failure', error: down } },
    { how: 'ignore', settle: (each: DeferredOutcome) => each.ignore(), outcome: { status: 'ignored' } },
  ] as const;

  it('leaves the attempt under way when the value is delivered', async () => {
    const { attempt, call, outcomes } = await delivered();
    expect(outcomes).toEqual([]);
    expect(attempt).toMatchObject({ gaveValueEarly: true, outcome: undefined, endedAtMs: undefined, invoked: true });
    expect(call.streaming).toBe(attempt);
  });

  it.each(ENDS)('ends the attempt by $how() after the value', async ({ settle, outcome: expected }) => {
    const { attempt, outcomes, outcome } = await delivered();
    await pass(30);
    settle(outcome);
    expect(outcomes).toEqual([expected]);
    expect(Number(attempt.endedAtMs) - attempt.startedAtMs).toBe(30);
  });

  it.each(ENDS)('waits for the value when $how() comes before it', async ({ settle, outcome: expected }) => {
    const { attempt, outcomes, value, deliver } = streaming({ settleFirst: settle });
    await pass(30);
    expect(outcomes).toEqual([]);
    deliver();
    expect(await value).toBe('stream');
    expect(outcomes).toEqual([expected]);
    expect(Number(attempt.endedAtMs) - attempt.startedAtMs).toBe(30);
  });

  it.each(ENDS)(
    'counts its first settlement, here by $how(), and ignores later ones',
    async ({ settle, outcome: expected }) => {
      const after = await delivered();
      const before = streaming({ settleFirst: settle });
      settle(after.outcome);
      for (const { settle: again } of ENDS) {
        again(after.outcome);
        again(before.outcome);
      }
      before.deliver();
      await before.value;
      expect(after.outcomes).toEqual([expected]);
      expect(before.outcomes).toEqual([expected]);
    },
  );

  it('reports a failed attempt once when it fails after the value', async () => {
    const { hooks, outcome } = await delivered();
    outcome.fail(down);
    outcome.fail(down);
    expect(hooks.notes).toEqual(['1 started', '1 failed: down']);
  });

  it.each(['succeed', 'ignore'] as const)('reports no failed attempt when it is settled by %s()', async (how) => {
    const { hooks, outcome } = await delivered();
    outcome[how]();
    expect(hooks.notes).toEqual(['1 started']);
  });

  it('does not change the failure of a function that throws although its outcome is deferred', async () => {
    const attempt = firstAttempt({ work: () => Promise.reject(down) });
    const outcomes = outcomesOf(attempt);
    const outcome = attempt.deferOutcome();
    expect(await errorOf(attempt.invoke())).toBe(down);
    outcome.succeed();
    expect(outcomes).toEqual([{ status: 'failure', error: down }]);
  });

  it('is settled as a failure by an interruption between the value and the end of the stream', async () => {
    const { hooks, attempt, outcomes, outcome } = await delivered();
    const { signal } = attempt;
    await pass(30);
    attempt.interrupt({ by: 'attempt_timeout', error });
    expect(outcomes).toEqual([{ status: 'failure', error }]);
    expect(signal.aborted).toBe(true);
    expect(Number(attempt.endedAtMs) - attempt.startedAtMs).toBe(30);
    outcome.succeed();
    outcome.fail(down);
    expect(outcomes).toEqual([{ status: 'failure', error }]);
    expect(hooks.notes).toEqual(['1 started', '1 failed: the user left']);
  });

  it('is settled as a failure by an interruption of the whole call', async () => {
    const { call, outcomes } = await delivered();
    call.interrupt({ by: 'caller', error });
    expect(outcomes).toEqual([{ status: 'failure', error }]);
  });

  it('is not settled by an interruption that comes after it', async () => {
    const { attempt, outcomes, outcome } = await delivered();
    outcome.succeed();
    attempt.interrupt({ by: 'attempt_timeout', error });
    expect(outcomes).toEqual([{ status: 'success' }]);
    expect(attempt.interruption).toBeUndefined();
  });

  it('of an attempt that was interrupted before its value has the outcome of the interruption', async () => {
    const { hooks, attempt, outcomes, outcome, value, deliver } = streaming();
    const ended = errorOf(value);
    attempt.interrupt({ by: 'attempt_timeout', error });
    expect(await ended).toBe(error);
    outcome.succeed();
    deliver();
    await pass(0);
    expect(outcomes).toEqual([{ status: 'failure', error }]);
    expect(hooks.notes).toEqual(['1 started', '1 failed: the user left', '1 abandoned: success']);
  });
});

describe('an observation', () => {
  it('reaches every listener of the attempt, in the order in which they registered', () => {
    const attempt = firstAttempt();
    const seen: [string, Observation][] = [];
    attempt.onObservation((observation) => seen.push(['first', observation]));
    attempt.onObservation((observation) => seen.push(['second', observation]));
    const observation: Observation = { usage: { inputTokens: 5 } };
    attempt.observe(observation);
    expect(seen).toEqual([
      ['first', observation],
      ['second', observation],
    ]);
  });

  it('may come when no listener has registered, and more than once', () => {
    const attempt = firstAttempt();
    attempt.observe({ usage: { outputTokens: 1 } });
    const seen = vi.fn();
    attempt.onObservation(seen);
    attempt.observe({ headers: { 'retry-after': '5' } });
    attempt.observe({ usage: { costUsd: 0.01 } });
    expect(seen.mock.calls).toEqual([[{ headers: { 'retry-after': '5' } }], [{ usage: { costUsd: 0.01 } }]]);
  });
});

describe('noRetry()', () => {
  it('forbids further attempts of the whole call', () => {
    const call = liveCall();
    const second = call.nextAttempt();
    expect(call.retryForbidden).toBe(false);
    firstOf(call).noRetry();
    expect(call.retryForbidden).toBe(true);
    expect(second.call.retryForbidden).toBe(true);
    second.noRetry();
    expect(call.retryForbidden).toBe(true);
  });

  it('does not end attempts that are under way', async () => {
    const call = liveCall({ work: () => pass(10).then(() => 'fine') });
    const ended = firstOf(call).invoke();
    firstOf(call).noRetry();
    expect(await ended).toBe('fine');
  });
});

describe('the lane of an attempt', () => {
  it('is the lane of the call at first, which the attempt does not enter again', () => {
    const lane = countingLane({ operation: 'embed', key: 'eu' });
    const attempt = firstAttempt({ lane });
    expect(attempt).toMatchObject({ lane, operation: 'embed', key: 'eu', target: undefined });
    expect(lane.inUse()).toBe(0);
  });

  it('gives operation and key of the lane that the attempt has moved to, with its target', () => {
    const attempt = firstAttempt();
    const lane = countingLane({ operation: 'chat', key: 'us' });
    attempt.moveTo(lane, { target: { name: 'backup', key: undefined } });
    expect(attempt).toMatchObject({ lane, operation: 'chat', key: 'us', target: { name: 'backup' } });
  });
});

describe('a pause', () => {
  it('lasts as long as it should, and counts as waiting', async () => {
    const attempt = firstAttempt();
    const createdAtMs = performance.now();
    const seen = watched(attempt.pause(100));
    await pass(99);
    expect(seen).toEqual([]);
    expect(attempt.waitedMs).toBe(0);
    await pass(1);
    expect(seen).toEqual(['over']);
    expect(attempt.waitedMs).toBe(100);
    expect(attempt.startedAtMs - createdAtMs).toBe(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('adds to the pauses before it, and the time between them does not count as waiting', async () => {
    const attempt = firstAttempt();
    await Promise.all([attempt.pause(100), pass(100)]);
    await pass(1_000);
    await Promise.all([attempt.pause(50), pass(50)]);
    expect(attempt.waitedMs).toBe(150);
  });

  it.each([0, -1])('of %s ms needs no timer and is over at once', async (waitMs) => {
    const attempt = firstAttempt();
    await attempt.pause(waitMs);
    expect(vi.getTimerCount()).toBe(0);
    expect(attempt.waitedMs).toBe(0);
  });

  it('keeps the process alive, since nothing else may be under way meanwhile', () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    void firstAttempt().pause(100);
    const [started] = timers.mock.results;
    expect(started?.type === 'return' && started.value.hasRef()).toBe(true);
  });

  it.each(['caller', 'deadline'] as const)('ends at once when the %s ends the call', async (by) => {
    const hooks = notedHooks();
    const call = liveCall({ hooks });
    const attempt = firstOf(call);
    const outcomes = outcomesOf(attempt);
    const seen = watched(attempt.pause(100));
    await pass(40);
    call.interrupt({ by, error });
    expect(vi.getTimerCount()).toBe(0);
    await pass(0);
    expect(seen).toEqual(['Error: the user left']);
    expect(attempt.waitedMs).toBe(40);
    expect(outcomes).toEqual([{ status: 'failure', error }]);
    // The function had not been called: no attempt has failed.
    expect(hooks.notes).toEqual([]);
  });

  it('does not begin when the call has been interrupted before', async () => {
    const attempt = firstAttempt();
    attempt.interrupt({ by: 'caller', error });
    expect(await errorOf(attempt.pause(100))).toBe(error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at the deadline when that comes first, and ends the call', async () => {
    const attempt = firstAttempt({ deadlineMs: 60 });
    const seen = watched(attempt.pause(100));
    await pass(59);
    expect(seen).toEqual([]);
    await pass(1);
    expect(seen).toEqual([
      expect.stringMatching(/^DeadlineExceededError: the call of 'chat' took longer than its deadline of 60 ms/),
    ]);
    expect(attempt.interruption?.by).toBe('deadline');
    expect(attempt.waitedMs).toBe(60);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that ends exactly at the deadline ends the call by the deadline', async () => {
    const seen = watched(firstAttempt({ deadlineMs: 100 }).pause(100));
    await pass(100);
    expect(seen).toEqual([String(new DeadlineExceededError('chat', 100))]);
  });

  it('ends the call by the deadline also when the thread was blocked beyond it', async () => {
    const attempt = firstAttempt({ deadlineMs: 100 });
    const seen = watched(attempt.pause(50));
    const later = performance.now() + 150;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    await pass(50);
    expect(seen).toEqual([String(new DeadlineExceededError('chat', 100))]);
    expect(attempt.invoked).toBe(false);
  });

  it('is not ended twice by an interruption that comes after it', async () => {
    const attempt = firstAttempt({ work: never });
    await Promise.all([attempt.pause(100), pass(100)]);
    await pass(30);
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'caller', error });
    expect(await ended).toBe(error);
    expect(attempt.waitedMs).toBe(100);
  });

  it('may be followed by an interruption before the function is called, which is then never called', async () => {
    const work = vi.fn();
    const attempt = firstAttempt({ work });
    await Promise.all([attempt.pause(100), pass(100)]);
    attempt.interrupt({ by: 'caller', error });
    expect(attempt.waitedMs).toBe(100);
    expect(await errorOf(attempt.invoke())).toBe(error);
    expect(work).not.toHaveBeenCalled();
  });

  it('is never longer than a timer can be', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const attempt = firstAttempt();
    const ended = errorOf(attempt.pause(2 ** 40));
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    attempt.interrupt({ by: 'caller', error });
    expect(await ended).toBe(error);
  });

  it('is not part of how long the function took', async () => {
    const attempt = firstAttempt({ work: () => pass(30).then(() => Promise.reject(error)) });
    await Promise.all([attempt.pause(100), pass(100)]);
    expect(await errorOf(attempt.invoke())).toBe(error);
    expect(Number(attempt.endedAtMs) - attempt.startedAtMs).toBe(30);
  });
});

describe('an attempt settles its outcome exactly once', () => {
  it('when a listener of the abort signal fails the deferred outcome', async () => {
    const hooks = notedHooks();
    const attempt = firstAttempt({ hooks });
    const outcomes = outcomesOf(attempt);
    const outcome = attempt.deferOutcome();
    await attempt.invoke();
    attempt.signal.addEventListener('abort', () => outcome.fail(down));
    attempt.interrupt({ by: 'attempt_timeout', error });
    expect(outcomes).toEqual([{ status: 'failure', error }]);
    expect(hooks.notes).toEqual(['1 started', '1 failed: the user left']);
  });

  it('when a stage rejects it after an interruption, which stays the reason', async () => {
    const attempt = firstAttempt();
    const outcomes = outcomesOf(attempt);
    attempt.interrupt({ by: 'caller', error });
    expect(await errorOf(attempt.reject('quota_held', down))).toBe(error);
    expect(outcomes).toEqual([{ status: 'failure', error }]);
    expect(attempt.rejectedBy).toBeUndefined();
  });

  it('when it is interrupted after it was dropped', () => {
    const attempt = firstAttempt();
    const outcomes = outcomesOf(attempt);
    attempt.drop();
    attempt.interrupt({ by: 'attempt_timeout', error });
    expect(outcomes).toEqual([{ status: 'ignored' }]);
  });

  it('and notifies the owner of the call after all stages, whenever it registers', async () => {
    const attempt = firstAttempt();
    const order: string[] = [];
    attempt.onOutcome(() => order.push('outer stage'));
    attempt.afterOutcome(() => order.push('owner'));
    attempt.onOutcome(() => order.push('inner stage'));
    await attempt.invoke();
    attempt.afterOutcome(() => order.push('late owner'));
    expect(order).toEqual(['inner stage', 'outer stage', 'owner', 'late owner']);
  });
});

describe('an attempt that moves away from the lane of its call and back', () => {
  it('leaves every lane as often as it entered it', () => {
    const [home, other] = [countingLane(), countingLane({ key: 'us' })];
    const call = liveCall({ lane: home });
    firstOf(call).moveTo(other);
    firstOf(call).moveTo(home);
    call.release(new SignalLinks(), 0);
    expect([home.inUse(), other.inUse()]).toEqual([0, 0]);
  });
});
