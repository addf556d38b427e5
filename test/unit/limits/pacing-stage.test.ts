import { describe, expect, it, vi } from 'vitest';
import { readErrorRemaining, readRemaining } from '../../../src/classify/index.js';
import { CapacityError, DeadlineExceededError } from '../../../src/errors/index.js';
import {
  type CapacityRejection,
  Pacer,
  type PacingSettings,
  pacingStage,
  resolvePacingSettings,
} from '../../../src/limits/index.js';
import type { CallInit, Failure, LiveAttempt, Run } from '../../../src/pipeline/index.js';
import { firstAttempt } from '../../support/attempts.js';
import { errorOf, never } from '../../support/calls.js';
import { notedHooks } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const cut = new Error('cut');

interface Others {
  readonly typicalMs?: number;
  readonly heldForMs?: () => number;
  readonly next?: Run;
}

/** A key with rates, without a ramp unless the settings say otherwise; what attempts end with is noted. */
function paced(settings: PacingSettings, { typicalMs, heldForMs = () => 0, next }: Others = {}) {
  const resolved = resolvePacingSettings({ rampMs: 0, ...settings });
  const pacer = new Pacer(resolved, heldForMs, performance.now());
  const rejections: CapacityRejection[] = [];
  const ends: string[] = [];
  const run = pacingStage({
    settings: resolved,
    listener: { capacityRejected: (_attempt, rejection) => rejections.push(rejection) },
    pacerOf: () => pacer,
    typicalMs: () => typicalMs,
    readRemaining,
    readErrorRemaining,
  })(next ?? ((attempt) => attempt.invoke()));
  const start = (name: string, init: Partial<CallInit> = {}): { attempt: LiveAttempt; ended: Promise<unknown> } => {
    const attempt = firstAttempt(init);
    const ended = run(attempt);
    ended.then(
      () => ends.push(`${name} done`),
      (error: unknown) => ends.push(`${name}: ${error instanceof Error ? error.name : String(error)}`),
    );
    return { attempt, ended };
  };
  const snapshot = () => pacer.snapshot(performance.now());
  const left = () => snapshot().tokens?.available;
  return { pacer, run, rejections, ends, start, snapshot, left };
}

const failing = (failure: Partial<Failure>): Partial<CallInit> => ({
  work: () => Promise.reject(cut),
  hooks: notedHooks({ kind: 'unknown', retry: 'backoff', breaker: 'ignored', failover: true, ...failure }),
});

