import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BreakerParts } from '../../../src/breaker/parts.js';
import { resolveBreakerSettings } from '../../../src/breaker/settings.js';
import { eventsOf, issuesOf, settleAll } from '../../support/breaker-steps.js';

const RULES = resolveBreakerSettings({ trip: { consecutiveFailures: 2 }, openMs: 1000 });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the parts of a breaker', () => {
  it('are made from options, with nothing left open', () => {
    const parts = BreakerParts.of({});
    expect(parts).toMatchObject({ name: 'breaker', rules: resolveBreakerSettings({}), audience: undefined });
    expect(parts.isFailure(undefined)).toBe(true);
    expect(parts.random()).toBeGreaterThanOrEqual(0);
  });

  it('take what the options say', () => {
    const parts = BreakerParts.of({ name: 'chat', openMs: 5, random: () => 0.25, isFailure: () => false });
    expect(parts).toMatchObject({ name: 'chat', rules: resolveBreakerSettings({ openMs: 5 }) });
    expect(parts.random()).toBe(0.25);
    expect(parts.isFailure(new Error('down'))).toBe(false);
  });

  it('are not made from options that are wrong', () => {
    expect(issuesOf(() => BreakerParts.of({ openMs: -5 }))).toMatchObject([{ path: 'options.openMs' }]);
  });

  it('can be taken over with a state to begin in', () => {
    const hear = { wants: () => true, emit: () => undefined };
    const parts = new BreakerParts(
      'chat',
      RULES,
      () => 0,
      () => false,
      hear,
    );
    const snapshot = { version: 1, state: 'closed', consecutiveFailures: 1 } as const;
    expect(parts.snapshot).toBeUndefined();
    const begun = parts.from(snapshot);
    expect(begun).toEqual(Object.assign(Object.create(BreakerParts.prototype), parts, { snapshot }));
    expect(new CircuitBreaker(begun).snapshot()).toEqual(snapshot);
  });

  it('pass as they are, so that many breakers share their rules', () => {
    const parts = new BreakerParts('chat', RULES, () => 0);
    expect(BreakerParts.of(parts)).toBe(parts);
    expect(parts.isFailure(undefined)).toBe(true);
  });
});

describe('an audience', () => {
  it('hears what it wants, beside the listeners', () => {
    const told: string[] = [];
    const audience = {
      wants: (type: string) => type !== 'breaker.rejected',
      emit: ({ type }: { type: string }) => void told.push(type),
    };
    const breaker = new CircuitBreaker(new BreakerParts('chat', RULES, () => 0, undefined, audience));
    const events = eventsOf(breaker);
    breaker.open();
    expect(breaker.tryAdmit()).toBeInstanceOf(BreakerOpenError);
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    expect(told).toEqual(['breaker.opened', 'breaker.half_opened', 'breaker.closed']);
    expect(events).toHaveLength(4);
  });
});
