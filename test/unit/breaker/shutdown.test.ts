import { type BreakerOptions, CircuitBreaker, ResilienceClosedError } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, settleAll } from '../../support/breaker-steps.js';

const OPTIONS: BreakerOptions = { name: 'chat', trip: { consecutiveFailures: 1 }, openMs: 1000, random: () => 0 };
const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

const WAYS = [
  { state: 'closed', prepare: () => undefined },
  { state: 'open', prepare: (breaker: CircuitBreaker) => breaker.open() },
  { state: 'isolated', prepare: (breaker: CircuitBreaker) => breaker.isolate() },
  {
    state: 'half-open',
    prepare: (breaker: CircuitBreaker) => {
      breaker.open();
      vi.advanceTimersByTime(1000);
    },
  },
];

describe.each(WAYS)('a breaker that was shut down while $state', ({ prepare }) => {
  const shut = () => {
    const breaker = new CircuitBreaker(OPTIONS);
    prepare(breaker);
    const before = { state: breaker.state, snapshot: breaker.snapshot() };
    const events = eventsOf(breaker);
    breaker.shutdown();
    return { breaker, before, events };
  };

  it('leaves no timer', () => {
    shut();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('admits no more calls, and says why', async () => {
    const { breaker } = shut();
    const message = "circuit breaker 'chat' has been shut down and accepts no more calls";
    expect(() => breaker.admit()).toThrow(ResilienceClosedError);
    expect(() => breaker.admit()).toThrow(message);
    expect(breaker.tryAdmit()).toBeInstanceOf(ResilienceClosedError);
    const fn = vi.fn();
    await expect(breaker.execute(fn)).rejects.toThrow(message);
    expect(fn).not.toHaveBeenCalled();
  });

  it.each(['open', 'close', 'isolate', 'reset'] as const)('cannot be changed by %s()', (move) => {
    const { breaker } = shut();
    expect(() => breaker[move]()).toThrow(ResilienceClosedError);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('emits no more events, even to new listeners', () => {
    const { breaker, events } = shut();
    const later = eventsOf(breaker);
    breaker.tryAdmit();
    vi.advanceTimersByTime(1e9);
    expect([...events, ...later]).toEqual([]);
  });

  it('can be shut down again', () => {
    const { breaker } = shut();
    breaker.shutdown();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('still returns its state, so that a snapshot can be kept at the end of a process', () => {
    const { breaker, before } = shut();
    expect({ state: breaker.state, snapshot: breaker.snapshot() }).toEqual(before);
  });
});

describe('a call that is under way when its breaker is shut down', () => {
  it.each(['success', 'failure', 'ignored'] as const)('ends by itself, and its %s changes no state', (outcome) => {
    const breaker = new CircuitBreaker(OPTIONS);
    const admission = breaker.admit();
    breaker.shutdown();
    breaker.settle(admission, outcome);
    expect(breaker.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
    expect(breaker.stats()).toMatchObject({ admitted: 1, stale: 1, opens: 0 });
  });

  it('passes its value on to its caller', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    let finish = (_value: string): void => undefined;
    const result = breaker.execute(
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    );
    breaker.shutdown();
    finish('up');
    await expect(result).resolves.toBe('up');
  });

  it('makes the breaker call no listener any more, not even for a hook that fails', async () => {
    const breaker = new CircuitBreaker({
      ...OPTIONS,
      isFailure: () => {
        throw new Error('predicate');
      },
    });
    const events = eventsOf(breaker);
    const down = new Error('down');
    const late = breaker.execute(() => new Promise((_, reject) => setTimeout(reject, 100, down)));
    const caught = expect(late).rejects.toBe(down);
    breaker.shutdown();
    await vi.advanceTimersByTimeAsync(100);
    await caught;
    expect(events).toEqual([]);
  });

  it('does not close the breaker when it was the trial', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(1000);
    const trial = breaker.admit();
    breaker.shutdown();
    breaker.settle(trial, 'success');
    expect(breaker.stats()).toMatchObject({ closes: 0, stale: 1 });
  });
});
