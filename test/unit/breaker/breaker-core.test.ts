import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BreakerCore, type BreakerListener, resolveBreakerSettings } from '../../../src/breaker/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

const SETTINGS = resolveBreakerSettings({ trip: { consecutiveFailures: 2 }, openMs: 1000 });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A listener that notes what it receives. */
function notingListener(): { readonly listener: BreakerListener; readonly received: readonly unknown[][] } {
  const received: unknown[][] = [];
  const listener: BreakerListener = {
    breakerOpened: (cause, waitMs) => received.push(['opened', cause, waitMs]),
    breakerHalfOpened: () => received.push(['half-opened']),
    breakerClosed: (cause) => received.push(['closed', cause]),
    breakerRejected: (refusal, enforced) => received.push(['rejected', refusal, enforced]),
  };
  return { listener, received };
}

function coreWith(listener: BreakerListener, own: Partial<ConstructorParameters<typeof BreakerCore>[0]> = {}) {
  return new BreakerCore({ name: 'chat', settings: SETTINGS, random: () => 0, listener, ...own });
}

function settle(core: BreakerCore, outcome: 'success' | 'failure'): void {
  const admission = core.tryAdmit();
  if (admission instanceof Error) throw admission;
  core.settle(admission, outcome);
}

describe('the listener of a breaker core', () => {
  it('receives every opening, rejection, half-opening and closing with its details', () => {
    const { listener, received } = notingListener();
    const core = coreWith(listener);
    settle(core, 'failure');
    settle(core, 'failure');
    expect(core.tryAdmit()).toBeInstanceOf(BreakerOpenError);
    vi.advanceTimersByTime(1000);
    settle(core, 'success');
    expect(received).toEqual([
      ['opened', 'consecutive_failures', 1000],
      ['rejected', { refusal: 'open', retryAfterMs: 1000 }, true],
      ['half-opened'],
      ['closed', 'recovered'],
    ]);
  });

  it('receives a rejection in mode observe as one that is not enforced', () => {
    const { listener, received } = notingListener();
    const core = coreWith(listener, { settings: { ...SETTINGS, mode: 'observe' } });
    core.open();
    expect(core.tryAdmit()).not.toBeInstanceOf(Error);
    expect(received).toEqual([
      ['opened', 'manual', 1000],
      ['rejected', { refusal: 'open', retryAfterMs: 1000 }, false],
    ]);
  });

  it('receives no time until the first trial when the breaker is isolated', () => {
    const { listener, received } = notingListener();
    const core = coreWith(listener);
    core.isolate();
    core.tryAdmit();
    core.reset();
    expect(received).toEqual([
      ['opened', 'isolated', undefined],
      ['rejected', { refusal: 'held_open', retryAfterMs: undefined }, true],
      ['closed', 'reset'],
    ]);
  });

  it('finds the breaker in the state that the call is about', () => {
    const states: string[] = [];
    const note = () => states.push(core.state);
    const core = coreWith({ breakerOpened: note, breakerHalfOpened: note, breakerClosed: note, breakerRejected: note });
    core.open();
    vi.advanceTimersByTime(1000);
    settle(core, 'success');
    expect(states).toEqual(['open', 'half_open', 'closed']);
  });
});

describe('a breaker core', () => {
  it('starts in the state of a snapshot', () => {
    const snapshot = { version: 1, state: 'closed', consecutiveFailures: 1 } as const;
    const { listener, received } = notingListener();
    const core = coreWith(listener, { snapshot });
    expect(core.snapshot()).toEqual(snapshot);
    settle(core, 'failure');
    expect(received).toEqual([['opened', 'consecutive_failures', 1000]]);
  });

  it('starts closed without a snapshot', () => {
    const core = coreWith(notingListener().listener);
    expect(core.snapshot()).toEqual({ version: 1, state: 'closed', consecutiveFailures: 0 });
    expect([core.name, core.mode, core.state]).toEqual(['chat', 'enforce', 'closed']);
  });

  it('takes settings as they are, so that many breakers can share them without sharing a state', () => {
    const { listener } = notingListener();
    const [first, second] = [coreWith(listener), coreWith(listener)];
    first.open();
    expect([first.state, second.state]).toEqual(['open', 'closed']);
  });

  it('uses its source of randomness for the time that a reopening lasts', () => {
    const reopenedFor = (random: () => number): number => {
      const core = coreWith(notingListener().listener, { random });
      core.open();
      vi.advanceTimersByTime(1000);
      settle(core, 'failure');
      return core.remainingOpenMs();
    };
    expect([reopenedFor(() => 0), reopenedFor(() => 0.5)]).toEqual([2000, 1750]);
  });

  it('uses new settings as soon as they are updated', () => {
    const { listener } = notingListener();
    const core = coreWith(listener);
    core.updateSettings(resolveBreakerSettings({ trip: { consecutiveFailures: 1 }, openMs: 50 }));
    settle(core, 'failure');
    expect(core.remainingOpenMs()).toBe(50);
  });
});

describe('the options of a circuit breaker', () => {
  it('default to the name breaker, the default settings, and every error as a failure', async () => {
    const breaker = new CircuitBreaker();
    expect([breaker.name, breaker.mode, breaker.state]).toEqual(['breaker', 'enforce', 'closed']);
    await expect(breaker.execute(() => Promise.reject(undefined))).rejects.toBeUndefined();
    expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1 });
  });

  it('replace the defaults', async () => {
    const breaker = new CircuitBreaker({ name: 'chat', openMs: 5, random: () => 0.25, isFailure: () => false });
    expect(breaker.name).toBe('chat');
    await expect(breaker.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(breaker.stats()).toMatchObject({ ignored: 1, failures: 0 });
    breaker.open();
    expect(breaker.remainingOpenMs()).toBe(5);
  });

  it('are refused if one of them is invalid', () => {
    expect(issuesOf(() => new CircuitBreaker({ openMs: -5 }))).toMatchObject([{ path: 'options.openMs' }]);
  });
});
