import { describe, expect, it, vi } from 'vitest';
import { type CallInit, LiveCall } from '../../../src/orchestrator/call.js';
import { Lane } from '../../../src/orchestrator/lane.js';
import { Shared } from '../../../src/orchestrator/shared.js';
import { SignalLinks } from '../../../src/runtime/runtime.js';
import { errorOf, never } from '../../support/calls.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

function callWith(init: Partial<CallInit>): LiveCall {
  const shared = new Shared(() => 0, undefined);
  return new LiveCall({
    lane: new Lane({ shared, operation: 'chat', key: undefined, breaker: false }),
    work: () => 'fine',
    run: (call) => call.invoke(),
    serial: 1,
    startedAtMs: performance.now(),
    deadlineMs: undefined,
    signal: undefined,
    context: {},
    ...init,
  });
}

const error = new Error('the user left');

describe('a call', () => {
  it('that is interrupted before its function is called never calls it', async () => {
    const work = vi.fn();
    const call = callWith({ work });
    const { attempt } = call;
    call.interrupt({ by: 'deadline', error });
    expect(await errorOf(attempt.invoke())).toBe(error);
    expect(work).not.toHaveBeenCalled();
    expect(attempt.invoked).toBe(false);
    expect(call.lane.counter.stats().attempts).toBe(0);
  });

  it('goes by its first interruption', async () => {
    const { attempt } = callWith({ work: never });
    const ended = errorOf(attempt.invoke());
    attempt.interrupt({ by: 'caller', error });
    attempt.interrupt({ by: 'deadline', error: new Error('too late') });
    expect(await ended).toBe(error);
    expect(attempt.interruption).toEqual({ by: 'caller', error });
    expect(attempt.signal.reason).toBe(error);
    expect(attempt.failureOf('whatever').kind).toBe('cancelled');
  });

  it('that has settled cannot be interrupted any more', async () => {
    const { attempt } = callWith({});
    expect(await attempt.invoke()).toBe('fine');
    attempt.interrupt({ by: 'deadline', error });
    expect(attempt.interruption).toBeUndefined();
    expect(attempt.signal.aborted).toBe(false);
  });

  it('does not enter its stages when its signal has aborted before', async () => {
    const run = vi.fn();
    const call = callWith({ run, signal: AbortSignal.abort(error) });
    const links = new SignalLinks();
    expect(await errorOf(call.start(links))).toBe(error);
    expect(run).not.toHaveBeenCalled();
    call.unlink(links);
  });

  it('turns a stage that throws into a rejection', async () => {
    const run = () => {
      throw error;
    };
    expect(await errorOf(callWith({ run }).start(new SignalLinks()))).toBe(error);
  });

  it('turns a signal that cannot be listened to into a rejection', async () => {
    const { signal } = new AbortController();
    vi.spyOn(signal, 'addEventListener').mockImplementation(() => {
      throw error;
    });
    expect(await errorOf(callWith({ signal }).start(new SignalLinks()))).toBe(error);
  });

  it('knows how much time it has', async () => {
    const call = callWith({ deadlineMs: 100 });
    await pass(40);
    expect(call.remainingMs()).toBe(60);
    await pass(400);
    expect(call.remainingMs()).toBe(0);
    expect(callWith({}).remainingMs()).toBe(Infinity);
  });

  it('leaves its caller’s signal alone once it is unlinked', async () => {
    const abort = new AbortController();
    const links = new SignalLinks();
    const call = callWith({ work: never, signal: abort.signal });
    void call.start(links);
    call.unlink(links);
    abort.abort();
    expect(call.attempt.interruption).toBeUndefined();
  });
});
