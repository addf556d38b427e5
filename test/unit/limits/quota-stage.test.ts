import { describe, expect, it, vi } from 'vitest';
import { QuotaHeldError } from '../../../src/errors/index.js';
import {
  QuotaHold,
  type QuotaListener,
  type QuotaParts,
  type QuotaSettings,
  quotaStage,
  resolveQuotaSettings,
} from '../../../src/limits/index.js';
import type { CallInit, Failure, LiveAttempt, Run } from '../../../src/pipeline/index.js';
import { firstAttempt } from '../../support/attempts.js';
import { errorOf } from '../../support/calls.js';
import { countingLane, liveCall, notedHooks } from '../../support/live-calls.js';
import { randomFrom, SEED } from '../../support/seed.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const down = new Error('down');

/** What an error of a provider may mean that says for how long it wants to be left alone. */
const limited = (retryAfterMs?: number, more: Partial<Failure> = {}): Failure => ({
  kind: 'rate_limited',
  retry: 'after_hint',
  breaker: 'ignored',
  failover: true,
  status: 429,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  ...more,
});

/** How long attempts take is unknown, and nothing further in rejects them. */
const ALONE: Pick<QuotaParts, 'typicalMs' | 'blockedForMs'> = { typicalMs: () => undefined, blockedForMs: () => 0 };

const EXHAUSTED: Partial<Failure> = { kind: 'quota_exhausted', retry: 'never' };

interface Quota {
  readonly hold: QuotaHold;
  readonly run: Run;
  /** What the listener received. */
  readonly received: readonly string[];
  /** Makes an attempt of a new call; what it ends with is noted. */
  readonly attempt: (init?: Partial<CallInit>) => LiveAttempt;
  readonly ends: readonly string[];
}

/** A quota with a stage before it; calls give `fine` unless they bring work along. */
function quotaOf(
  settings: QuotaSettings = {},
  random: () => number = () => 0,
  others: Partial<typeof ALONE> = {},
): Quota {
  const hold = new QuotaHold();
  const [received, ends]: [string[], string[]] = [[], []];
  const listener: QuotaListener = {
    quotaHeld: (_attempt, cause, forMs) => received.push(`held: ${cause}, ${forMs} ms`),
    quotaReleased: () => received.push('released'),
  };
  const parts = { ...ALONE, ...others, settings: resolveQuotaSettings(settings), random, listener, holdOf: () => hold };
  const run = quotaStage(parts)((attempt) => attempt.invoke());
  const attempt = (init: Partial<CallInit> = {}) => {
    const made = firstAttempt(init);
    run(made).then(
      (value) => ends.push(String(value)),
      (error: unknown) => ends.push(String(error)),
    );
    return made;
  };
  return { hold, run, received, attempt, ends };
}

/** Work that fails with something that means this. */
const failing = (failure: Failure): Partial<CallInit> => ({
  work: () => Promise.reject(down),
  hooks: notedHooks(failure),
});

const hold = (quota: Quota, forMs: number) => quota.hold.hold('rate_limited', forMs, performance.now());

describe('the quota stage', () => {
  it('lets every attempt pass while nothing is held, and returns the very promise of the next stage', () => {
    const promise = Promise.resolve('fine');
    const { hold } = quotaOf();
    const parts = { ...ALONE, settings: resolveQuotaSettings({}), random: () => 0, holdOf: () => hold };
    const listener = { quotaHeld: vi.fn(), quotaReleased: vi.fn() };
    const run = quotaStage({ ...parts, listener })(() => promise);
    expect(run(firstAttempt())).toBe(promise);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks for the quota of each attempt', async () => {
    const holds = [new QuotaHold(), new QuotaHold()] as const;
    holds[1].hold('rate_limited', 1_000, performance.now());
    const asked: number[] = [];
    const stage = quotaStage({
      ...ALONE,
      settings: resolveQuotaSettings({ maxWaitMs: 0 }),
      random: () => 0,
      listener: { quotaHeld: vi.fn(), quotaReleased: vi.fn() },
      holdOf: ({ attempt }) => {
        asked.push(attempt);
        return holds[attempt === 1 ? 0 : 1];
      },
    });
    const call = liveCall();
    const run = stage((attempt) => attempt.invoke());
    for (const attempt of call.attempts) expect(await run(attempt)).toBe('fine');
    expect(await errorOf(run(call.nextAttempt()))).toBeInstanceOf(QuotaHeldError);
    expect(asked).toEqual([1, 2]);
  });
});

