import { describe, expect, it, vi } from 'vitest';
import {
  type Call,
  type CallHost,
  type Failure,
  LiveCall,
  type Run,
  type StagedCall,
  type StopReason,
} from '../../../src/pipeline/index.js';
import { RetryBudget } from '../../../src/retry/budget.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';
import { type RetryListener, type RetryParts, retryStage } from '../../../src/retry/stage.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { errorOf } from '../../support/calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const DOWN: Failure = { kind: 'server_error', retry: 'backoff', breaker: 'failure', failover: true };
const BAD: Failure = { kind: 'invalid_request', retry: 'never', breaker: 'ignored', failover: false };

/** What the stage is given, with notes of what it asks and tells. */
function parts(own: Partial<RetryParts> = {}) {
  const budget = new RetryBudget({ ratio: 0.5, floorPerSecond: 0, burst: 5 });
  const listener = {
    scheduled: vi.fn<RetryListener['scheduled']>(),
    refused: vi.fn<RetryListener['refused']>(),
  };
  const rules = resolveRetrySettings({ maxAttempts: 3, minDelayMs: 100, maxDelayMs: 400, jitter: 'none' });
  const given: RetryParts = {
    rules,
    budget,
    random: () => 0.5,
    listener,
    typicalMs: () => undefined,
    refusalAfter: () => undefined,
    ...own,
  };
  return { given, budget, listener, tokens: () => budget.snapshot(0).tokens };
}

/** A call through the stage alone; its function fails with these in turn, by the failures that they mean. */
function through(
  given: RetryParts,
  errors: readonly { readonly means: Failure }[],
  { refuseAttempt, deadlineMs }: { readonly refuseAttempt?: number; readonly deadlineMs?: number } = {},
) {
  const work = vi.fn((call: Call): unknown => {
    const error = errors[call.attempt - 1];
    if (error !== undefined) throw error;
    return 'fine';
  });
  const host: CallHost = {
    operation: 'chat',
    key: undefined,
    callId: () => 'call-1',
    failureOf: (error) => errors.find((each) => each === error)?.means ?? DOWN,
    attempted: () => undefined,
    attemptFailed: () => undefined,
    attemptAbandoned: () => undefined,
  };
  const refused = new Error('refused');
  const next: Run = (attempt: StagedCall) => {
    if (attempt.attempt !== refuseAttempt) return attempt.invoke();
    attempt.refusedBy = 'breaker_open';
    return Promise.reject(refused);
  };
  const call = new LiveCall({
    host,
    work,
    run: retryStage(given)(next),
    serial: 1,
    startedAtMs: performance.now(),
    deadlineMs,
    signal: undefined,
    context: {},
    idempotent: true,
    replayable: true,
  });
  const conclusion = async (ended: Promise<unknown>): Promise<StopReason> =>
    call.ending(await errorOf(ended)).stopReason;
  return { call, work, refused, conclusion, start: () => call.start(new SignalLinks()) };
}

describe('the first attempt', () => {
  it('is made at once, and its success pays into the budget once', async () => {
    const { given, budget, listener, tokens } = parts();
    for (let nth = 0; nth < 4; nth++) budget.take(0);
    const { start, work } = through(given, []);
    const ended = start();
    expect(work).toHaveBeenCalledTimes(1);
    expect(await ended).toBe('fine');
    expect(tokens()).toBe(1.5);
    expect(listener.scheduled).not.toHaveBeenCalled();
    expect(listener.refused).not.toHaveBeenCalled();
  });

  it('that another stage refuses ends the call with the error of that stage, and costs nothing', async () => {
    const { given, listener, tokens } = parts();
    const { start, work, refused, conclusion } = through(given, [], { refuseAttempt: 1 });
    const ended = start();
    expect(await errorOf(ended)).toBe(refused);
    expect(await conclusion(ended)).toBe('breaker_open');
    expect(work).not.toHaveBeenCalled();
    expect(listener.refused).not.toHaveBeenCalled();
    expect(tokens()).toBe(5);
  });
});

