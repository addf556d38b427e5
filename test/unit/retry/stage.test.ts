import { describe, expect, it, vi } from 'vitest';
import type { Call, CallHooks, Failure, Run, StageAttempt, StopReason } from '../../../src/pipeline/index.js';
import { TokenBucket } from '../../../src/retry/budget.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';
import { type RetryListener, type RetryParts, retryStage } from '../../../src/retry/stage.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { errorOf, never } from '../../support/calls.js';
import { countingLane, liveCall } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const DOWN: Failure = { kind: 'server_error', retry: 'backoff', breaker: 'failure', failover: true };
const BAD: Failure = { kind: 'invalid_request', retry: 'never', breaker: 'ignored', failover: false };

/** What the stage is given, with notes of what it asks and reports. */
function parts(own: Partial<RetryParts> = {}) {
  const budget = new TokenBucket({ ratio: 0.5, floorPerSecond: 0, burst: 5 });
  const listener = {
    retryScheduled: vi.fn<RetryListener['retryScheduled']>(),
    retryRefused: vi.fn<RetryListener['retryRefused']>(),
  };
  const settings = resolveRetrySettings({ maxAttempts: 3, minDelayMs: 100, maxDelayMs: 400, jitter: 'none' });
  const given: RetryParts = {
    settings,
    budget,
    random: () => 0.5,
    listener,
    typicalMs: () => undefined,
    rejectionAfter: () => undefined,
    ...own,
  };
  return { given, budget, listener, tokens: () => budget.snapshot(0).tokens };
}

interface ThroughOptions {
  readonly rejectAttempt?: number;
  readonly deadlineMs?: number;
  /** What the function does with its call before it fails or returns. */
  readonly during?: (call: Call) => unknown;
}

/** A call through the stage alone; its function fails with these in turn, by the failures that they mean. */
function through(
  given: RetryParts,
  errors: readonly { readonly means: Failure }[],
  { rejectAttempt, deadlineMs, during }: ThroughOptions = {},
) {
  const work = vi.fn(async (call: Call): Promise<unknown> => {
    await during?.(call);
    const error = errors[call.attempt - 1];
    if (error !== undefined) throw error;
    return 'fine';
  });
  const hooks: CallHooks = {
    callId: () => 'call-1',
    classify: (error) => errors.find((each) => each === error)?.means ?? DOWN,
  };
  const rejection = new Error('rejected');
  const next: Run = (attempt: StageAttempt) => {
    return attempt.attempt === rejectAttempt ? attempt.reject('breaker_open', rejection) : attempt.invoke();
  };
  const call = liveCall({ hooks, work, run: retryStage(given)(next), deadlineMs });
  const ending = async (ended: Promise<unknown>): Promise<StopReason> => call.ending(await errorOf(ended)).stopReason;
  return { call, work, rejection, ending, start: () => call.start(new SignalLinks()) };
}

describe('the first attempt of the retry stage', () => {
  it('is made at once, and its success does not refill the budget, which its owner does', async () => {
    const { given, budget, listener, tokens } = parts();
    for (let nth = 0; nth < 4; nth++) budget.take(0);
    const { start, work } = through(given, []);
    const ended = start();
    expect(work).toHaveBeenCalledTimes(1);
    expect(await ended).toBe('fine');
    expect(tokens()).toBe(1);
    expect(listener.retryScheduled).not.toHaveBeenCalled();
    expect(listener.retryRefused).not.toHaveBeenCalled();
  });

  it('ends the call with the error of the stage that rejects it, and is not charged to the budget', async () => {
    const { given, listener, tokens } = parts();
    const { start, work, rejection, ending } = through(given, [], { rejectAttempt: 1 });
    const ended = start();
    expect(await errorOf(ended)).toBe(rejection);
    expect(await ending(ended)).toBe('breaker_open');
    expect(work).not.toHaveBeenCalled();
    expect(listener.retryRefused).not.toHaveBeenCalled();
    expect(tokens()).toBe(5);
  });
});

