import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { breakerStage } from '../../../src/breaker/stage.js';
import type { Failure, StagedCall } from '../../../src/pipeline/index.js';
import { refusalOf } from '../../support/breaker-steps.js';
import { stagedCall } from '../../support/staged-call.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A call whose function does nothing, and whose every error means the same. */
function callWith(breaker: Failure['breaker'], retryAfterMs?: number): StagedCall {
  const failure: Failure = { kind: 'unknown', retry: 'never', breaker, failover: false };
  return stagedCall(undefined, {
    failureOf: () => (retryAfterMs === undefined ? failure : { ...failure, retryAfterMs }),
  });
}

const brittle = () => new CircuitBreaker({ trip: { consecutiveFailures: 1 }, openMs: 1000 });
const down = new Error('down');

describe('the breaker stage', () => {
  it('passes on what the call gives, and counts a success', async () => {
    const breaker = brittle();
    const run = breakerStage(() => breaker)(() => Promise.resolve('up'));
    await expect(run(callWith('failure'))).resolves.toBe('up');
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 1, failures: 0 });
  });

  it('passes on the very error, and counts a failure', async () => {
    const breaker = brittle();
    const run = breakerStage(() => breaker)(() => Promise.reject(down));
    await expect(run(callWith('failure'))).rejects.toBe(down);
    expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1 });
    expect(breaker.state).toBe('open');
  });

  it('counts nothing when the failure says nothing of the callee', async () => {
    const breaker = brittle();
    const run = breakerStage(() => breaker)(() => Promise.reject(down));
    await expect(run(callWith('ignored'))).rejects.toBe(down);
    expect(breaker.stats()).toMatchObject({ admitted: 1, ignored: 1 });
    expect(breaker.state).toBe('closed');
  });

  it('stays open for as long as the callee asked', async () => {
    const breaker = brittle();
    const run = breakerStage(() => breaker)(() => Promise.reject(down));
    await expect(run(callWith('failure', 90_000))).rejects.toBe(down);
    expect(refusalOf(breaker).retryAfterMs).toBe(90_000);
  });

  it('turns a call away while open, says so, and calls nothing', async () => {
    const breaker = brittle();
    breaker.open();
    const next = vi.fn(() => Promise.resolve('up'));
    const call = callWith('failure');
    await expect(breakerStage(() => breaker)(next)(call)).rejects.toBeInstanceOf(BreakerOpenError);
    expect(next).not.toHaveBeenCalled();
    expect(call.refusedBy).toBe('breaker_open');
  });

  it('leaves a call alone that it lets pass', async () => {
    const call = callWith('failure');
    const breaker = brittle();
    await breakerStage(() => breaker)(() => Promise.resolve('up'))(call);
    expect(call.refusedBy).toBeUndefined();
  });

  it.each([
    { leaseMs: undefined, keptMs: 60_000 },
    { leaseMs: 250, keptMs: 250 },
  ])('keeps the place of a trial for $keptMs ms when an attempt may take $leaseMs', ({ leaseMs, keptMs }) => {
    const breaker = brittle();
    breaker.open();
    vi.advanceTimersByTime(1000);
    void breakerStage(() => breaker, leaseMs)(() => new Promise(() => undefined))(callWith('failure'));
    vi.advanceTimersByTime(keptMs - 1);
    expect(refusalOf(breaker).refusal).toBe('trials_taken');
    vi.advanceTimersByTime(1);
    expect(breaker.admit().trial).toBe(true);
  });

  it('lets a call pass that has no breaker', async () => {
    const run = breakerStage(() => undefined)(() => Promise.resolve('up'));
    await expect(run(callWith('failure'))).resolves.toBe('up');
  });

  it('asks for the breaker of each call', async () => {
    const breakers = [brittle(), brittle()];
    const run = breakerStage(() => breakers.shift())(() => Promise.reject(down));
    const [first, second] = breakers;
    await expect(run(callWith('failure'))).rejects.toBe(down);
    expect([first?.state, second?.state]).toEqual(['open', 'closed']);
  });
});
