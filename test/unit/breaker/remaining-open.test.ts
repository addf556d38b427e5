import { CircuitBreaker } from 'holdfast/breaker';
import { describe, expect, it, vi } from 'vitest';
import { admitMany, settleMany } from '../../support/breaker-steps.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const breakerOf = (mode: 'enforce' | 'observe' | 'forced_open' | 'disabled') =>
  new CircuitBreaker({ mode, trip: { consecutiveFailures: 2 }, openMs: 1_000, random: () => 0 });

describe('remainingOpenMs() of a breaker', () => {
  it('is 0 while the breaker is closed', () => {
    const breaker = breakerOf('enforce');
    settleMany(breaker, 1, 'failure');
    expect(breaker.remainingOpenMs()).toBe(0);
  });

  it('is what is left of the opening, and reading it changes nothing', async () => {
    const breaker = breakerOf('enforce');
    settleMany(breaker, 2, 'failure');
    expect(breaker.remainingOpenMs()).toBe(1_000);
    await pass(300);
    expect(breaker.remainingOpenMs()).toBe(700);
    expect(breaker.stats()).toMatchObject({ admitted: 2, rejected: 0 });
    await pass(700);
    expect(breaker.state).toBe('half_open');
    expect(breaker.remainingOpenMs()).toBe(0);
  });

  it('is longer after a trial that failed', async () => {
    const breaker = breakerOf('enforce');
    breaker.open();
    await pass(1_000);
    settleMany(breaker, 1, 'failure');
    expect(breaker.remainingOpenMs()).toBe(2_000);
  });

  it('is as long as the provider asked for', () => {
    const breaker = breakerOf('enforce');
    settleMany(breaker, 1, 'failure');
    breaker.settle(breaker.admit(), 'failure', { retryAfterMs: 90_000 });
    expect(breaker.remainingOpenMs()).toBe(90_000);
  });

  it('is 0 while the breaker is half-open, also when all trials are taken: one may come free at once', async () => {
    const breaker = breakerOf('enforce');
    breaker.open();
    await pass(1_000);
    admitMany(breaker, 1);
    expect(breaker.tryAdmit()).toMatchObject({ refusal: 'trials_taken' });
    expect(breaker.remainingOpenMs()).toBe(0);
  });

  it('is Infinity while the breaker is held by hand, and 0 once that has ended', () => {
    const breaker = breakerOf('enforce');
    breaker.isolate();
    expect(breaker.remainingOpenMs()).toBe(Infinity);
    breaker.close();
    expect(breaker.remainingOpenMs()).toBe(0);
  });

  it.each(['observe', 'disabled'] as const)('is 0 in mode %s, which rejects no call', (mode) => {
    for (const move of ['open', 'isolate'] as const) {
      const breaker = breakerOf(mode);
      breaker[move]();
      settleMany(breaker, 5, 'failure');
      expect(breaker.remainingOpenMs()).toBe(0);
    }
  });

  it('is Infinity in mode forced_open, and after a shutdown', () => {
    expect(breakerOf('forced_open').remainingOpenMs()).toBe(Infinity);
    for (const mode of ['enforce', 'observe', 'disabled'] as const) {
      const breaker = breakerOf(mode);
      breaker.shutdown();
      expect(breaker.remainingOpenMs()).toBe(Infinity);
    }
  });

  it('is what is left of an opening that was restored', async () => {
    const before = breakerOf('enforce');
    before.open();
    await pass(400);
    const after = CircuitBreaker.restore(before.snapshot(), { openMs: 1_000 });
    expect(after.remainingOpenMs()).toBe(600);
    expect(vi.getTimerCount()).toBe(2);
  });
});