describe('a later attempt of the retry stage', () => {
  it('costs one token of the budget, and its success does not refill it', async () => {
    const { given, tokens, listener } = parts();
    const errors = [{ means: DOWN }, { means: DOWN }];
    const { start, work } = through(given, errors);
    const ended = start();
    await pass(0);
    expect(tokens()).toBe(4);
    await pass(100);
    expect(tokens()).toBe(3);
    await pass(200);
    expect(await ended).toBe('fine');
    expect(tokens()).toBe(3);
    expect(work).toHaveBeenCalledTimes(3);
    expect(listener.retryScheduled.mock.calls.map(([attempt, retry]) => [attempt.attempt, retry])).toEqual([
      [1, { delayMs: 100, waitFor: 'backoff', error: errors[0], failure: DOWN }],
      [2, { delayMs: 200, waitFor: 'backoff', error: errors[1], failure: DOWN }],
    ]);
  });

  it('ends the call with the last error of the function when a stage rejects it', async () => {
    const { given, listener } = parts();
    const errors = [{ means: DOWN }];
    const { start, ending } = through(given, errors, { rejectAttempt: 2 });
    const ended = start();
    const reason = ending(ended);
    await pass(100);
    expect(await errorOf(ended)).toBe(errors[0]);
    expect(await reason).toBe('breaker_open');
    expect(listener.retryRefused.mock.calls.map(([attempt, refusal]) => [attempt.attempt, refusal])).toEqual([
      [2, { stopReason: 'breaker_open', stopRule: 'refused', failure: DOWN }],
    ]);
  });

  it('waits depending on the wait before it when the jitter is decorrelated', async () => {
    const settings = resolveRetrySettings({
      maxAttempts: 4,
      minDelayMs: 100,
      maxDelayMs: 10_000,
      jitter: 'decorrelated',
    });
    const { given, listener } = parts({ settings });
    const { start } = through(given, [{ means: DOWN }, { means: DOWN }, { means: DOWN }]);
    const ended = start();
    await pass(10_000);
    expect(await ended).toBe('fine');
    // Half way from 100 to three times the last wait: to 300, to 600, to 1050.
    expect(listener.retryScheduled.mock.calls.map(([, { delayMs }]) => delayMs)).toEqual([200, 350, 575]);
  });

  it('ends the call with its own error when that must not be retried', async () => {
    const { given, listener } = parts();
    const errors = [{ means: DOWN }, { means: BAD }];
    const { start, ending } = through(given, errors);
    const ended = start();
    const reason = ending(ended);
    await pass(100);
    expect(await errorOf(ended)).toBe(errors[1]);
    expect(await reason).toBe('not_retryable');
    expect(listener.retryRefused).not.toHaveBeenCalled();
  });
});

