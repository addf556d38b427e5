import type { BreakerEvent } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BreakerTeller } from '../../../src/breaker/teller.js';

const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** An audience that wants some types and keeps what it is told. */
function audienceFor(...types: readonly string[]) {
  const told: BreakerEvent[] = [];
  return { told, wants: (type: string) => types.includes(type), emit: (event: BreakerEvent) => void told.push(event) };
}

function tellEverything(teller: BreakerTeller): void {
  teller.opened('manual', 5);
  teller.halfOpened();
  teller.closed('recovered');
  teller.rejected({ refusal: 'open', retryAfterMs: 4 }, true);
  teller.hookFailed('isFailure', 'oops');
}

describe('a teller', () => {
  it('builds no event when nobody wants any', () => {
    const clock = vi.spyOn(Date, 'now');
    tellEverything(new BreakerTeller('chat', undefined));
    tellEverything(new BreakerTeller('chat', audienceFor()));
    const teller = new BreakerTeller('chat', undefined);
    teller.on('breaker.closed', () => undefined)();
    tellEverything(teller);
    expect(clock).not.toHaveBeenCalled();
  });

  it('tells everything with the instant and the name of the breaker', () => {
    const teller = new BreakerTeller('chat', undefined);
    const told: BreakerEvent[] = [];
    teller.on('*', (event) => void told.push(event));
    tellEverything(teller);
    const base = { at: NOW, breaker: 'chat' };
    expect(told).toEqual([
      { type: 'breaker.opened', ...base, cause: 'manual', waitMs: 5 },
      { type: 'breaker.half_opened', ...base },
      { type: 'breaker.closed', ...base, cause: 'recovered' },
      { type: 'breaker.rejected', ...base, refusal: 'open', retryAfterMs: 4, enforced: true },
      { type: 'hook.failed', ...base, hook: 'isFailure', error: 'oops' },
    ]);
  });

  it('tells its audience what that wants, and nothing else', () => {
    const audience = audienceFor('breaker.opened', 'breaker.rejected');
    tellEverything(new BreakerTeller('chat', audience));
    expect(audience.told.map(({ type }) => type)).toEqual(['breaker.opened', 'breaker.rejected']);
  });

  it('tells its audience nothing that only a listener wants', () => {
    const audience = audienceFor();
    const teller = new BreakerTeller('chat', audience);
    const heard = vi.fn();
    teller.on('*', heard);
    tellEverything(teller);
    expect(heard).toHaveBeenCalledTimes(5);
    expect(audience.told).toEqual([]);
  });

  it('tells a listener nothing that only the audience wants', () => {
    const teller = new BreakerTeller('chat', audienceFor('breaker.opened'));
    const heard = vi.fn();
    teller.on('breaker.closed', heard);
    teller.opened('manual', 5);
    expect(heard).not.toHaveBeenCalled();
  });

  it('tells its audience although a listener throws, and that it threw', () => {
    const audience = audienceFor('breaker.opened', 'hook.failed');
    const teller = new BreakerTeller('chat', audience);
    const error = new Error('listener');
    teller.on('*', () => {
      throw error;
    });
    teller.opened('manual', 5);
    expect(audience.told.map(({ type }) => type).sort()).toEqual(['breaker.opened', 'hook.failed']);
    expect(audience.told).toContainEqual({ type: 'hook.failed', at: NOW, breaker: 'chat', hook: 'listener', error });
  });

  it('forgets its listeners and keeps its audience', () => {
    const audience = audienceFor('breaker.half_opened');
    const teller = new BreakerTeller('chat', audience);
    const heard = vi.fn();
    teller.on('*', heard);
    teller.clear();
    teller.halfOpened();
    expect(heard).not.toHaveBeenCalled();
    expect(audience.told).toHaveLength(1);
  });
});