describe('the quota stage after a failure', () => {
  it.each([
    { what: 'as long as a rate limit says', failure: limited(700), forMs: 700 },
    { what: 'for whole milliseconds, and not less than asked', failure: limited(700.2), forMs: 701 },
    {
      what: 'longer than an exhausted one says, whose short hint heals nothing',
      failure: limited(700, EXHAUSTED),
      forMs: 5_000,
    },
    { what: 'as long as an exhausted one says, when that is longer', failure: limited(9_000, EXHAUSTED), forMs: 9_000 },
    {
      what: 'for its usual time when an exhausted one says nothing',
      failure: limited(undefined, EXHAUSTED),
      forMs: 5_000,
    },
    {
      what: 'for its usual time when an exhausted one only says when all is free again',
      failure: limited(9_000, { ...EXHAUSTED, hintIsUpperBound: true }),
      forMs: 5_000,
    },
  ])('holds the quota for $forMs ms: $what', async ({ failure, forMs }) => {
    const quota = quotaOf({ exhaustedMs: 5_000 });
    quota.attempt(failing(failure));
    await pass(0);
    expect(quota.ends).toEqual(['Error: down']);
    expect(quota.hold.remainingMs(performance.now())).toBe(forMs);
    expect(quota.received).toEqual([`held: ${failure.kind}, ${forMs} ms`]);
  });

  it.each([
    { what: 'a rate limit without a hint', failure: limited() },
    { what: 'the time until all is free again', failure: limited(700, { hintIsUpperBound: true }) },
    { what: 'an overloaded provider, which is for its breaker', failure: limited(700, { kind: 'overloaded' }) },
    { what: 'a broken provider', failure: limited(700, { kind: 'server_error' }) },
  ])('does not hold the quota for $what', async ({ failure }) => {
    const quota = quotaOf();
    quota.attempt(failing(failure));
    await pass(0);
    expect(quota.ends).toEqual(['Error: down']);
    expect(quota.hold.remainingMs(performance.now())).toBe(0);
    expect(quota.received).toEqual([]);
  });

  it('does not hold the quota for words alone, in an error without an HTTP status', async () => {
    const quota = quotaOf();
    const { status: _, ...worded } = limited(3_600_000, { hintSource: 'message', code: 'ETOOMANY' });
    const { status: __, ...exhausted } = limited(undefined, EXHAUSTED);
    quota.attempt(failing(worded));
    quota.attempt(failing(exhausted));
    await pass(0);
    expect(quota.received).toEqual([]);
  });

  it('holds the quota for an hour at the most, whatever the provider asks for', async () => {
    const quota = quotaOf();
    quota.attempt(failing(limited(31_536_000_000)));
    await pass(0);
    expect(quota.received).toEqual(['held: rate_limited, 3600000 ms']);
  });

  it('does not hold the quota when the attempt never reached the provider', async () => {
    const { hold } = quotaOf();
    const listener = { quotaHeld: vi.fn(), quotaReleased: vi.fn() };
    const stage = quotaStage({
      ...ALONE,
      settings: resolveQuotaSettings({}),
      random: () => 0,
      listener,
      holdOf: () => hold,
    });
    const run = stage((attempt) => attempt.reject('breaker_open', down));
    expect(await errorOf(run(firstAttempt(failing(limited(700)))))).toBe(down);
    const cancelled = firstAttempt(failing(limited(700)));
    cancelled.interrupt({ by: 'caller', error: down });
    expect(await errorOf(stage((attempt) => attempt.invoke())(cancelled))).toBe(down);
    expect(hold.remainingMs(performance.now())).toBe(0);
    expect(listener.quotaHeld).not.toHaveBeenCalled();
  });

  it('holds the quota for the longest of several hints, and reports only what makes the hold longer', async () => {
    const quota = quotaOf();
    for (const ms of [500, 2_000, 100, 1_900]) quota.attempt(failing(limited(ms)));
    await pass(0);
    expect(quota.hold.remainingMs(performance.now())).toBe(2_000);
    expect(quota.received).toEqual(['held: rate_limited, 500 ms', 'held: rate_limited, 2000 ms']);
  });
});