describe('a retry that the retry stage refuses', () => {
  it.each([
    { why: 'never_retried', own: {}, means: BAD, reason: 'not_retryable', refusals: 0 },
    {
      why: 'breaker_open',
      own: { rejectionAfter: () => 'breaker_open' as const },
      means: DOWN,
      reason: 'breaker_open',
      refusals: 1,
    },
    {
      why: 'quota_held',
      own: { rejectionAfter: () => 'quota_held' as const },
      means: DOWN,
      reason: 'quota_held',
      refusals: 1,
    },
    { why: 'attempt_beyond_deadline', own: { typicalMs: () => 950 }, means: DOWN, reason: 'deadline', refusals: 1 },
  ])(
    'because of $why costs nothing and is reported unless it is never_retried',
    async ({ why, own, means, reason, refusals }) => {
      const { given, listener, tokens } = parts(own);
      const { start, work, ending } = through(given, [{ means }], { deadlineMs: 1_000 });
      expect(await ending(start())).toBe(reason);
      expect(work).toHaveBeenCalledTimes(1);
      expect(tokens()).toBe(5);
      expect(listener.retryRefused).toHaveBeenCalledTimes(refusals);
      for (const [, refusal] of listener.retryRefused.mock.calls) expect(refusal).toMatchObject({ stopRule: why });
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('because the budget is spent is reported', async () => {
    const { given, budget, listener } = parts();
    for (let nth = 0; nth < 5; nth++) budget.take(0);
    const { start, ending } = through(given, [{ means: DOWN }]);
    expect(await ending(start())).toBe('retry_budget');
    expect(listener.retryRefused.mock.calls[0]?.[1]).toMatchObject({ stopRule: 'budget', stopReason: 'retry_budget' });
    expect(listener.retryScheduled).not.toHaveBeenCalled();
  });

  it('is decided with the wait that would come before the attempt', async () => {
    const rejectionAfter = vi.fn<RetryParts['rejectionAfter']>();
    const { given } = parts({ rejectionAfter });
    const { start } = through(given, [{ means: DOWN }, { means: DOWN }]);
    const ended = start();
    await pass(300);
    expect(await ended).toBe('fine');
    expect(rejectionAfter.mock.calls.map(([{ attempt }, delayMs]) => [attempt, delayMs])).toEqual([
      [1, 100],
      [2, 200],
    ]);
  });
});

describe('a call without a budget in the retry stage', () => {
  it('is retried as long as the settings allow', async () => {
    const { given } = parts({ budget: undefined });
    const { start, work, ending } = through(given, [{ means: DOWN }, { means: DOWN }, { means: DOWN }]);
    const reason = ending(start());
    await pass(1_000);
    expect(await reason).toBe('attempts_exhausted');
    expect(work).toHaveBeenCalledTimes(3);
  });
});

describe('noRetry() in the retry stage', () => {
  it('ends the call with the error of the function, whatever the error means', async () => {
    const { given, listener, tokens } = parts();
    const errors = [{ means: DOWN }];
    const { start, work, ending } = through(given, errors, { during: (call) => call.noRetry() });
    const ended = start();
    expect(await errorOf(ended)).toBe(errors[0]);
    expect(await ending(ended)).toBe('not_retryable');
    expect(work).toHaveBeenCalledTimes(1);
    expect(tokens()).toBe(5);
    // As with a bad request, that it is not sent again is not worth an event.
    expect(listener.retryRefused).not.toHaveBeenCalled();
    expect(listener.retryScheduled).not.toHaveBeenCalled();
  });

  it('may be called by a later attempt', async () => {
    const { given } = parts();
    const errors = [{ means: DOWN }, { means: DOWN }];
    const during = (call: Call) => (call.attempt === 2 ? call.noRetry() : undefined);
    const { start, work, ending } = through(given, errors, { during });
    const reason = ending(start());
    await pass(1_000);
    expect(await reason).toBe('not_retryable');
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('does not affect a call that succeeds', async () => {
    const { given } = parts();
    const { start } = through(given, [], { during: (call) => call.noRetry() });
    expect(await start()).toBe('fine');
  });

  it('does not prevent a retry that is already waiting', async () => {
    const { given } = parts();
    const { call, start, work } = through(given, [{ means: DOWN }]);
    const ended = start();
    await pass(50);
    call.forbidRetry();
    await pass(50);
    expect(await ended).toBe('fine');
    expect(work).toHaveBeenCalledTimes(2);
  });
});

describe('the attempts of the retry stage', () => {
  it.each([
    { maxElapsedMs: 5_000, mustStartByMs: 5_000 },
    { maxElapsedMs: false, mustStartByMs: Infinity },
  ] as const)('must start within maxElapsedMs of the call: $maxElapsedMs', async ({ maxElapsedMs, mustStartByMs }) => {
    const settings = resolveRetrySettings({ minDelayMs: 100, jitter: 'none', maxElapsedMs });
    const { call, start } = through(parts({ settings }).given, [{ means: DOWN }]);
    const ended = start();
    await pass(100);
    await ended;
    expect(call.attempts.map((each) => each.mustStartByMs - call.startedAtMs)).toEqual([Infinity, mustStartByMs]);
  });

  it('run in the lane of the attempt that failed', async () => {
    const { given } = parts();
    const lane = countingLane({ key: 'us' });
    const { call, start } = through(given, [{ means: DOWN }]);
    call.attempts[0]?.moveTo(lane);
    const ended = start();
    await pass(100);
    await ended;
    expect(call.attempts.map((each) => each.lane)).toEqual([lane, lane]);
    expect(lane.inUse()).toBe(2);
    call.release(new SignalLinks(), 0);
    expect(lane.inUse()).toBe(0);
  });

  it('are the only ones that maxAttempts counts: attempts that run beside them, such as hedges, do not', async () => {
    const { given, listener } = parts({ settings: resolveRetrySettings({ maxAttempts: 2, minDelayMs: 100 }) });
    const { call, start, work, ending } = through(given, [{ means: DOWN }, { means: DOWN }, { means: DOWN }]);
    call.nextAttempt();
    const reason = ending(start());
    await pass(1_000);
    expect(await reason).toBe('attempts_exhausted');
    expect(work).toHaveBeenCalledTimes(2);
    expect(listener.retryRefused.mock.calls[0]?.[1]).toMatchObject({ stopRule: 'max_attempts' });
  });
});

describe('an attempt that is interrupted in the retry stage', () => {
  it.each(['caller', 'deadline'] as const)('by the %s ends the call, and no refused retry is reported', async (by) => {
    const { given, listener, tokens } = parts();
    const { call, start, ending } = through(given, [], { during: never });
    const ended = start();
    const reason = ending(ended);
    call.interrupt({ by, error: new Error('over') });
    expect(await reason).toBe(by === 'caller' ? 'cancelled' : 'deadline');
    expect(call.attempts).toHaveLength(1);
    expect(listener.retryRefused).not.toHaveBeenCalled();
    expect(tokens()).toBe(5);
  });

  it('by its timeout is retried', async () => {
    const { given } = parts();
    const during = ({ attempt }: Call) => (attempt === 1 ? never() : undefined);
    const { call, start } = through(given, [], { during });
    const ended = start();
    call.attempts[0]?.interrupt({ by: 'attempt_timeout', error: new Error('too slow') });
    await pass(100);
    expect(await ended).toBe('fine');
  });

  it('while it waits for its turn ends the call without a further attempt', async () => {
    const { given } = parts();
    const { call, start, work } = through(given, [{ means: DOWN }]);
    const ended = errorOf(start());
    await pass(50);
    const error = new Error('the user left');
    call.interrupt({ by: 'caller', error });
    expect(await ended).toBe(error);
    await pass(1_000);
    expect(work).toHaveBeenCalledTimes(1);
    expect(call.attempts).toHaveLength(2);
  });
});
