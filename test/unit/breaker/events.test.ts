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

describe('listening', () => {
  it('to one type hears that type only', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const heard: string[] = [];
    breaker.on('breaker.half_opened', ({ type }) => {
      heard.push(type);
    });
    breaker.open();
    refusalOf(breaker);
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    expect(heard).toEqual(['breaker.half_opened']);
  });

  it('to all types hears everything in its order', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const types = typesOf(breaker);
    breaker.open();
    refusalOf(breaker);
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    expect(types).toEqual(['breaker.opened', 'breaker.rejected', 'breaker.half_opened', 'breaker.closed']);
  });

  it('can be done by several, who hear in the order in which they came', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const heard: string[] = [];
    breaker.on('breaker.opened', () => void heard.push('first'));
    breaker.on('*', () => void heard.push('second'));
    breaker.on('breaker.opened', () => void heard.push('third'));
    breaker.open();
    expect(heard).toEqual(['first', 'second', 'third']);
  });

  it('sees the state that the event tells of', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const states: string[] = [];
    breaker.on('*', () => void states.push(breaker.state));
    breaker.open();
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    expect(states).toEqual(['open', 'half_open', 'closed']);
  });

  it('twice with one function hears twice, and each way out ends one of them', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const heard = vi.fn();
    const off = breaker.on('breaker.opened', heard);
    breaker.on('breaker.opened', heard);
    breaker.open();
    expect(heard).toHaveBeenCalledTimes(2);
    off();
    off();
    breaker.reset();
    breaker.open();
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it('ends by the way out', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const heard = vi.fn();
    breaker.on('*', heard)();
    breaker.open();
    expect(heard).not.toHaveBeenCalled();
  });

  it('may end while hearing, and robs nobody else of the event', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const heard: string[] = [];
    const off = breaker.on('breaker.opened', () => {
      heard.push('once');
      off();
    });
    breaker.on('breaker.opened', () => void heard.push('always'));
    breaker.open();
    breaker.reset();
    breaker.open();
    expect(heard).toEqual(['once', 'always', 'always']);
  });

  it('may begin while hearing, from the next event on', () => {
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

describe('listening to what does not exist', () => {
  const subscribe = (...given: readonly unknown[]) => {
    const breaker = new CircuitBreaker(OPTIONS);
    return issuesOf(() => Reflect.apply(breaker.on, breaker, given));
  };
  const TYPES = 'breaker.opened, breaker.half_opened, breaker.closed, breaker.rejected, hook.failed, *';

  it('is refused, naming what was probably meant', () => {
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
  ])('is refused: $type and $listener', ({ type, listener, paths }) => {
    expect(subscribe(type, listener).map(({ path }) => path)).toEqual(paths);
  });
});

describe('a listener that acts on the breaker', () => {
  it('may close it on hearing that it opened', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', () => breaker.close());
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may send the trial on hearing that it is half-open', async () => {
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

  it('may shut it down on hearing anything', () => {
    for (const type of ['breaker.opened', 'breaker.half_opened', 'breaker.closed', 'breaker.rejected'] as const) {
      const breaker = new CircuitBreaker(OPTIONS);
      breaker.on(type, () => breaker.shutdown());
      settleAll(breaker, 'failure');
      breaker.tryAdmit();
      vi.advanceTimersByTime(1000);
      const admission = breaker.tryAdmit();
      if (!(admission instanceof Error)) breaker.settle(admission, 'success');
      expect(() => breaker.admit()).toThrow('takes no more calls');
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});

describe('a listener that fails', () => {
  const broken = new Error('listener');
  const fails = () => {
    throw broken;
  };

  // What it returns is nobody's business, so a listener may well be asynchronous.
  const rejectsLater: () => unknown = () => Promise.reject(broken);

  it('harms neither the breaker nor the other listeners', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', fails);
    const events = eventsOf(breaker);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
    expect(events.map(({ type }) => type).sort()).toEqual(['breaker.opened', 'hook.failed']);
  });

  it('is itself told, once for each time', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', fails);
    const troubles: BreakerEvent[] = [];
    breaker.on('hook.failed', (event) => void troubles.push(event));
    settleAll(breaker, 'failure');
    expect(troubles).toEqual([
      { type: 'hook.failed', at: Date.now(), breaker: 'chat', hook: 'listener', error: broken },
    ]);
  });

  it('is told as well when it rejects later', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.on('breaker.opened', rejectsLater);
    const troubles: BreakerEvent[] = [];
    breaker.on('hook.failed', (event) => void troubles.push(event));
    settleAll(breaker, 'failure');
    expect(troubles).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(troubles).toMatchObject([{ hook: 'listener', error: broken }]);
  });

  it('is not told again when it fails on hearing of a failure', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const all = vi.fn(fails);
    const later = vi.fn(rejectsLater);
    breaker.on('*', all);
    breaker.on('*', later);
    settleAll(breaker, 'failure');
    await vi.advanceTimersByTimeAsync(0);
    // Each heard of the opening and of both failures on hearing it.
    expect(all).toHaveBeenCalledTimes(3);
    expect(later).toHaveBeenCalledTimes(3);
  });
});
