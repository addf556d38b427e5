import { type BreakerOptions, type BreakerSnapshot, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { remainingTimes } from '../../../src/breaker/snapshot.js';
import { eventsOf, issuesOf, refusalOf, settleAll, settleMany } from '../../support/breaker-steps.js';

const OPTIONS: BreakerOptions = { trip: { consecutiveFailures: 2 }, openMs: 1000, random: () => 0 };
const NOW = Date.UTC(2030, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

/** What the next process gets: the snapshot after a way through JSON. */
function handedOver(breaker: CircuitBreaker): BreakerSnapshot {
  const snapshot: BreakerSnapshot = JSON.parse(JSON.stringify(breaker.snapshot()));
  expect(snapshot).toEqual(breaker.snapshot());
  return snapshot;
}

/** The breaker of the next process. */
const successorOf = (breaker: CircuitBreaker) => CircuitBreaker.restore(handedOver(breaker), OPTIONS);

/** A breaker whose first opening has begun now. */
function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker(OPTIONS);
  settleMany(breaker, 2, 'failure');
  return breaker;
}

describe('the time that has passed of an opening', () => {
  it.each([
    { nowMs: 1000, passed: 0 },
    { nowMs: 1200, passed: 200 },
    { nowMs: 1499.5, passed: 499.5 },
    { nowMs: 1500, passed: 500 },
  ])('that began at 1000 for 500 ms is $passed at $nowMs', ({ nowMs, passed }) => {
    expect(remainingTimes({ openedAt: 1000, waitMs: 500 }, nowMs)).toEqual({ waitMs: 500, passedMs: passed });
  });

  it('is never more than the whole, however far the wall clock has gone ahead', () => {
    expect(remainingTimes({ openedAt: 1000, waitMs: 500 }, 1e15).passedMs).toBe(500);
  });

  it('is never negative, however far the wall clock was set back', () => {
    expect(remainingTimes({ openedAt: 1e15, waitMs: 500 }, 0).passedMs).toBe(0);
    expect(remainingTimes({ openedAt: 1e15, waitMs: null }, 0).passedMs).toBe(0);
  });

  it('has no limit for an opening that is held', () => {
    expect(remainingTimes({ openedAt: 1000, waitMs: null }, 1e9)).toEqual({ waitMs: undefined, passedMs: 1e9 - 1000 });
  });
});

describe('a snapshot of a closed breaker', () => {
  it('holds how many failures came in a row', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    expect(breaker.snapshot()).toEqual({ version: 1, state: 'closed', consecutiveFailures: 0 });
    settleAll(breaker, 'failure');
    expect(breaker.snapshot()).toEqual({ version: 1, state: 'closed', consecutiveFailures: 1 });
  });

  it('lets the next breaker go on counting', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'failure');
    const successor = successorOf(breaker);
    expect(successor.state).toBe('closed');
    settleAll(successor, 'failure');
    expect(successor.state).toBe('open');
  });

  it('holds none of the window, so that a rate starts anew', () => {
    const options = { trip: { failureRate: 0.5, minimumCalls: 2 } };
    const breaker = new CircuitBreaker(options);
    settleAll(breaker, 'failure');
    const successor = CircuitBreaker.restore(handedOver(breaker), options);
    settleAll(successor, 'failure');
    expect(successor.state).toBe('closed');
    settleAll(successor, 'failure');
    expect(successor.state).toBe('open');
  });
});

