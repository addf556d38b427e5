import { describe, expect, it } from 'vitest';
import { CapacityError, DeadlineExceededError } from '../../../src/errors/index.js';
import {
  type CapacityRejection,
  type ConcurrencySettings,
  concurrencyStage,
  Permits,
  resolveConcurrencySettings,
} from '../../../src/limits/index.js';
import type { CallInit, Failure, LiveAttempt } from '../../../src/pipeline/index.js';
import { firstAttempt } from '../../support/attempts.js';
import { errorOf, never } from '../../support/calls.js';
import { notedHooks } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const cut = new Error('cut');

/** A key with limited concurrency; what attempts end with is noted. */
function limited(settings: ConcurrencySettings = {}, typicalMs?: number) {
  const resolved = resolveConcurrencySettings(settings);
  const permits = new Permits(resolved);
  const rejections: CapacityRejection[] = [];
  const ends: string[] = [];
  const run = concurrencyStage({
    settings: resolved,
    listener: { capacityRejected: (_attempt, rejection) => rejections.push(rejection) },
    permitsOf: () => permits,
    typicalMs: () => typicalMs,
  })((attempt) => attempt.invoke());
  const start = (name: string, init: Partial<CallInit> = {}): { attempt: LiveAttempt; ended: Promise<unknown> } => {
    const attempt = firstAttempt(init);
    const ended = run(attempt);
    ended.then(
      () => ends.push(`${name} done`),
      (error: unknown) => ends.push(`${name}: ${error instanceof Error ? error.name : String(error)}`),
    );
    return { attempt, ended };
  };
  /** Work that takes this long. */
  const taking = (ms: number): Partial<CallInit> => ({
    work: () => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  return { permits, rejections, ends, start, taking };
}

describe('the concurrency stage', () => {
  it('runs attempts up to the limit, and the next one when one of them has ended', async () => {
    const { ends, start, taking, permits } = limited({ limit: 2 });
    start('a', taking(10));
    start('b', taking(20));
    start('c', taking(10));
    expect(permits.snapshot()).toMatchObject({ inUse: 2, waiting: 1 });
    await pass(10);
    expect(ends).toEqual(['a done']);
    expect(permits.snapshot()).toMatchObject({ inUse: 2, waiting: 0 });
    await pass(10);
    expect(ends).toEqual(['a done', 'b done', 'c done']);
    expect(permits.inUse).toBe(0);
  });

  it('rejects an attempt without a place in the queue, and estimates when to come again', async () => {
    const { start, taking, rejections } = limited({ limit: 2, queue: 1 }, 300);
    for (const name of ['a', 'b', 'c']) start(name, taking(10));
    const error = await errorOf(start('d').ended);
    expect(error).toBeInstanceOf(CapacityError);
    expect(error).toMatchObject({
      code: 'HOLDFAST_CAPACITY',
      refusal: 'queue_full',
      limit: 2,
      waiting: 1,
      retryAfterMs: 300,
    });
    expect(String(error)).toBe("CapacityError: 'chat' has no capacity: 2 running, 1 waiting, and the queue is full");
    expect(rejections).toEqual([{ refusal: 'queue_full', limit: 2, waiting: 1, abandoned: 0, retryAfterMs: 300 }]);
    await pass(100);
  });

  it('rejects an attempt that has waited for queueTimeoutMs', async () => {
    const { ends, start, taking, permits } = limited({ limit: 1, queueTimeoutMs: 50 });
    start('a', taking(100));
    const { ended } = start('b');
    const error = errorOf(ended);
    await pass(50);
    expect(await error).toMatchObject({ refusal: 'queue_timeout' });
    expect(permits.waiting).toBe(0);
    await pass(50);
    expect(ends).toEqual(['b: CapacityError', 'a done']);
  });

  it('sheds a waiting attempt of low priority for one of high priority', async () => {
    const { ends, start, taking } = limited({ limit: 1, queue: 1 });
    start('a', taking(10));
    start('low', { priority: 'low' });
    start('high', { priority: 'high' });
    await pass(10);
    expect(ends).toEqual(['low: CapacityError', 'a done', 'high done']);
  });

  it('ends a waiting attempt at once when it is interrupted, and frees its place', async () => {
    const { ends, start, taking, permits } = limited({ limit: 1 });
    start('a', taking(10));
    const { attempt } = start('b');
    start('c');
    attempt.interrupt({ by: 'caller', error: cut });
    expect(permits.waiting).toBe(2);
    await pass(0);
    expect(permits.waiting).toBe(1);
    await pass(10);
    expect(ends).toEqual(['b: Error', 'a done', 'c done']);
  });

  it('gives back a permit that was granted in the moment of the interruption', async () => {
    const { start, taking, permits } = limited({ limit: 1 });
    start('a', taking(10));
    const { attempt, ended } = start('b', { work: () => never() });
    const error = errorOf(ended);
    attempt.interrupt({ by: 'caller', error: cut });
    permits.release();
    await error;
    expect(permits.snapshot()).toMatchObject({ inUse: 0, waiting: 0 });
  });

  it('ends the call at its deadline while it waits', async () => {
    const { start, taking } = limited({ limit: 1 });
    start('a', taking(100));
    const ended = errorOf(start('b', { deadlineMs: 30 }).ended);
    await pass(30);
    expect(await ended).toBeInstanceOf(DeadlineExceededError);
    await pass(100);
  });

  it('holds the permit of an attempt that was given up until its function has ended', async () => {
    const { ends, start, taking, permits, rejections } = limited({ limit: 1, queue: 0 });
    const { attempt } = start('deaf', taking(100));
    attempt.interrupt({ by: 'attempt_timeout', error: cut });
    await pass(0);
    expect(permits.snapshot()).toMatchObject({ inUse: 1, abandoned: 1 });
    const error = await errorOf(start('next').ended);
    expect(String(error)).toContain('1 running, 1 of them given up and still running');
    expect(rejections).toMatchObject([{ abandoned: 1 }]);
    await pass(100);
    expect(permits.snapshot()).toMatchObject({ inUse: 0, abandoned: 0 });
    expect(ends).toEqual(['deaf: Error', 'next: CapacityError']);
  });

  it('gives the permit back when a stage further in rejects the attempt', async () => {
    const resolved = resolveConcurrencySettings({ limit: 1 });
    const permits = new Permits(resolved);
    const parts = { settings: resolved, listener: { capacityRejected: () => undefined }, permitsOf: () => permits };
    const run = concurrencyStage({ ...parts, typicalMs: () => undefined })((attempt) =>
      attempt.reject('breaker_open', cut),
    );
    await errorOf(run(firstAttempt()));
    expect(permits.inUse).toBe(0);
  });

  it('holds the permit of a stream until its outcome is known', async () => {
    const resolved = resolveConcurrencySettings({ limit: 1 });
    const permits = new Permits(resolved);
    const parts = { settings: resolved, listener: { capacityRejected: () => undefined }, permitsOf: () => permits };
    const run = concurrencyStage({ ...parts, typicalMs: () => undefined })((attempt) => attempt.invoke());
    const attempt = firstAttempt();
    const outcome = attempt.deferOutcome();
    expect(await run(attempt)).toBe('fine');
    expect(permits.inUse).toBe(1);
    outcome.succeed();
    expect(permits.inUse).toBe(0);
  });

  it('runs every attempt while there is no limit', async () => {
    const parts = { settings: resolveConcurrencySettings({}), listener: { capacityRejected: () => undefined } };
    const stage = concurrencyStage({ ...parts, permitsOf: () => undefined, typicalMs: () => undefined });
    expect(await stage((attempt) => attempt.invoke())(firstAttempt())).toBe('fine');
  });
});

describe('the concurrency stage with an adaptive limit', () => {
  const failing = (failure: Partial<Failure>): Partial<CallInit> => ({
    work: () => Promise.reject(cut),
    hooks: notedHooks({ kind: 'rate_limited', retry: 'backoff', breaker: 'ignored', failover: true, ...failure }),
  });

  it.each([
    ['a rate limit without a hint', {}],
    ['a rate limit with a short hint', { retryAfterMs: 20_000 }],
    ['an overload', { kind: 'overloaded', retryAfterMs: 600_000 }],
  ] as const)('shrinks after %s', async (_, failure) => {
    const { permits, start } = limited({ adaptive: true });
    await errorOf(start('a', failing(failure)).ended);
    expect(permits.limit).toBeLessThan(4);
  });

  it.each([
    ['a rate limit by the hour', { retryAfterMs: 3_600_000 }],
    ['an exhausted quota', { kind: 'quota_exhausted' }],
    ['a server error', { kind: 'server_error' }],
  ] as const)('stays after %s', async (_, failure) => {
    const { permits, start } = limited({ adaptive: true });
    await errorOf(start('a', failing(failure)).ended);
    expect(permits.limit).toBe(4);
  });

  it('grows when the limit was reached and every attempt succeeded', async () => {
    const { permits, start, taking } = limited({ adaptive: true });
    for (const name of ['a', 'b', 'c', 'd']) start(name, taking(10));
    await pass(10);
    expect(permits.limit).toBe(6);
  });
});