describe('a later attempt', () => {
  it('costs one token, and its success pays in', async () => {
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
    expect(tokens()).toBe(3.5);
    expect(work).toHaveBeenCalledTimes(3);
    expect(listener.scheduled.mock.calls.map(([attempt, retry]) => [attempt.attempt, retry])).toEqual([
      [1, { delayMs: 100, waitFor: 'backoff', error: errors[0], failure: DOWN }],
      [2, { delayMs: 200, waitFor: 'backoff', error: errors[1], failure: DOWN }],
    ]);
  });

  it('that another stage refuses ends the call with the last error of the function', async () => {
    const { given, listener } = parts();
    const errors = [{ means: DOWN }];
    const { start, conclusion } = through(given, errors, { refuseAttempt: 2 });
    const ended = start();
    const reason = conclusion(ended);
    await pass(100);
    expect(await errorOf(ended)).toBe(errors[0]);
    expect(await reason).toBe('breaker_open');
    expect(listener.refused.mock.calls.map(([attempt, refusal]) => [attempt.attempt, refusal])).toEqual([
      [2, { stopReason: 'breaker_open', stopRule: 'refused', failure: DOWN }],
    ]);
  });

  it('waits by what the one before has waited, where the jitter is decorrelated', async () => {
    const rules = resolveRetrySettings({ maxAttempts: 4, minDelayMs: 100, maxDelayMs: 10_000, jitter: 'decorrelated' });
    const { given, listener } = parts({ rules });
    const { start } = through(given, [{ means: DOWN }, { means: DOWN }, { means: DOWN }]);
    const ended = start();
    await pass(10_000);
    expect(await ended).toBe('fine');
    // Half way from 100 to three times the last wait: to 300, to 600, to 1050.
    expect(listener.scheduled.mock.calls.map(([, { delayMs }]) => delayMs)).toEqual([200, 350, 575]);
  });

  it('may fail otherwise than the one before', async () => {
    const { given, listener } = parts();
    const errors = [{ means: DOWN }, { means: BAD }];
    const { start, conclusion } = through(given, errors);
    const ended = start();
    const reason = conclusion(ended);
    await pass(100);
    expect(await errorOf(ended)).toBe(errors[1]);
    expect(await reason).toBe('not_retryable');
    expect(listener.refused).not.toHaveBeenCalled();
  });
});

describe('a retry that is not made', () => {
  it.each([
    { why: 'never_retried', own: {}, means: BAD, reason: 'not_retryable', told: 0 },
    {
      why: 'breaker_open',
      own: { refusalAfter: () => 'breaker_open' as const },
      means: DOWN,
      reason: 'breaker_open',
      told: 1,
    },
    {
      why: 'quota_held',
      own: { refusalAfter: () => 'quota_held' as const },
      means: DOWN,
      reason: 'quota_held',
      told: 1,
    },
    { why: 'attempt_beyond_deadline', own: { typicalMs: () => 950 }, means: DOWN, reason: 'deadline', told: 1 },
  ])('since $why costs nothing', async ({ why, own, means, reason, told }) => {
    const { given, listener, tokens } = parts(own);
    const { start, work, conclusion } = through(given, [{ means }], { deadlineMs: 1_000 });
    expect(await conclusion(start())).toBe(reason);
    expect(work).toHaveBeenCalledTimes(1);
    expect(tokens()).toBe(5);
    expect(listener.refused).toHaveBeenCalledTimes(told);
    for (const [, refusal] of listener.refused.mock.calls) expect(refusal).toMatchObject({ stopRule: why });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('since the budget is spent is told', async () => {
    const { given, budget, listener } = parts();
    for (let nth = 0; nth < 5; nth++) budget.take(0);
    const { start, conclusion } = through(given, [{ means: DOWN }]);
    expect(await conclusion(start())).toBe('retry_budget');
    expect(listener.refused.mock.calls[0]?.[1]).toMatchObject({ stopRule: 'budget', stopReason: 'retry_budget' });
    expect(listener.scheduled).not.toHaveBeenCalled();
  });

  it('is asked about with the wait that would come before it', async () => {
    const refusalAfter = vi.fn<RetryParts['refusalAfter']>();
    const { given } = parts({ refusalAfter });
    const { start } = through(given, [{ means: DOWN }, { means: DOWN }]);
    const ended = start();
    await pass(300);
    expect(await ended).toBe('fine');
    expect(refusalAfter.mock.calls.map(([{ attempt }, delayMs]) => [attempt, delayMs])).toEqual([
      [1, 100],
      [2, 200],
    ]);
  });
});

describe('a call without a budget', () => {
  it('is retried as long as the rules say', async () => {
    const { given } = parts({ budget: undefined });
    const { start, work, conclusion } = through(given, [{ means: DOWN }, { means: DOWN }, { means: DOWN }]);
    const reason = conclusion(start());
    await pass(1_000);
    expect(await reason).toBe('attempts_exhausted');
    expect(work).toHaveBeenCalledTimes(3);
  });
});
