import type { BreakerEvent } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BreakerEmitter } from '../../../src/breaker/events.js';

const NOW = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function emitEverything(emitter: BreakerEmitter): void {
  emitter.breakerOpened('manual', 5);
  emitter.breakerHalfOpened();
  emitter.breakerClosed('recovered');
  emitter.breakerRejected({ refusal: 'open', retryAfterMs: 4 }, true);
  emitter.hookFailed('isFailure', 'oops');
}

/** Everything that the emitter emits from now on. */
function eventsOf(emitter: BreakerEmitter): BreakerEvent[] {
  const events: BreakerEvent[] = [];
  emitter.on('*', (event) => void events.push(event));
  return events;
}

describe('the emitter of a breaker', () => {
  it('builds no event, and reads no clock, while no listener wants it', () => {
    const clock = vi.spyOn(Date, 'now');
    emitEverything(new BreakerEmitter('chat'));
    const left = new BreakerEmitter('chat');
    left.on('breaker.closed', () => undefined)();
    emitEverything(left);
    const other = new BreakerEmitter('chat');
    const received = vi.fn();
    other.on('breaker.closed', received);
    other.breakerOpened('manual', 5);
    other.breakerRejected({ refusal: 'open', retryAfterMs: 4 }, true);
    expect(received).not.toHaveBeenCalled();
    expect(clock).not.toHaveBeenCalled();
  });

  it('emits every event with the time and the name of the breaker', () => {
    const emitter = new BreakerEmitter('chat');
    const events = eventsOf(emitter);
    emitEverything(emitter);
    const base = { at: NOW, breaker: 'chat' };
    expect(events).toEqual([
      { type: 'breaker.opened', ...base, cause: 'manual', waitMs: 5 },
      { type: 'breaker.half_opened', ...base },
      { type: 'breaker.closed', ...base, cause: 'recovered' },
      { type: 'breaker.rejected', ...base, refusal: 'open', retryAfterMs: 4, enforced: true },
      { type: 'hook.failed', ...base, hook: 'isFailure', error: 'oops' },
    ]);
  });

  it('calls a listener for its own type of event only', () => {
    const emitter = new BreakerEmitter('chat');
    const received = vi.fn();
    emitter.on('breaker.half_opened', received);
    emitEverything(emitter);
    expect(received.mock.calls).toEqual([[{ type: 'breaker.half_opened', at: NOW, breaker: 'chat' }]]);
  });

  it('calls every other listener although one throws, and reports the error once', () => {
    const emitter = new BreakerEmitter('chat');
    const error = new Error('of the listener');
    emitter.on('breaker.opened', () => {
      throw error;
    });
    const events = eventsOf(emitter);
    emitter.breakerOpened('manual', 5);
    expect(events.map(({ type }) => type)).toEqual(['breaker.opened', 'hook.failed']);
    expect(events[1]).toEqual({ type: 'hook.failed', at: NOW, breaker: 'chat', hook: 'listener', error });
  });

  it('does not report a listener of failed hooks that fails itself', () => {
    const emitter = new BreakerEmitter('chat');
    const received = vi.fn(() => {
      throw new Error('of the listener');
    });
    emitter.on('hook.failed', received);
    emitter.hookFailed('isFailure', 'oops');
    expect(received).toHaveBeenCalledTimes(1);
  });

  it('calls no listener any more once it is cleared, and takes new ones', () => {
    const emitter = new BreakerEmitter('chat');
    const before = eventsOf(emitter);
    emitter.clear();
    emitter.breakerHalfOpened();
    const after = eventsOf(emitter);
    emitter.breakerHalfOpened();
    expect(before).toEqual([]);
    expect(after).toHaveLength(1);
  });
});