describe('a snapshot of an open breaker', () => {
  it('holds when the breaker opened and for how long', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    vi.advanceTimersByTime(300);
    settleMany(breaker, 2, 'failure');
    vi.advanceTimersByTime(200);
    expect(breaker.snapshot()).toEqual({ version: 1, state: 'open', openings: 1, openedAt: NOW + 300, waitMs: 1000 });
  });

  it('holds the time to the millisecond, even if the clock of an earlier test differed a little', () => {
    expect(opened().snapshot()).toMatchObject({ openedAt: NOW });
    vi.useRealTimers();
    vi.useFakeTimers({ now: NOW + 3 });
    expect(opened().snapshot()).toMatchObject({ openedAt: NOW + 3 });
  });

  it('lets the next breaker wait for the remainder, to the millisecond', () => {
    const breaker = opened();
    vi.advanceTimersByTime(400);
    const successor = successorOf(breaker);
    expect(refusalOf(successor).retryAfterMs).toBe(600);
    vi.advanceTimersByTime(599);
    expect(successor.state).toBe('open');
    vi.advanceTimersByTime(1);
    expect(successor.state).toBe('half_open');
  });

  it('counts the time between the two processes', () => {
    const snapshot = handedOver(opened());
    vi.setSystemTime(NOW + 950);
    const successor = CircuitBreaker.restore(snapshot, OPTIONS);
    expect(refusalOf(successor).retryAfterMs).toBe(50);
  });

  it('makes a half-open breaker when the wait is over, at once and without a timer', () => {
    const snapshot = handedOver(opened());
    vi.setSystemTime(NOW + 1000);
    const timers = vi.getTimerCount();
    const successor = CircuitBreaker.restore(snapshot, OPTIONS);
    expect(successor.state).toBe('half_open');
    expect(vi.getTimerCount()).toBe(timers);
    settleAll(successor, 'success');
    expect(successor.state).toBe('closed');
  });

  it('still holds the true time after a restore', () => {
    const breaker = opened();
    vi.advanceTimersByTime(400);
    const successor = successorOf(breaker);
    vi.advanceTimersByTime(100);
    expect(successor.snapshot()).toEqual(breaker.snapshot());
    expect(refusalOf(successorOf(successor)).retryAfterMs).toBe(500);
  });

  it('keeps the wait that was decided, whatever the options of the next breaker say', () => {
    const successor = CircuitBreaker.restore(handedOver(opened()), { openMs: 5 });
    expect(refusalOf(successor).retryAfterMs).toBe(1000);
  });

  it('lets the next opening be longer, as it would have been', () => {
    const successor = successorOf(opened());
    vi.advanceTimersByTime(1000);
    settleAll(successor, 'failure');
    expect(successor.snapshot()).toEqual({
      version: 1,
      state: 'open',
      openings: 2,
      openedAt: NOW + 1000,
      waitMs: 2000,
    });
  });

  it('causes no event during the restore, and all events after it', () => {
    const breaker = opened();
    const successor = successorOf(breaker);
    expect(successor.stats()).toEqual(new CircuitBreaker().stats());
    const events = eventsOf(successor);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(events).toEqual([{ type: 'breaker.half_opened', at: NOW + 1000, breaker: 'breaker' }]);
  });

  it('leads to the right wait although the wall clock was corrected since the opening', () => {
    const breaker = opened();
    vi.advanceTimersByTime(400);
    vi.setSystemTime(NOW + 3_600_400);
    expect(refusalOf(successorOf(breaker)).retryAfterMs).toBe(600);
  });

  it('leads to no longer wait if the wall clock was set back', () => {
    const snapshot = handedOver(opened());
    vi.setSystemTime(NOW - 3_600_000);
    expect(refusalOf(CircuitBreaker.restore(snapshot, OPTIONS)).retryAfterMs).toBe(1000);
  });
});

describe('a snapshot of an isolated breaker', () => {
  it('holds that the isolation does not end by itself', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.isolate();
    expect(breaker.snapshot()).toEqual({ version: 1, state: 'open', openings: 0, openedAt: NOW, waitMs: null });
  });

  it('makes the next breaker isolated', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.isolate();
    vi.advanceTimersByTime(5000);
    const successor = successorOf(breaker);
    vi.advanceTimersByTime(1e9);
    expect(successor.state).toBe('open');
    expect(refusalOf(successor)).toMatchObject({ refusal: 'held_open', retryAfterMs: undefined });
    expect(successor.snapshot()).toEqual(breaker.snapshot());
    successor.close();
    expect(successor.state).toBe('closed');
  });
});

describe('a snapshot of a half-open breaker', () => {
  it('holds how many openings came in a row', () => {
    const breaker = opened();
    vi.advanceTimersByTime(1000);
    expect(breaker.snapshot()).toEqual({ version: 1, state: 'half_open', openings: 1 });
  });

  it('lets the next breaker begin with all its trials', () => {
    const breaker = opened();
    vi.advanceTimersByTime(1000);
    breaker.admit();
    const successor = successorOf(breaker);
    expect(successor.state).toBe('half_open');
    expect(successor.snapshot()).toEqual({ version: 1, state: 'half_open', openings: 1 });
    expect(successor.admit().trial).toBe(true);
    expect(refusalOf(successor).refusal).toBe('trials_taken');
  });

  it('lets the next opening be longer', () => {
    const breaker = opened();
    vi.advanceTimersByTime(1000);
    const successor = successorOf(breaker);
    settleAll(successor, 'failure');
    expect(successor.snapshot()).toMatchObject({ state: 'open', openings: 2, waitMs: 2000 });
  });
});