describe('the pacing stage', () => {
  it('sends the burst at once and the others one by one, in the order in which they came', async () => {
    const { ends, start, snapshot } = paced({ requestsPerMinute: 60, burstMs: 2_000 });
    for (const name of ['a', 'b', 'c', 'd']) start(name);
    await pass(0);
    expect(ends).toEqual(['a done', 'b done']);
    expect(snapshot()).toEqual({
      requests: { available: 0, perMinute: 60 },
      tokens: null,
      waiting: 2,
      estimatedOutputTokens: null,
    });
    await pass(999);
    expect(ends).toHaveLength(2);
    await pass(1);
    expect(ends).toEqual(['a done', 'b done', 'c done']);
    await pass(1_000);
    expect(ends).toEqual(['a done', 'b done', 'c done', 'd done']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes no turn for an attempt that has ended before it comes to the stage', async () => {
    const { run, start, snapshot } = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    await start('a').ended;
    const attempt = firstAttempt();
    attempt.interrupt({ by: 'caller', error: cut });
    expect(await errorOf(run(attempt))).toBe(cut);
    expect(snapshot()).toMatchObject({ waiting: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts the wait of an attempt', async () => {
    const { start } = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    start('a');
    const { attempt, ended } = start('b');
    await pass(1_000);
    await ended;
    expect(attempt.waitedMs).toBe(1_000);
  });

  it('starts one timer for all attempts that wait, besides the wait of each', async () => {
    const { start } = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    for (let nth = 0; nth < 11; nth++) start(`${nth}`);
    expect(vi.getTimerCount()).toBe(10 + 1);
    await pass(10_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects an attempt at once whose wait would be longer than maxWaitMs, and estimates the wait', async () => {
    const { start, rejections } = paced({ requestsPerMinute: 60, burstMs: 1_000, maxWaitMs: 2_500 });
    for (const name of ['a', 'b', 'c']) start(name);
    const error = await errorOf(start('d').ended);
    expect(error).toBeInstanceOf(CapacityError);
    expect(error).toMatchObject({ refusal: 'pacing', waiting: 2, retryAfterMs: 3_000, limit: undefined });
    expect(String(error)).toBe(
      "CapacityError: 'chat' has no capacity: 2 waiting, and the wait for its turn would be too long",
    );
    expect(rejections).toEqual([
      { refusal: 'pacing', limit: undefined, waiting: 2, abandoned: 0, retryAfterMs: 3_000 },
    ]);
    await pass(3_000);
  });

  it('rejects an attempt at once whose turn would leave it no time before the deadline', async () => {
    const { ends, start } = paced({ requestsPerMinute: 60, burstMs: 1_000 }, { typicalMs: 600 });
    start('a');
    start('late', { deadlineMs: 1_500 });
    await pass(0);
    expect(ends).toEqual(['a done', 'late: CapacityError']);
    start('soon', { deadlineMs: 1_700 });
    await pass(1_000);
    expect(ends.at(-1)).toBe('soon done');
  });

  it('rejects an attempt at once that could not start by the time by which it must', async () => {
    const { run, start } = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    const { attempt } = start('a');
    const late = attempt.call.nextAttempt({ mustStartByMs: performance.now() + 900 });
    expect(await errorOf(run(late))).toMatchObject({ refusal: 'pacing', retryAfterMs: 1_000 });
  });

  it('rejects what finds no place in the queue', async () => {
    const { start } = paced({ requestsPerMinute: 60, burstMs: 1_000, queue: 1 });
    start('a');
    start('b');
    const error = await errorOf(start('c').ended);
    expect(error).toMatchObject({ refusal: 'pacing_queue_full', waiting: 1, retryAfterMs: 2_000 });
    await pass(1_000);
  });

  it('frees the place of an attempt that is interrupted at once, takes nothing, and serves the next one sooner', async () => {
    const { ends, start, pacer } = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    start('a');
    const { attempt } = start('b');
    start('c');
    attempt.interrupt({ by: 'caller', error: cut });
    expect(pacer.waiting).toBe(1);
    await pass(1_000);
    expect(ends).toEqual(['a done', 'b: Error', 'c done']);
  });

  it('gives back what was taken in the moment of the interruption', async () => {
    const { start, snapshot } = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    const work = vi.fn();
    start('a');
    const { attempt, ended } = start('b', { work });
    const error = errorOf(ended);
    vi.advanceTimersByTime(1_000);
    expect(snapshot()).toMatchObject({ requests: { available: 0 }, waiting: 0 });
    attempt.interrupt({ by: 'caller', error: cut });
    expect(snapshot()).toMatchObject({ requests: { available: 1 }, waiting: 0 });
    expect(await error).toBe(cut);
    expect(work).not.toHaveBeenCalled();
  });

  it('rejects an attempt whose turn comes later than was estimated', async () => {
    const settings = { tokensPerMinute: 60_000, burstMs: 1_000, maxWaitMs: 2_000 };
    const { ends, start, left, rejections } = paced(settings);
    const { attempt } = start('a', { estimate: { inputTokens: 1_000, outputTokens: 0 }, work: () => never() });
    start('b', { estimate: { inputTokens: 1_000, outputTokens: 0 } });
    attempt.settleUsage({ inputTokens: 10_000, outputTokens: 0 });
    expect(left()).toBe(-9_000);
    await pass(2_000);
    expect(ends).toEqual(['b: CapacityError']);
    // 7,000 tokens are owed, and 1,000 are missing.
    expect(rejections).toMatchObject([{ refusal: 'pacing', waiting: 0, retryAfterMs: 8_000 }]);
    await pass(60_000);
    expect(left()).toBe(1_000);
  });

  it('ends a waiting call at its deadline', async () => {
    const { start } = paced({ tokensPerMinute: 60_000, burstMs: 1_000 });
    const { attempt } = start('a', { estimate: { inputTokens: 1_000, outputTokens: 0 }, work: () => never() });
    const ended = errorOf(start('b', { deadlineMs: 1_500, estimate: { inputTokens: 1_000, outputTokens: 0 } }).ended);
    attempt.settleUsage({ inputTokens: 10_000 });
    await pass(1_500);
    expect(await ended).toBeInstanceOf(DeadlineExceededError);
  });

  it('sends nothing that waits while the quota is on hold', async () => {
    let heldUntilMs = 0;
    const heldForMs = () => Math.max(0, heldUntilMs - performance.now());
    const { ends, start } = paced({ requestsPerMinute: 60, burstMs: 2_000 }, { heldForMs });
    for (const name of ['a', 'b', 'c', 'd', 'e']) start(name);
    heldUntilMs = performance.now() + 10_000;
    await pass(9_999);
    expect(ends).toEqual(['a done', 'b done']);
    await pass(1);
    expect(ends).toEqual(['a done', 'b done', 'c done', 'd done']);
    await pass(1_000);
    expect(ends.at(-1)).toBe('e done');
  });

  it('runs every attempt of a key without rates', async () => {
    const parts = { settings: resolvePacingSettings({ requestsPerMinute: 1 }), pacerOf: () => undefined };
    const listener = { capacityRejected: () => undefined };
    const stage = pacingStage({ ...parts, listener, typicalMs: () => undefined, readRemaining, readErrorRemaining });
    expect(await stage((attempt) => attempt.invoke())(firstAttempt())).toBe('fine');
  });
});

describe('the tokens of an attempt', () => {
  const SETTINGS: PacingSettings = { tokensPerMinute: 600_000, burstMs: 1_000 };
  const estimate = { inputTokens: 1_000, outputTokens: 500 };
  const working: Partial<CallInit> = { estimate, work: () => never() };

  it('are taken as estimated, and settled with what it reports, upwards and downwards', () => {
    const { left, start } = paced(SETTINGS);
    const { attempt } = start('a', working);
    expect(left()).toBe(8_500);
    attempt.settleUsage({ inputTokens: 1_200 });
    expect(left()).toBe(8_300);
    attempt.settleUsage({ outputTokens: 100 });
    expect(left()).toBe(8_700);
  });

  it('are those of the latest report, in which missing numbers are as before', () => {
    const { left, start } = paced(SETTINGS);
    const { attempt } = start('a', working);
    for (const outputTokens of [1, 50, 200]) attempt.settleUsage({ inputTokens: 900, outputTokens });
    attempt.settleUsage({ costUsd: 0.01 });
    expect(left()).toBe(8_900);
  });

  it('stay estimated when nothing is reported where something should be', () => {
    const { left, start } = paced(SETTINGS);
    const { attempt } = start('a', working);
    Reflect.apply(attempt.settleUsage, attempt, [null]);
    attempt.settleUsage({});
    expect(left()).toBe(8_500);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('stay estimated when %d is reported', (tokens) => {
    const { left, start } = paced(SETTINGS);
    start('a', working).attempt.settleUsage({ inputTokens: tokens, outputTokens: tokens });
    expect(left()).toBe(8_500);
  });

  it('are 1,000 each while nothing is known, and then as many as nearly all attempts before had', async () => {
    const { left, start, snapshot } = paced(SETTINGS);
    start('unknown', { work: () => never() });
    expect(left()).toBe(8_000);
    expect(snapshot().estimatedOutputTokens).toBe(1_000);
    for (let nth = 0; nth < 10; nth++) {
      await start('known', { work: (call) => call.settleUsage({ inputTokens: 30, outputTokens: 10 + nth }) }).ended;
    }
    await pass(1_000);
    expect(snapshot().estimatedOutputTokens).toBe(19);
    start('next', { work: () => never() });
    expect(left()).toBe(10_000 - 30 - 19);
  });

  it('stay taken as estimated when the attempt never reports', async () => {
    const { left, start } = paced(SETTINGS);
    await start('a', { estimate }).ended;
    expect(left()).toBe(8_500);
  });

  it('stay taken when the attempt fails after the provider has begun, or is interrupted', async () => {
    const { left, start } = paced(SETTINGS);
    await errorOf(start('a', { estimate, ...failing({ kind: 'server_error' }) }).ended);
    expect(left()).toBe(8_500);
    const { attempt, ended } = start('b', working);
    attempt.interrupt({ by: 'attempt_timeout', error: cut });
    await errorOf(ended);
    expect(left()).toBe(7_000);
    attempt.settleUsage({ inputTokens: 10, outputTokens: 0 });
    expect(left()).toBe(8_490);
  });

  it.each([
    'rate_limited',
    'overloaded',
    'quota_exhausted',
    'auth',
    'not_found',
    'invalid_request',
    'context_length',
  ] as const)('are given back after %s, and the request is not', async (kind) => {
    const { left, start, snapshot } = paced({ ...SETTINGS, requestsPerMinute: 600 });
    await errorOf(start('a', { estimate, ...failing({ kind }) }).ended);
    expect(left()).toBe(10_000);
    expect(snapshot().requests?.available).toBe(9);
  });

  it('are what was reported when the provider stops in the middle because it is overloaded', async () => {
    const { left, start } = paced(SETTINGS);
    const work: CallInit['work'] = (call) => {
      call.settleUsage({ inputTokens: 1_000, outputTokens: 200 });
      throw cut;
    };
    await errorOf(start('a', { estimate, ...failing({ kind: 'overloaded' }), work }).ended);
    expect(left()).toBe(8_800);
  });

  it('are given back with the request after a refused connection', async () => {
    const { left, start, snapshot } = paced({ ...SETTINGS, requestsPerMinute: 600 });
    await errorOf(start('a', { estimate, ...failing({ kind: 'network', unexecuted: true }) }).ended);
    expect([left(), snapshot().requests?.available]).toEqual([10_000, 10]);
    await errorOf(start('b', { estimate, ...failing({ kind: 'network' }) }).ended);
    expect([left(), snapshot().requests?.available]).toEqual([8_500, 9]);
  });

  it('are given back with the request when a stage further in rejects, interrupts or drops the attempt', async () => {
    const ends: ((attempt: LiveAttempt) => void)[] = [
      (attempt) => void attempt.reject('breaker_open', cut).catch(() => undefined),
      (attempt) => attempt.interrupt({ by: 'superseded', error: cut }),
      (attempt) => attempt.drop(),
    ];
    for (const end of ends) {
      const { left, start, snapshot } = paced({ ...SETTINGS, requestsPerMinute: 600 }, { next: () => never() });
      const { attempt } = start('a', { estimate });
      expect([left(), snapshot().requests?.available]).toEqual([8_500, 9]);
      end(attempt);
      expect([left(), snapshot().requests?.available]).toEqual([10_000, 10]);
    }
  });
});

describe('the headers of a provider', () => {
  const estimate = { inputTokens: 0, outputTokens: 0 };

  it('lower what is available to what they say is left, and never raise it', () => {
    const { start, snapshot } = paced({ requestsPerMinute: 600, tokensPerMinute: 600_000 });
    const { attempt } = start('a', { estimate, work: () => never() });
    const available = () => [snapshot().requests?.available, snapshot().tokens?.available];
    expect(available()).toEqual([49, 50_000]);
    attempt.observe({ headers: { 'x-ratelimit-remaining-requests': '20', 'x-ratelimit-remaining-tokens': '900000' } });
    expect(available()).toEqual([20, 50_000]);
    attempt.observe({ headers: new Headers({ 'anthropic-ratelimit-tokens-remaining': '7' }) });
    expect(available()).toEqual([20, 7]);
    attempt.observe({ headers: { 'x-ratelimit-remaining-requests': '40' } });
    expect(available()).toEqual([20, 7]);
  });

  it('are read from the error of an attempt, too', async () => {
    const { start, snapshot } = paced({ requestsPerMinute: 600 });
    const headers = new Headers({ 'x-ratelimit-remaining-requests': '0' });
    const error = Object.assign(new Error('slow down'), { status: 429, headers });
    await errorOf(start('a', { ...failing({ kind: 'rate_limited' }), work: () => Promise.reject(error) }).ended);
    expect(snapshot().requests?.available).toBe(0);
  });
});
