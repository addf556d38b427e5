import { createResilience, type HoldfastEvent, type Settings } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { compileStages } from '../../../src/orchestrator/compile-stages.js';
import { KeyState } from '../../../src/orchestrator/key-state.js';
import { OperationHooks } from '../../../src/orchestrator/operation-hooks.js';
import { ResilienceContext } from '../../../src/orchestrator/resilience-context.js';
import { TokenBucket } from '../../../src/retry/budget.js';
import { SignalLinks } from '../../../src/runtime/index.js';
import { errorOf } from '../../support/calls.js';
import { httpError } from '../../support/failures.js';
import { liveCall } from '../../support/live-calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

/** A call that fails with a server error, through the stages of these settings; its budget is spent. */
function failingCall(settings: Settings, listening: boolean) {
  const context = new ResilienceContext(() => 0, undefined);
  const events: HoldfastEvent[] = [];
  if (listening) context.reporter.on('retry.refused', (event) => events.push(event));
  const resolved = createResilience({ config: { defaults: settings } }).operation('chat').settings;
  const state = new KeyState({ context, operation: 'chat', key: undefined, settings: resolved });
  const budget = new TokenBucket({ ratio: 0, floorPerSecond: 0, burst: 1 });
  budget.take(performance.now());
  const { reporter, random } = context;
  const work = vi.fn((): unknown => Promise.reject(httpError(500)));
  const call = liveCall({
    hooks: new OperationHooks(context),
    lane: state,
    work,
    run: compileStages(resolved, { reporter, random, budget }),
  });
  return { call, work, events, state, start: () => call.start(new SignalLinks()) };
}

const NO_TIMES: Settings = { deadlineMs: false, attemptTimeoutMs: false };

describe('compiled stages', () => {
  it.each([true, false])('count a retry that the budget refused, with a listener: %s', async (listening) => {
    const { start, state, events } = failingCall({ ...NO_TIMES, breaker: false }, listening);
    await errorOf(start());
    expect(state.counter.stats().rejections).toEqual({ breaker: 0, quota: 0, capacity: 0, target: 0, budget: 1 });
    expect(events).toHaveLength(listening ? 1 : 0);
  });

  it('count no retry that another rule refused', async () => {
    const { start, state, events } = failingCall({ ...NO_TIMES, breaker: false, retry: { maxAttempts: 1 } }, true);
    await errorOf(start());
    expect(events).toMatchObject([{ stopRule: 'max_attempts' }]);
    expect(state.counter.stats().rejections.budget).toBe(0);
  });

  it('leave out what the settings disable, and call the function directly if all are disabled', async () => {
    const settings = { ...NO_TIMES, retry: false, quota: false, breaker: false } as const;
    const { start, work, state } = failingCall(settings, true);
    state.quota.hold('rate_limited', 5_000, performance.now());
    const ended = errorOf(start());
    expect(work).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    await ended;
  });

  it('run in the order quota, breaker, time limits, function', async () => {
    const { call, start, work, state } = failingCall({ attemptTimeoutMs: 1_000, retry: false }, true);
    state.quota.hold('rate_limited', 500, performance.now());
    const ended = errorOf(start());
    await pass(499);
    // The breaker admits after the wait for the quota, and the timeout begins after both.
    expect(state.breaker?.stats().admitted).toBe(0);
    await pass(1);
    expect(state.breaker?.stats().admitted).toBe(1);
    expect(work).toHaveBeenCalledTimes(1);
    await ended;
    expect(call.attempts[0]?.waitedMs).toBe(500);
  });

  it('reject with the breaker rather than wait for the quota when the breaker will be open for longer', async () => {
    const { call, start, state } = failingCall({ ...NO_TIMES, breaker: { openMs: 60_000 } }, true);
    state.quota.hold('rate_limited', 500, performance.now());
    state.breaker?.open();
    await errorOf(start());
    expect(call.attempts[0]).toMatchObject({ rejectedBy: 'breaker_open', waitedMs: 0 });
  });
});