describe('restore() of a circuit breaker', () => {
  const OPEN = { version: 1, state: 'open', openings: 1, openedAt: NOW, waitMs: 1000 };
  const CLOSED = { version: 1, state: 'closed', consecutiveFailures: 0 };
  const HALF_OPEN = { version: 1, state: 'half_open', openings: 1 };
  const WHOLE = 'must be a whole number from 0 to 9007199254740991';
  const WAIT = 'must be a number from 0 to 2147483647';

  const refused = (snapshot: unknown) =>
    issuesOf(() => Reflect.apply(CircuitBreaker.restore, CircuitBreaker, [snapshot]));

  it.each([OPEN, { ...OPEN, waitMs: null }, { ...OPEN, waitMs: 0 }, { ...OPEN, waitMs: 12.5 }, CLOSED, HALF_OPEN])(
    'accepts the snapshot %j',
    (snapshot) => {
      expect(refused(snapshot)).toEqual([]);
    },
  );

  it.each([
    { snapshot: undefined, received: 'undefined' },
    { snapshot: null, received: 'null' },
    { snapshot: 'open', received: 'the string "open"' },
    { snapshot: [], received: 'an array' },
  ])('refuses $received in place of a snapshot', ({ snapshot, received }) => {
    expect(refused(snapshot)).toEqual([{ path: 'snapshot', message: 'must be a plain object', received }]);
  });

  it.each([
    { version: 2, received: '2' },
    { version: '1', received: 'the string "1"' },
    { version: undefined, received: 'undefined' },
  ])('refuses a snapshot whose version is $received', ({ version, received }) => {
    expect(refused({ ...CLOSED, version })).toEqual([{ path: 'snapshot.version', message: 'must be 1', received }]);
  });

  it.each([
    { state: 'halfOpen', received: 'the string "halfOpen"' },
    { state: undefined, received: 'undefined' },
    { state: 1, received: '1' },
  ])('refuses a snapshot whose state is $received', ({ state, received }) => {
    const message = 'must be one of closed, open, half_open';
    expect(refused({ ...CLOSED, state })).toEqual([{ path: 'snapshot.state', message, received }]);
  });

  it('lists each thing that is wrong with a snapshot', () => {
    expect(refused({ version: 0, state: 'bogus' }).map(({ path }) => path)).toEqual([
      'snapshot.version',
      'snapshot.state',
    ]);
    expect(refused({ version: 0, state: 'open', openings: -1, openedAt: 'today', waitMs: -1 })).toEqual([
      { path: 'snapshot.version', message: 'must be 1', received: '0' },
      { path: 'snapshot.openings', message: WHOLE, received: '-1' },
      { path: 'snapshot.openedAt', message: WHOLE, received: 'the string "today"' },
      { path: 'snapshot.waitMs', message: WAIT, received: '-1' },
    ]);
  });

  it.each([
    { snapshot: CLOSED, field: 'consecutiveFailures' },
    { snapshot: OPEN, field: 'openings' },
    { snapshot: OPEN, field: 'openedAt' },
    { snapshot: OPEN, field: 'waitMs' },
    { snapshot: HALF_OPEN, field: 'openings' },
  ])('refuses a snapshot of state $snapshot.state without $field', ({ snapshot, field }) => {
    const path = `snapshot.${field}`;
    expect(refused({ ...snapshot, [field]: undefined })).toEqual([
      { path, message: 'must be present', received: 'undefined' },
    ]);
  });

  it.each([
    { snapshot: { ...CLOSED, consecutiveFailures: Number.NaN }, path: 'snapshot.consecutiveFailures', message: WHOLE },
    { snapshot: { ...CLOSED, consecutiveFailures: 1.5 }, path: 'snapshot.consecutiveFailures', message: WHOLE },
    { snapshot: { ...HALF_OPEN, openings: null }, path: 'snapshot.openings', message: WHOLE },
    { snapshot: { ...OPEN, openings: 2 ** 53 }, path: 'snapshot.openings', message: WHOLE },
    { snapshot: { ...OPEN, openedAt: -1 }, path: 'snapshot.openedAt', message: WHOLE },
    { snapshot: { ...OPEN, openedAt: Number.POSITIVE_INFINITY }, path: 'snapshot.openedAt', message: WHOLE },
    { snapshot: { ...OPEN, waitMs: Number.NaN }, path: 'snapshot.waitMs', message: WAIT },
    { snapshot: { ...OPEN, waitMs: 2 ** 31 }, path: 'snapshot.waitMs', message: WAIT },
    { snapshot: { ...OPEN, waitMs: false }, path: 'snapshot.waitMs', message: WAIT },
  ])('refuses $path in the snapshot $snapshot', ({ snapshot, path, message }) => {
    expect(refused(snapshot)).toMatchObject([{ path, message }]);
  });

  it.each([
    { snapshot: { ...HALF_OPEN, openedAt: NOW }, path: 'snapshot.openedAt' },
    { snapshot: { ...CLOSED, waitMs: 5 }, path: 'snapshot.waitMs' },
    { snapshot: { ...CLOSED, openings: 2 }, path: 'snapshot.openings' },
    { snapshot: { ...OPEN, consecutiveFailures: 5 }, path: 'snapshot.consecutiveFailures' },
    {
      snapshot: JSON.parse('{"version":1,"state":"half_open","openings":1,"__proto__":{}}'),
      path: 'snapshot.__proto__',
    },
  ])('refuses a field that the state of the snapshot does not have: $path', ({ snapshot, path }) => {
    expect(refused(snapshot).map((issue) => issue.path)).toEqual([path]);
  });

  it('leaves no timer behind after invalid snapshots or options', () => {
    refused({ ...OPEN, openings: 'many' });
    expect(issuesOf(() => CircuitBreaker.restore(handedOver(new CircuitBreaker()), { openMs: -1 }))).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
