import { type BreakerEvent, type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, issuesOf, refusalOf, settleAll, typesOf } from '../../support/breaker-steps.js';

const OPTIONS: BreakerOptions = { name: 'chat', trip: { consecutiveFailures: 1 }, openMs: 1000, random: () => 0 };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a listener of a circuit breaker', () => {
  it('of one type receives that type only', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const received: string[] = [];
    breaker.on('breaker.half_opened', ({ type }) => {
      received.push(type);
    });
    breaker.open();
    refusalOf(breaker);
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    expect(received).toEqual(['breaker.half_opened']);
  });

  it('of all types receives everything in its order', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const types = typesOf(breaker);
    breaker.open();
    refusalOf(breaker);
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    expect(types).toEqual(['breaker.opened', 'breaker.rejected', 'breaker.half_opened', 'breaker.closed']);
  });

  it('is called in the order of subscription, beside other listeners', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const received: string[] = [];
    breaker.on('breaker.opened', () => void received.push('first'));
    breaker.on('*', () => void received.push('second'));
    breaker.on('breaker.opened', () => void received.push('third'));
    breaker.open();
    expect(received).toEqual(['first', 'second', 'third']);
  });

  it('sees the state that the event is about', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const states: string[] = [];
    breaker.on('*', () => void states.push(breaker.state));
    breaker.open();
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    expect(states).toEqual(['open', 'half_open', 'closed']);
  });

  it('that subscribes twice is called twice, and each unsubscribe function ends one subscription', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const received = vi.fn();
    const off = breaker.on('breaker.opened', received);
    breaker.on('breaker.opened', received);
    breaker.open();
    expect(received).toHaveBeenCalledTimes(2);
    off();
    off();
    breaker.reset();
    breaker.open();
    expect(received).toHaveBeenCalledTimes(3);
  });

  it('is not called any more after its unsubscribe function', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const received = vi.fn();
    breaker.on('*', received)();
    breaker.open();
    expect(received).not.toHaveBeenCalled();
  });

  it('may unsubscribe while it is called, and the others still receive the event', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const received: string[] = [];
    const off = breaker.on('breaker.opened', () => {
      received.push('once');
      off();
    });
    breaker.on('breaker.opened', () => void received.push('always'));
    breaker.open();
    breaker.reset();
    breaker.open();
    expect(received).toEqual(['once', 'always', 'always']);
  });

  it('that subscribes during an event is called from the next event on', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const late = vi.fn();
    const off = breaker.on('breaker.opened', () => {
      breaker.on('breaker.opened', late);
      off();
    });
    breaker.open();
    expect(late).not.toHaveBeenCalled();
    breaker.reset();
    breaker.open();
    expect(late).toHaveBeenCalledTimes(1);
  });
});

describe('a subscription to a circuit breaker', () => {
  const subscribe = (...given: readonly unknown[]) => {
    const breaker = new CircuitBreaker(OPTIONS);
    return issuesOf(() => Reflect.apply(breaker.on, breaker, given));
  };
  const TYPES = 'breaker.opened, breaker.half_opened, breaker.closed, breaker.rejected, hook.failed, *';

  it('is refused for an unknown type, with the name that was probably meant', () => {
    expect(subscribe('breaker.open', () => undefined)).toEqual([
      {
        path: 'type',
        message: `must be one of ${TYPES}`,
        received: 'the string "breaker.open"',
        suggestion: "Did you mean 'breaker.opened'?",
      },
    ]);
  });

  it.each([
    { type: undefined, listener: undefined, paths: ['type', 'listener'] },
    { type: null, listener: () => undefined, paths: ['type'] },
    { type: 'breaker.closed', listener: undefined, paths: ['listener'] },
    { type: '*', listener: {}, paths: ['listener'] },
  ])('is refused for the type $type and the listener $listener', ({ type, listener, paths }) => {
    expect(subscribe(type, listener).map(({ path }) => path)).toEqual(paths);
  });
});

describe('a listener that acts on its circuit breaker', () => {
  it('may close the breaker when it opens', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', () => breaker.close());
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may send the trial when the breaker is half-open', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const results: unknown[] = [];
    breaker.on('breaker.half_opened', () => {
      void breaker.execute(() => 'up').then((value) => results.push(value));
    });
    breaker.open();
    await vi.advanceTimersByTimeAsync(1000);
    expect(results).toEqual(['up']);
    expect(breaker.state).toBe('closed');
  });

  it('may shut the breaker down at any event', () => {
    for (const type of ['breaker.opened', 'breaker.half_opened', 'breaker.closed', 'breaker.rejected'] as const) {
      const breaker = new CircuitBreaker(OPTIONS);
      breaker.on(type, () => breaker.shutdown());
      settleAll(breaker, 'failure');
      breaker.tryAdmit();
      vi.advanceTimersByTime(1000);
      const admission = breaker.tryAdmit();
      if (!(admission instanceof Error)) breaker.settle(admission, 'success');
      expect(() => breaker.admit()).toThrow('accepts no more calls');
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});

describe('a failing listener of a circuit breaker', () => {
  const broken = new Error('listener');
  const fails = () => {
    throw broken;
  };

  // What it returns is ignored, so a listener may well be asynchronous.
  const rejectsLater: () => unknown = () => Promise.reject(broken);

  it('harms neither the breaker nor the other listeners', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', fails);
    const events = eventsOf(breaker);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
    expect(events.map(({ type }) => type).sort()).toEqual(['breaker.opened', 'hook.failed']);
  });

  it('is reported once each time it fails', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', fails);
    const troubles: BreakerEvent[] = [];
    breaker.on('hook.failed', (event) => void troubles.push(event));
    settleAll(breaker, 'failure');
    expect(troubles).toEqual([
      { type: 'hook.failed', at: Date.now(), breaker: 'chat', hook: 'listener', error: broken },
    ]);
  });

  it('is reported when it rejects later', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', rejectsLater);
    const troubles: BreakerEvent[] = [];
    breaker.on('hook.failed', (event) => void troubles.push(event));
    settleAll(breaker, 'failure');
    expect(troubles).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(troubles).toMatchObject([{ hook: 'listener', error: broken }]);
  });

  it('is not reported again when it fails at the event of a failed hook', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const all = vi.fn(fails);
    const later = vi.fn(rejectsLater);
    breaker.on('*', all);
    breaker.on('*', later);
    settleAll(breaker, 'failure');
    await vi.advanceTimersByTimeAsync(0);
    // Each received the opening and both failures at it.
    expect(all).toHaveBeenCalledTimes(3);
    expect(later).toHaveBeenCalledTimes(3);
  });
});
