import { describe, expect, it, vi } from 'vitest';
import { type HedgeSettings, Hedges, hedgeStage } from '../../../src/hedge/index.js';
import { resolveHedgeSettings } from '../../../src/hedge/settings.js';
import { type Call, compose, type DeferredOutcome, type Stage } from '../../../src/pipeline/index.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { firstOf } from '../../support/attempts.js';
import { deferred, errorOf, never } from '../../support/calls.js';
import { streamStage } from '../../support/contract-stages.js';
import { liveCall } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

/** A call through the hedge stage, with these stages further in. */
function hedgedCall(work: (call: Call) => unknown, settings: HedgeSettings = {}, inner: readonly Stage[] = []) {
  const hedges = new Hedges();
  const events: string[] = [];
  const resolved = resolveHedgeSettings({ delayMs: 50, ...settings });
  const stage = hedgeStage({
    settings: resolved,
    budget: undefined,
    hedgesOf: () => hedges,
    typicalMs: () => undefined,
    isStrained: () => false,
    listener: {
      hedgeSent: ({ attempt }, delayMs) => events.push(`${attempt} sent after ${delayMs}`),
      hedgeEnded: (_, { winner }) => events.push(`won by ${winner}`),
    },
  });
  const call = liveCall({ work, run: compose([stage, ...inner], (attempt) => attempt.invoke()) });
  const ended = call.start(new SignalLinks());
  return { call, ended, hedges, events, settings: resolved };
}

describe('the hedge stage', () => {
  it('costs a call that ends before the delay one timer, which it stops', async () => {
    const start = vi.spyOn(globalThis, 'setTimeout');
    const { ended } = hedgedCall(() => 'at once');
    expect(start).toHaveBeenCalledTimes(1);
    expect(await ended).toBe('at once');
    expect(vi.getTimerCount()).toBe(0);
    start.mockRestore();
  });

  it('returns the rejected promise of an attempt that fails before the delay', async () => {
    const error = new Error('down');
    const { ended, call } = hedgedCall(() => Promise.reject(error));
    expect(await errorOf(ended)).toBe(error);
    expect(call.attempts).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts no timer while the delay is not known', async () => {
    const { ended, hedges, settings } = hedgedCall(() => 'at once', { delayMs: undefined });
    expect(vi.getTimerCount()).toBe(0);
    await ended;
    expect(hedges.snapshot(settings)).toMatchObject({ delayMs: null });
  });

  it('counts the delay from the start of the function, not from the wait before it', async () => {
    const waiting: Stage = (next) => (attempt) => attempt.pause(70).then(() => next(attempt));
    const { events } = hedgedCall(never, {}, [waiting]);
    await pass(119);
    expect(events).toEqual([]);
    await pass(1);
    expect(events).toEqual(['2 sent after 50']);
  });
});

describe('a hedged call whose value is a stream', () => {
  /** Settles the outcome of each attempt, by its number. */
  function streaming() {
    const outcomes = new Map<number, DeferredOutcome>();
    return { outcomes, stage: streamStage((outcome, { attempt }) => outcomes.set(attempt, outcome)) };
  }

  it('is won by the first value, after which no hedge starts', async () => {
    const { outcomes, stage } = streaming();
    const { call, ended, events } = hedgedCall(() => 'stream', {}, [stage]);
    expect(await ended).toBe('stream');
    expect(vi.getTimerCount()).toBe(0);
    await pass(200);
    expect(call.attempts).toHaveLength(1);
    expect(firstOf(call).outcome).toBeUndefined();
    outcomes.get(1)?.succeed();
    expect(firstOf(call).outcome).toEqual({ status: 'success' });
    expect(events).toEqual([]);
  });

  it('ends the other when its first value arrives, and cannot be superseded itself', async () => {
    const { outcomes, stage } = streaming();
    const first = deferred<string>();
    const { call, ended, events } = hedgedCall(
      ({ attempt }) => (attempt === 1 ? first.promise : 'of the hedge'),
      { max: 2 },
      [stage],
    );
    await pass(50);
    expect(await ended).toBe('of the hedge');
    expect(events).toEqual(['2 sent after 50', 'won by 2']);
    first.resolve('too late');
    await pass(200);
    const [loser, winner] = call.attempts;
    expect(loser?.outcome).toMatchObject({ status: 'failure' });
    expect(loser?.interruption?.by).toBe('superseded');
    expect(winner?.outcome).toBeUndefined();
    expect(winner?.signal.aborted).toBe(false);
    expect(call.streaming).toBe(winner);
    outcomes.get(2)?.fail(new Error('cut'));
    expect(winner?.outcome).toMatchObject({ status: 'failure' });
    expect(call.attempts).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('supersedes the second of two streams that begin in the same moment', async () => {
    const { stage } = streaming();
    const both = new Map<number, () => void>();
    const { call, ended, hedges, settings } = hedgedCall(
      ({ attempt }) => new Promise((resolve) => both.set(attempt, () => resolve(attempt))),
      {},
      [stage],
    );
    await pass(50);
    both.get(2)?.();
    both.get(1)?.();
    expect(await ended).toBe(2);
    const [first, second] = call.attempts;
    expect(first?.interruption?.by).toBe('superseded');
    expect(first?.gaveValueEarly).toBe(true);
    expect(call.streaming).toBe(second);
    expect(hedges.snapshot(settings)).toMatchObject({ won: 1, wasted: { attempts: 1 } });
  });
});