describe('while the quota is held', () => {
  it('attempts wait for the quota, and pass when it is free', async () => {
    const quota = quotaOf();
    hold(quota, 500);
    const attempt = quota.attempt();
    await pass(499);
    expect(quota.ends).toEqual([]);
    await pass(1);
    expect(quota.ends).toEqual(['fine']);
    expect(attempt.waitedMs).toBe(500);
    expect(quota.received).toEqual(['released']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('attempts that waited are released one by one, and only the first release is reported', async () => {
    const quota = quotaOf({ spreadMs: 1_000 }, randomFrom(SEED));
    hold(quota, 500);
    for (let count = 0; count < 50; count++) quota.attempt();
    await pass(500);
    const passed: number[] = [];
    for (let part = 0; part < 10; part++) {
      await pass(100);
      passed.push(quota.ends.length);
    }
    // 50 within ten tenths of a second: in none of them are more than half of all.
    const perTenth = passed.map((count, nth) => count - (passed[nth - 1] ?? 0));
    expect(passed.at(-1)).toBe(50);
    expect(Math.max(...perTenth)).toBeLessThan(25);
    expect(perTenth.filter((count) => count > 0).length).toBeGreaterThan(6);
    expect(quota.received).toEqual(['released']);
  });

  it.each([
    { what: 'the spread', settings: { spreadMs: 100 }, deadlineMs: undefined, lastMs: 600 },
    { what: 'the longest wait', settings: { maxWaitMs: 550 }, deadlineMs: undefined, lastMs: 550 },
    { what: 'half of the time until the deadline', settings: {}, deadlineMs: 520, lastMs: 510 },
  ])('no attempt is released later than $what allows', async ({ settings, deadlineMs, lastMs }) => {
    const quota = quotaOf(settings, () => 0.999);
    hold(quota, 500);
    quota.attempt({ deadlineMs });
    await pass(lastMs - 1);
    expect(quota.ends).toEqual([]);
    await pass(1);
    expect(quota.ends).toEqual(['fine']);
  });

  it('attempts that would wait too long are rejected at once', async () => {
    const quota = quotaOf({ maxWaitMs: 499 });
    hold(quota, 500);
    const attempt = quota.attempt();
    await pass(0);
    expect(quota.ends).toEqual(["QuotaHeldError: the quota of 'chat' is rate limited; retry in 500 ms"]);
    expect(attempt).toMatchObject({ rejectedBy: 'quota_held', invoked: false, waitedMs: 0 });
    expect(vi.getTimerCount()).toBe(0);
    // It is still held for the others.
    expect(quota.hold.remainingMs(performance.now())).toBe(500);
  });

  it.each([
    { deadlineMs: 499, rejected: true },
    { deadlineMs: 500, rejected: true },
    { deadlineMs: 501, rejected: false },
  ])('a deadline of $deadlineMs ms is too soon for a hold of 500 ms: $rejected', async ({ deadlineMs, rejected }) => {
    const quota = quotaOf();
    hold(quota, 500);
    const attempt = quota.attempt({ deadlineMs });
    await pass(0);
    expect(attempt.rejectedBy).toBe(rejected ? 'quota_held' : undefined);
    await pass(500);
    expect(quota.ends).toEqual([rejected ? expect.stringMatching('QuotaHeldError') : 'fine']);
  });

  it('an attempt that must start before the hold ends is rejected at once', async () => {
    const quota = quotaOf();
    hold(quota, 500);
    const call = liveCall();
    const [early, late] = [499, 500].map((ms) => call.nextAttempt({ mustStartByMs: performance.now() + ms }));
    if (early === undefined || late === undefined) throw new Error('expected two attempts');
    expect(await errorOf(quota.run(early))).toBeInstanceOf(QuotaHeldError);
    const passes = quota.run(late);
    await pass(500);
    expect(await passes).toBe('fine');
  });

  it('an attempt is rejected when its usual length would not fit before the deadline after the wait', async () => {
    const quota = quotaOf({}, () => 0, { typicalMs: () => 100 });
    hold(quota, 500);
    const [late, early] = [quota.attempt({ deadlineMs: 600 }), quota.attempt({ deadlineMs: 601 })];
    await pass(0);
    expect([late.rejectedBy, early.rejectedBy]).toEqual(['quota_held', undefined]);
    await pass(500);
    expect(quota.ends).toEqual([expect.stringMatching('QuotaHeldError'), 'fine']);
  });

  it('an attempt that a later stage would reject anyway does not wait for the quota', async () => {
    const further = { ms: 501 };
    const quota = quotaOf({}, () => 0, { blockedForMs: () => further.ms });
    hold(quota, 500);
    const atOnce = quota.attempt();
    further.ms = 500;
    const waits = quota.attempt();
    await pass(0);
    // What rejects it is further in; here there is nothing.
    expect(quota.ends).toEqual(['fine']);
    expect([atOnce.waitedMs, waits.invoked]).toEqual([0, false]);
    expect(quota.received).toEqual([]);
    await pass(500);
    expect(quota.ends).toEqual(['fine', 'fine']);
  });

  it('every attempt is rejected when maxWaitMs is 0, until the hold ends', async () => {
    const quota = quotaOf({ maxWaitMs: 0 });
    hold(quota, 500);
    quota.attempt();
    await pass(500);
    quota.attempt();
    await pass(0);
    expect(quota.ends).toEqual([expect.stringMatching('QuotaHeldError'), 'fine']);
    expect(quota.received).toEqual(['released']);
  });

  it('an attempt that is cancelled stops waiting, and does not call its function', async () => {
    const quota = quotaOf();
    hold(quota, 500);
    const work = vi.fn();
    const attempt = quota.attempt({ work });
    await pass(200);
    attempt.interrupt({ by: 'caller', error: new Error('the user left') });
    await pass(0);
    expect(quota.ends).toEqual(['Error: the user left']);
    expect(attempt.rejectedBy).toBeUndefined();
    expect(work).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
    expect(quota.hold.remainingMs(performance.now())).toBe(300);
  });

  it('waiting attempts wait on when the hold becomes longer, as long as they can', async () => {
    const quota = quotaOf({ maxWaitMs: 1_000 });
    hold(quota, 500);
    const patient = quota.attempt();
    await pass(300);
    hold(quota, 600);
    await pass(599);
    expect(quota.ends).toEqual([]);
    await pass(1);
    expect(quota.ends).toEqual(['fine']);
    expect(patient.waitedMs).toBe(900);
  });

  it('waiting attempts are rejected when the hold becomes longer than they can wait', async () => {
    const quota = quotaOf({ maxWaitMs: 1_000 });
    hold(quota, 500);
    const attempt = quota.attempt();
    await pass(300);
    hold(quota, 701);
    await pass(200);
    expect(quota.ends).toEqual(["QuotaHeldError: the quota of 'chat' is rate limited; retry in 501 ms"]);
    expect(attempt).toMatchObject({ rejectedBy: 'quota_held', waitedMs: 500 });
  });

  it('the error of a rejection says why the quota is held, and carries no stack', async () => {
    const quota = quotaOf({ exhaustedMs: 5_000, maxWaitMs: 0 });
    quota.attempt(failing(limited(undefined, EXHAUSTED)));
    await pass(1_000);
    const error = await errorOf(quota.run(firstAttempt({ lane: countingLane({ key: 'eu' }) })));
    expect(error).toMatchObject({ operation: 'chat', key: 'eu', kind: 'quota_exhausted', retryAfterMs: 4_000 });
    expect(error instanceof Error && error.stack).not.toContain('\n    at ');
  });

  it('a success of an attempt that was under way before does not release the quota earlier', async () => {
    const quota = quotaOf();
    let answer: (value: string) => void = () => undefined;
    quota.attempt({
      work: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    hold(quota, 500);
    answer('in time');
    await pass(0);
    expect(quota.ends).toEqual(['in time']);
    expect(quota.hold.remainingMs(performance.now())).toBe(500);
  });
});

describe('the quota stage with the outcome of an attempt', () => {
  it('puts the quota on hold before the error reaches the caller', async () => {
    const quota = quotaOf();
    const attempt = firstAttempt(failing(limited(700)));
    const heldAtError = quota.run(attempt).catch(() => quota.hold.remainingMs(performance.now()));
    expect(await heldAtError).toBe(700);
  });

  it('puts the quota on hold when a stream ends with a rate limit', async () => {
    const quota = quotaOf();
    const attempt = firstAttempt({ hooks: notedHooks(limited(700)) });
    const outcome = attempt.deferOutcome();
    expect(await quota.run(attempt)).toBe('fine');
    expect(quota.received).toEqual([]);
    outcome.fail(down);
    expect(quota.received).toEqual(['held: rate_limited, 700 ms']);
  });

  it('settles the attempt as rejected when its quota is held for too long', async () => {
    const quota = quotaOf({ maxWaitMs: 0 });
    hold(quota, 500);
    const attempt = firstAttempt();
    const error = await errorOf(quota.run(attempt));
    expect(attempt.outcome).toEqual({ status: 'rejected', error });
    expect(error).toBeInstanceOf(QuotaHeldError);
  });

  it('does not hold the quota for an attempt that was rejected, whatever its error says', async () => {
    const quota = quotaOf();
    const parts = { ...ALONE, settings: resolveQuotaSettings({}), random: () => 0, holdOf: () => quota.hold };
    const listener = { quotaHeld: vi.fn(), quotaReleased: vi.fn() };
    const run = quotaStage({ ...parts, listener })((attempt) => attempt.reject('capacity', down));
    await errorOf(run(firstAttempt({ hooks: notedHooks(limited(700)) })));
    expect(listener.quotaHeld).not.toHaveBeenCalled();
  });
});
