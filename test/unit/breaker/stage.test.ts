import { BreakerOpenError } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BreakerCore, type BreakerSettings, breakerStage, resolveBreakerSettings } from '../../../src/breaker/index.js';
import type { CallInit, Failure, Run, Stage } from '../../../src/pipeline/index.js';
import { compose } from '../../../src/pipeline/index.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { firstOf } from '../../support/attempts.js';
import { errorOf, never } from '../../support/calls.js';
import { liveCall, notedHooks } from '../../support/live-calls.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const down = new Error('down');
const SILENT = {
  breakerOpened: () => undefined,
  breakerHalfOpened: () => undefined,
  breakerClosed: () => undefined,
  breakerRejected: () => undefined,
};

function brittle(own: BreakerSettings = {}): BreakerCore {
  const settings = resolveBreakerSettings({ trip: { consecutiveFailures: 1 }, openMs: 1000, ...own });
  return new BreakerCore({ name: 'chat', settings, random: () => 0, listener: SILENT });
}

/** Hooks to which every error means the same. */
function hooksFor(breaker: Failure['breaker'], retryAfterMs?: number) {
  const failure: Failure = { kind: 'unknown', retry: 'never', breaker, failover: false };
  return notedHooks(retryAfterMs === undefined ? failure : { ...failure, retryAfterMs });
}

/** A call through the breaker stage alone. */
function throughStage(breaker: BreakerCore | undefined, init: Partial<CallInit> = {}, next: Run = invoke) {
  const call = liveCall({ hooks: hooksFor('failure'), run: breakerStage(() => breaker)(next), ...init });
  return { call, attempt: firstOf(call), value: call.start(new SignalLinks()) };
}

const invoke: Run = (attempt) => attempt.invoke();
const failing = { work: () => Promise.reject(down) };

function refusalOf(breaker: BreakerCore): BreakerOpenError {
  const answer = breaker.tryAdmit();
  if (answer instanceof BreakerOpenError) return answer;
  throw new Error(`expected a rejection while ${breaker.state}`);
}

describe('the breaker stage', () => {
  it('passes on the value of the attempt, and settles its admission as a success', async () => {
    const breaker = brittle();
    expect(await throughStage(breaker).value).toBe('fine');
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 1, failures: 0 });
  });

  it('returns the very promise of the next stage', () => {
    const promise = Promise.resolve('fine');
    const { value } = throughStage(brittle(), {}, () => promise);
    expect(value).toBe(promise);
  });

  it('passes on the very error, and settles the admission as a failure', async () => {
    const breaker = brittle();
    expect(await errorOf(throughStage(breaker, failing).value)).toBe(down);
    expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1 });
    expect(breaker.state).toBe('open');
  });

  it('settles the admission as ignored when the failure says nothing about the provider', async () => {
    const breaker = brittle();
    expect(await errorOf(throughStage(breaker, { ...failing, hooks: hooksFor('ignored') }).value)).toBe(down);
    expect(breaker.stats()).toMatchObject({ admitted: 1, ignored: 1 });
    expect(breaker.state).toBe('closed');
  });

  it('opens the breaker for as long as the provider asked', async () => {
    const breaker = brittle();
    expect(await errorOf(throughStage(breaker, { ...failing, hooks: hooksFor('failure', 90_000) }).value)).toBe(down);
    expect(refusalOf(breaker).retryAfterMs).toBe(90_000);
  });

  it('rejects an attempt while the breaker is open, with the reason, and does not run the next stage', async () => {
    const breaker = brittle();
    breaker.open();
    const next = vi.fn(() => Promise.resolve('fine'));
    const { attempt, value } = throughStage(breaker, {}, next);
    const error = await errorOf(value);
    expect(error).toBeInstanceOf(BreakerOpenError);
    expect(next).not.toHaveBeenCalled();
    expect(attempt.rejectedBy).toBe('breaker_open');
    expect(attempt.outcome).toEqual({ status: 'rejected', error });
    expect(breaker.stats()).toMatchObject({ admitted: 0, rejected: 1, ignored: 0 });
  });

  it('sets no rejection on an attempt that it admits', async () => {
    const { attempt, value } = throughStage(brittle());
    await value;
    expect(attempt.rejectedBy).toBeUndefined();
  });

  it('settles the admission as ignored when a later stage rejects the attempt', async () => {
    const breaker = brittle();
    const full = new Error('full');
    const { value } = throughStage(breaker, {}, (attempt) => attempt.reject('capacity', full));
    expect(await errorOf(value)).toBe(full);
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 0, failures: 0, ignored: 1 });
    expect(breaker.state).toBe('closed');
  });

  it('gives the place of a trial back when a later stage rejects the attempt', async () => {
    const breaker = brittle();
    breaker.open();
    vi.advanceTimersByTime(1000);
    await errorOf(throughStage(breaker, {}, (attempt) => attempt.reject('capacity', down)).value);
    expect(breaker.state).toBe('half_open');
    expect(await throughStage(breaker).value).toBe('fine');
    expect(breaker.state).toBe('closed');
  });

  it('settles the admissions of several breakers when a stage behind all of them rejects the attempt', async () => {
    const [outer, inner] = [brittle(), brittle()];
    const stages: readonly Stage[] = [breakerStage(() => outer), breakerStage(() => inner)];
    const run = compose(stages, (attempt) => attempt.reject('quota_held', down));
    await errorOf(liveCall({ run }).start(new SignalLinks()));
    for (const breaker of [outer, inner]) expect(breaker.stats()).toMatchObject({ admitted: 1, ignored: 1 });
  });

  it('settles the admission of the outer breaker as ignored when the inner breaker rejects the attempt', async () => {
    const [outer, inner] = [brittle(), brittle()];
    inner.open();
    const run = compose([breakerStage(() => outer), breakerStage(() => inner)], invoke);
    expect(await errorOf(liveCall({ run }).start(new SignalLinks()))).toBeInstanceOf(BreakerOpenError);
    expect(outer.stats()).toMatchObject({ admitted: 1, ignored: 1, failures: 0 });
  });

  it('settles the admission as soon as the attempt is interrupted, whatever the function does', async () => {
    const breaker = brittle();
    const { attempt, value } = throughStage(breaker, { work: never });
    attempt.interrupt({ by: 'attempt_timeout', error: down });
    expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1 });
    expect(await errorOf(value)).toBe(down);
    expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1, stale: 0 });
  });

  it('settles the admission at the end of a stream, not at its beginning', async () => {
    const breaker = brittle();
    const { attempt, value } = throughStage(breaker, {}, (each) => {
      const outcome = each.deferOutcome();
      setTimeout(() => outcome.fail(down), 100);
      return each.invoke();
    });
    expect(await value).toBe('fine');
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 0, failures: 0 });
    vi.advanceTimersByTime(100);
    expect(attempt.outcome).toEqual({ status: 'failure', error: down });
    expect(breaker.stats()).toMatchObject({ successes: 0, failures: 1 });
    expect(breaker.state).toBe('open');
  });

  it('settles the admission as ignored when the consumer leaves a stream', async () => {
    const breaker = brittle();
    const { value } = throughStage(breaker, {}, (each) => {
      const outcome = each.deferOutcome();
      setTimeout(() => outcome.ignore(), 100);
      return each.invoke();
    });
    await value;
    vi.advanceTimersByTime(100);
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 0, failures: 0, ignored: 1 });
  });

  it('settles the admission as ignored when the call is released before the function was called', () => {
    const breaker = brittle();
    const { call } = throughStage(breaker, {}, never);
    call.release(new SignalLinks(), 0);
    expect(breaker.stats()).toMatchObject({ admitted: 1, ignored: 1 });
  });

  it.each([
    { leaseMs: undefined, keptMs: 60_000 },
    { leaseMs: 250, keptMs: 250 },
  ])('keeps the place of a trial for $keptMs ms when an attempt may take $leaseMs', ({ leaseMs, keptMs }) => {
    const breaker = brittle();
    breaker.open();
    vi.advanceTimersByTime(1000);
    const run = breakerStage(() => breaker, leaseMs)(invoke);
    void liveCall({ run, work: never }).start(new SignalLinks());
    vi.advanceTimersByTime(keptMs - 1);
    expect(refusalOf(breaker).refusal).toBe('trials_taken');
    vi.advanceTimersByTime(1);
    expect(breaker.tryAdmit()).toMatchObject({ trial: true });
  });

  it('leaves an attempt alone that has no breaker', async () => {
    expect(await throughStage(undefined).value).toBe('fine');
  });

  it('looks up the breaker of each attempt', async () => {
    const breakers = [brittle(), brittle()] as const;
    const run = breakerStage(({ attempt }) => breakers[attempt - 1])(invoke);
    const call = liveCall({ ...failing, run });
    expect(await errorOf(call.start(new SignalLinks()))).toBe(down);
    expect(breakers.map(({ state }) => state)).toEqual(['open', 'closed']);
    expect(await errorOf(run(call.nextAttempt()))).toBe(down);
    expect(breakers.map(({ state }) => state)).toEqual(['open', 'open']);
  });
});
