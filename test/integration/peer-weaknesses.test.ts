import { AttemptTimeoutError, type BreakerSettings, createResilience } from 'holdfast';
import { BreakerOpenError, type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admitMany, eventsOf, refusalOf, settleAll, settleMany, typesOf } from '../support/breaker-steps.js';

/*
 * What other circuit breakers have been seen to get wrong, each as a test of what ours does instead.
 * The comment of a test names whose trouble it was.
 */

const OPTIONS: BreakerOptions = { trip: { consecutiveFailures: 1 }, openMs: 1000, trialLeaseMs: 500, random: () => 0 };
const NOW = Date.UTC(2030, 0, 1);
const HOUR_MS = 3_600_000;
const down = new Error('down');

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function halfOpen(options: BreakerOptions = {}): CircuitBreaker {
  const breaker = new CircuitBreaker({ ...OPTIONS, ...options });
  settleAll(breaker, 'failure');
  vi.advanceTimersByTime(1000);
  expect(breaker.state).toBe('half_open');
  return breaker;
}

/** A facade whose operation `chat` has this breaker. */
const chatWith = (breaker: BreakerSettings) =>
  createResilience({ config: { operations: { chat: { breaker } } }, random: () => 0 });

const never = () => new Promise<never>(() => undefined);

describe('an outcome of an earlier generation', () => {
  // opossum: a late success of a call from before the opening closes a half-open breaker.
  it('does not close a half-open breaker when it is a stale success', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const early = breaker.admit();
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(1000);
    breaker.settle(early, 'success');
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ successes: 1, stale: 1, closes: 0 });
  });

  // cockatiel: a late failure of a call from before the opening reopens a half-open breaker.
  it('does not reopen a half-open breaker when it is a stale failure', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const early = breaker.admit();
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(1000);
    breaker.settle(early, 'failure');
    expect(breaker.state).toBe('half_open');
    expect(breaker.stats()).toMatchObject({ failures: 2, stale: 1, opens: 1 });
  });

  // opossum, cockatiel: the same through the promise that the caller holds.
  it('reaches the caller of a call that was slower than an outage, and changes no state', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const slow = breaker.execute(() => new Promise((resolve) => setTimeout(resolve, 1500, 'late')));
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    await vi.advanceTimersByTimeAsync(1500);
    await expect(slow).resolves.toBe('late');
    expect(breaker.state).toBe('half_open');
  });
});

describe('a half-open breaker', () => {
  // opossum: without a timeout a trial that hangs leaves the breaker half-open for ever, and every call is refused.
  it('takes back the place of a hung trial when its lease runs out', () => {
    const breaker = halfOpen();
    breaker.admit();
    vi.advanceTimersByTime(499);
    refusalOf(breaker);
    vi.advanceTimersByTime(1);
    settleAll(breaker, 'success');
    expect(breaker.state).toBe('closed');
  });

  // mollitia: by default nothing limits how long half-open lasts when the permitted calls do not come back.
  it('does not last for ever because of trials that never settle, however many there are', () => {
    const breaker = halfOpen({ trials: 2, successesToClose: 2 });
    for (let round = 0; round < 10; round++) {
      admitMany(breaker, 2);
      refusalOf(breaker);
      vi.advanceTimersByTime(500);
    }
    for (const admission of admitMany(breaker, 2)) breaker.settle(admission, 'success');
    expect(breaker.state).toBe('closed');
  });

  // opossum: the slot of a call is given back at its timeout although the work goes on.
  it('frees no second place and is not closed when a trial settles after its lease', () => {
    const breaker = halfOpen();
    const timedOut = breaker.admit();
    vi.advanceTimersByTime(500);
    const present = breaker.admit();
    breaker.settle(timedOut, 'success');
    expect(breaker.state).toBe('half_open');
    expect(refusalOf(breaker).refusal).toBe('trials_taken');
    breaker.settle(present, 'failure');
    expect(breaker.state).toBe('open');
  });

  // cockatiel: callers wait behind the trial, and for ever if that hangs.
  it('rejects calls beyond the trials at once, without a queue', async () => {
    const breaker = halfOpen();
    void breaker.execute(never);
    const fn = vi.fn(() => 'up');
    await expect(breaker.execute(fn)).rejects.toBeInstanceOf(BreakerOpenError);
    expect(fn).not.toHaveBeenCalled();
  });

  // opossum: it knows no third outcome; a trial whose caller gave up reopens it, or closes it when that error is filtered.
  it('takes back the place of a cancelled trial without a decision', () => {
    const breaker = halfOpen();
    settleAll(breaker, 'ignored');
    expect(breaker.state).toBe('half_open');
    expect(breaker.admit().trial).toBe(true);
  });

  // opossum: the same through the facade, where the caller's own signal ends the trial.
  it('lets the next call be the trial when the caller of a trial aborts', async () => {
    const resilience = chatWith({ trip: { consecutiveFailures: 1 }, openMs: 1000 });
    await expect(resilience.execute('chat', () => Promise.reject(down))).rejects.toBe(down);
    vi.advanceTimersByTime(1000);
    const caller = new AbortController();
    const trial = resilience.execute('chat', never, { signal: caller.signal });
    await expect(resilience.execute('chat', () => 'up')).rejects.toBeInstanceOf(BreakerOpenError);
    caller.abort(new Error('enough'));
    await expect(trial).rejects.toThrow('enough');
    expect(resilience.breaker('chat').state).toBe('half_open');
    await expect(resilience.execute('chat', () => 'up')).resolves.toBe('up');
    expect(resilience.breaker('chat').state).toBe('closed');
  });

  // opossum: an error that its filter takes out closes a half-open breaker, and is told as a success.
  it('is not closed by an ignored error', async () => {
    const breaker = halfOpen({ isFailure: () => false });
    const types = typesOf(breaker);
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(breaker.state).toBe('half_open');
    expect(types).toEqual([]);
    expect(breaker.stats()).toMatchObject({ successes: 0, ignored: 1 });
  });

  // opossum: half-open admits exactly one call; more takes a subclass that overrides its getters.
  it('admits as many trials as it is configured to, and closes after as many successes as configured', () => {
    const breaker = halfOpen({ trials: 3, successesToClose: 2 });
    const trials = admitMany(breaker, 3);
    refusalOf(breaker);
    for (const trial of trials.slice(0, 2)) breaker.settle(trial, 'success');
    expect(breaker.state).toBe('closed');
  });
});

describe('a hook that fails', () => {
  // opossum: a listener of `success` that throws rejects the call, counts it twice, and opens the breaker.
  it('as a listener that throws changes no call and is counted nowhere', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    vi.advanceTimersByTime(1000);
    breaker.on('*', () => {
      throw new Error('listener');
    });
    await expect(breaker.execute(() => 'up')).resolves.toBe('up');
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 1, failures: 0, opens: 1 });
  });

  // cockatiel: a listener of `onSuccess` that throws makes the function be called again.
  it('as a listener that throws does not make the function run again', async () => {
    const resilience = chatWith({ trip: { consecutiveFailures: 1 } });
    resilience.on('*', () => {
      throw new Error('listener');
    });
    const fn = vi.fn(() => 'up');
    await expect(resilience.execute('chat', fn)).resolves.toBe('up');
    expect(fn).toHaveBeenCalledTimes(1);
  });

  // opossum: nothing catches what an asynchronous listener rejects with.
  it('as a listener that rejects later causes no unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const breaker = new CircuitBreaker(OPTIONS);
      const rejects: () => unknown = () => Promise.reject(new Error('listener'));
      breaker.on('*', rejects);
      const types = typesOf(breaker);
      await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
      expect(breaker.state).toBe('open');
      vi.useRealTimers();
      await new Promise((resolve) => setImmediate(resolve));
      expect(types).toEqual(['breaker.opened', 'hook.failed']);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });

  // opossum: an errorFilter that throws leaves the promise of the call pending for ever.
  it('as an isFailure that throws leaves no call pending, and the error counts', async () => {
    const breaker = new CircuitBreaker({
      ...OPTIONS,
      isFailure: () => {
        throw new Error('predicate');
      },
    });
    const types = typesOf(breaker);
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(breaker.state).toBe('open');
    expect(types).toEqual(['hook.failed', 'breaker.opened']);
  });

  // opossum: any hook that throws between the work and its caller leaves the promise pending for ever.
  it('as a source of randomness that throws leaves no call pending', async () => {
    const breaker = new CircuitBreaker({
      ...OPTIONS,
      random: () => {
        throw new Error('no entropy');
      },
    });
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(breaker.state).toBe('open');
  });
});

describe('the count of a breaker', () => {
  // opossum: calls that find no capacity count as failures and open the breaker.
  it('includes no call that found no capacity', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, trip: { consecutiveFailures: 2 } });
    settleAll(breaker, 'failure');
    settleMany(breaker, 1000, 'ignored');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  // opossum: a function that returns undefined at once fails with a TypeError, which is counted as a failure.
  it('includes a function that returns nothing at once as a success', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    await expect(breaker.execute(() => undefined)).resolves.toBeUndefined();
    expect(breaker.stats()).toMatchObject({ successes: 1, failures: 0 });
    const resilience = chatWith({ trip: { consecutiveFailures: 1 } });
    await expect(resilience.execute('chat', () => undefined)).resolves.toBeUndefined();
    expect(resilience.breaker('chat').stats()).toMatchObject({ successes: 1, failures: 0 });
  });

  // opossum: one timeout counts as a timeout and as a failure, and its latency twice.
  it('includes a call that timed out as one failure, and not its late result', async () => {
    const resilience = createResilience({
      config: {
        operations: { chat: { attemptTimeoutMs: 100, retry: false, breaker: { trip: { consecutiveFailures: 2 } } } },
      },
    });
    const call = resilience.execute('chat', () => new Promise((_, reject) => setTimeout(reject, 300, down)));
    const caught = expect(call).rejects.toBeInstanceOf(AttemptTimeoutError);
    await vi.advanceTimersByTimeAsync(1000);
    await caught;
    const breaker = resilience.breaker('chat');
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1, successes: 0 });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failures: 1 });
  });

  // opossum: closing does not empty the window, so one more failure opens it again.
  it('starts a fresh window when the breaker closes', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, trip: { failureRate: 0.5, minimumCalls: 10, windowMs: HOUR_MS } });
    settleMany(breaker, 10, 'failure');
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    settleMany(breaker, 9, 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  // opossum: by default there is no minimum, and the first failure after the start opens the breaker.
  it('leads to no rate below a minimum of calls, also when no minimum is set', () => {
    const breaker = new CircuitBreaker({ trip: { failureRate: 0.01 } });
    settleMany(breaker, 19, 'failure');
    expect(breaker.state).toBe('closed');
  });

  // opossum: a threshold of 100 % can never be exceeded, so the breaker never opens.
  it('opens the breaker by a failure rate of 1 when every call failed', () => {
    const breaker = new CircuitBreaker({ trip: { failureRate: 1, minimumCalls: 10 } });
    settleMany(breaker, 9, 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  // opossum: the threshold must be exceeded; the rate that was asked for does not open it.
  it('opens the breaker when a failure rate is reached exactly', () => {
    const breaker = new CircuitBreaker({ trip: { failureRate: 0.55, minimumCalls: 100 } });
    settleMany(breaker, 45, 'success');
    settleMany(breaker, 55, 'failure');
    expect(breaker.state).toBe('open');
  });

  // opossum: calls that were refused count as calls made, and dilute the rate.
  it('includes no rejected and ignored calls, which would dilute the rate', () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, trip: { failureRate: 0.5, minimumCalls: 4, windowMs: HOUR_MS } });
    settleMany(breaker, 4, 'failure');
    for (let asked = 0; asked < 1000; asked++) refusalOf(breaker);
    vi.advanceTimersByTime(1000);
    settleAll(breaker, 'success');
    settleAll(breaker, 'failure', 'success', 'success');
    settleMany(breaker, 1000, 'ignored');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
    expect(breaker.stats()).toMatchObject({ admitted: 1009, rejected: 1000 });
  });

  // cockatiel: its window moves by one slice a call, so after an idle hour old failures still open the breaker.
  it('is empty after a window without calls', () => {
    const breaker = new CircuitBreaker({ trip: { failureRate: 0.5, minimumCalls: 20, windowMs: 60_000 } });
    settleMany(breaker, 19, 'failure');
    vi.advanceTimersByTime(HOUR_MS);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('closed');
    settleMany(breaker, 18, 'failure');
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });

  // cockatiel: the smallest number of calls is meant per second, so a quiet service never reaches it.
  it('needs its minimum of calls within a window, however the calls are spread over it', () => {
    const breaker = new CircuitBreaker({ trip: { failureRate: 0.5, minimumCalls: 10, windowMs: 60_000 } });
    for (let sent = 0; sent < 9; sent++) {
      settleAll(breaker, 'failure');
      vi.advanceTimersByTime(5000);
    }
    expect(breaker.state).toBe('closed');
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
  });
});

describe('a breaker among others', () => {
  // opossum: it writes into the options object and keeps it.
  it('neither changes nor keeps its options: frozen ones are accepted, and later changes have no effect', () => {
    const frozen = Object.freeze({ ...OPTIONS, trip: Object.freeze({ consecutiveFailures: 1 }) });
    const before = structuredClone({ ...frozen, random: undefined });
    const breaker = new CircuitBreaker(frozen);
    settleAll(breaker, 'failure');
    expect(breaker.state).toBe('open');
    expect({ ...frozen, random: undefined }).toEqual(before);

    const trip = { consecutiveFailures: 2 };
    const changed = new CircuitBreaker({ ...OPTIONS, trip });
    trip.consecutiveFailures = 1;
    settleAll(changed, 'failure');
    expect(changed.state).toBe('closed');
  });

  // opossum: two breakers made from one options object share a cache, an AbortController and more.
  it('is independent of another one made from the same options object', async () => {
    const [first, second] = [new CircuitBreaker(OPTIONS), new CircuitBreaker(OPTIONS)];
    await expect(first.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(first.state).toBe('open');
    expect(second.state).toBe('closed');
    await expect(second.execute(() => 'up')).resolves.toBe('up');
    expect(first.stats().admitted).toBe(1);
    expect(second.stats().admitted).toBe(1);
  });

  // mollitia: its circuits stand in one exported array, which everybody can change.
  it('is independent of another one with the same name', () => {
    const named = { ...OPTIONS, name: 'chat' };
    const [first, second] = [new CircuitBreaker(named), new CircuitBreaker(named)];
    const heard = typesOf(second);
    first.isolate();
    first.shutdown();
    expect(second.state).toBe('closed');
    expect(heard).toEqual([]);
  });

  // opossum: there is one AbortController per breaker, and one timeout aborts every call in flight.
  it('does not abort a call when another one times out', async () => {
    const resilience = createResilience();
    const signals: AbortSignal[] = [];
    const hang = (call: { signal: AbortSignal }) => {
      signals.push(call.signal);
      return new Promise((resolve) => setTimeout(resolve, 500, 'done'));
    };
    const short = resilience.execute('chat', hang, { settings: { attemptTimeoutMs: 100, retry: false } });
    const long = resilience.execute('chat', hang);
    const caught = expect(short).rejects.toBeInstanceOf(AttemptTimeoutError);
    await vi.advanceTimersByTimeAsync(100);
    await caught;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(400);
    await expect(long).resolves.toBe('done');
    // Nor does the next call find a signal that is aborted already.
    await expect(resilience.execute('chat', ({ signal }) => signal.aborted)).resolves.toBe(false);
  });

  // opossum: the same for a caller that gives up.
  it('does not affect a call when another one is aborted', async () => {
    const resilience = createResilience();
    const [mine, other] = [new AbortController(), new AbortController()];
    const signals: AbortSignal[] = [];
    const hang = (call: { signal: AbortSignal }) => {
      signals.push(call.signal);
      return new Promise((resolve) => setTimeout(resolve, 500, 'done'));
    };
    const first = resilience.execute('chat', hang, { signal: mine.signal });
    const second = resilience.execute('chat', hang, { signal: other.signal });
    mine.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(500);
    await expect(second).resolves.toBe('done');
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 2, successes: 1, failures: 0, ignored: 1 });
  });

  // opossum: a disabled breaker throws at the caller instead of rejecting.
  it('never throws synchronously when it is disabled', async () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, mode: 'disabled' });
    const throwing = breaker.execute(() => {
      throw down;
    });
    await expect(throwing).rejects.toBe(down);
    await expect(breaker.execute(() => undefined)).resolves.toBeUndefined();
    const nothing: unknown = Reflect.apply(breaker.execute, breaker, []);
    await expect(nothing).rejects.toThrow('fn: must be a function');
  });

  // cockatiel: the error of an open breaker has the name of every other error.
  it('rejects while it is open with an error that has its name, its code and its class', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const error = refusalOf(breaker);
    expect(error).toMatchObject({ name: 'BreakerOpenError', code: 'HOLDFAST_BREAKER_OPEN', retryAfterMs: 1000 });
    expect(BreakerOpenError.is(error)).toBe(true);
  });
});

describe('a restored breaker', () => {
  const later = (snapshot: ReturnType<CircuitBreaker['snapshot']>) =>
    CircuitBreaker.restore(JSON.parse(JSON.stringify(snapshot)), OPTIONS);

  // opossum: the instant that it keeps is that of its construction, not that of the opening.
  it('keeps when its predecessor opened, not when the snapshot was made', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    vi.advanceTimersByTime(5000);
    breaker.open();
    vi.advanceTimersByTime(300);
    expect(breaker.snapshot()).toMatchObject({ state: 'open', openedAt: NOW + 5000, waitMs: 1000 });
  });

  // opossum: it waits for the whole time again, whatever has passed.
  it('stays open for the rest of the opening', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    vi.advanceTimersByTime(800);
    const restored = later(breaker.snapshot());
    expect(refusalOf(restored).retryAfterMs).toBe(200);
    vi.advanceTimersByTime(200);
    expect(restored.state).toBe('half_open');
  });

  // opossum: its constructor emits `open` to nobody, and counts an opening that was none.
  it('emits and counts nothing because of the restoration', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const restored = later(breaker.snapshot());
    expect(eventsOf(restored)).toEqual([]);
    expect(restored.stats()).toMatchObject({ opens: 0, halfOpens: 0 });
  });

  // opossum: it compares with the wrong instant, so it may wait although its time is over.
  it('whose opening is over is half-open and admits a trial', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const snapshot = breaker.snapshot();
    vi.setSystemTime(NOW + HOUR_MS);
    const restored = later(snapshot);
    expect(restored.state).toBe('half_open');
    settleAll(restored, 'success');
    expect(restored.state).toBe('closed');
  });

  // opossum: its own is unref'd as well, but beside intervals that a restored one starts for its statistics.
  it('has one timer, which does not keep the process alive', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const snapshot = breaker.snapshot();
    breaker.shutdown();
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    later(snapshot);
    expect(vi.getTimerCount()).toBe(1);
    const timer = setTimer.mock.results[0]?.value;
    expect(timer?.hasRef()).toBe(false);
  });

  // opossum: given a plain status, it ignores the window that the options ask for.
  it('has its own options, not those of its predecessor', () => {
    const snapshot = new CircuitBreaker(OPTIONS).snapshot();
    const restored = CircuitBreaker.restore(snapshot, {
      trip: { failureRate: 0.5, minimumCalls: 2, windowMs: 100 },
    });
    settleAll(restored, 'failure');
    vi.advanceTimersByTime(100);
    settleAll(restored, 'failure');
    expect(restored.state).toBe('closed');
    settleAll(restored, 'failure');
    expect(restored.state).toBe('open');
  });
});

describe('a breaker that ends', () => {
  // opossum: its health check goes on after shutdown() and opens the breaker again.
  it('by shutdown is final and leaves nothing that could reopen it', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'failure');
    const types = typesOf(breaker);
    breaker.shutdown();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10 * HOUR_MS);
    expect(() => breaker.open()).toThrow('accepts no more calls');
    await expect(breaker.execute(() => 'up')).rejects.toThrow('accepts no more calls');
    expect(types).toEqual([]);
    expect(breaker.stats()).toMatchObject({ opens: 1, halfOpens: 0 });
  });

  // opossum: a late failure after shutdown() must not bring it back.
  it('by shutdown is not changed by a late failure', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const late = breaker.admit();
    breaker.shutdown();
    breaker.settle(late, 'failure');
    expect(breaker.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
  });

  // opossum: its statistics keep intervals that nothing ends but a shutdown, and leak with them.
  it('because it is merely dropped leaves nothing behind once its opening is over', async () => {
    vi.useRealTimers();
    const dropped = Array.from({ length: 50 }, () => new WeakRef(used()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
    expect(globalThis.gc).toBeTypeOf('function');
    expect(dropped.filter((reference) => reference.deref() !== undefined)).toEqual([]);
  });

  // opossum: every breaker that is not shut down goes on with its intervals.
  it('by close() of the Resilience ends in every state, also when it is open or held', async () => {
    const resilience = chatWith({ trip: { consecutiveFailures: 1 } });
    for (const key of ['a', 'b', 'c']) {
      await expect(resilience.execute('chat', () => Promise.reject(down), { key })).rejects.toBe(down);
    }
    resilience.breaker('chat', 'd').isolate();
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await resilience.close();
    expect(vi.getTimerCount()).toBe(0);
    await expect(resilience.execute('chat', () => 'up')).rejects.toThrow('accepts no more calls');
  });
});

describe('a wall clock', () => {
  // opossum: what it keeps of an opening is an instant of the wall clock, so a clock that is set right moves its end.
  it.each([
    { what: 'far ahead', jumpMs: 1000 * HOUR_MS },
    { what: 'far back', jumpMs: -1000 * HOUR_MS },
  ])('set $what neither half-opens an open breaker nor holds it longer', ({ jumpMs }) => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    vi.advanceTimersByTime(400);
    vi.setSystemTime(NOW + jumpMs);
    expect(breaker.state).toBe('open');
    expect(refusalOf(breaker).retryAfterMs).toBe(600);
    vi.advanceTimersByTime(599);
    expect(breaker.state).toBe('open');
    vi.advanceTimersByTime(1);
    expect(breaker.state).toBe('half_open');
  });

  // cockatiel: its windows and its half-open go by the wall clock.
  it.each([
    { what: 'far ahead', jumpMs: 1000 * HOUR_MS },
    { what: 'far back', jumpMs: -1000 * HOUR_MS },
  ])('set $what neither empties a window nor fills it, nor makes a call slow', ({ jumpMs }) => {
    const breaker = new CircuitBreaker({
      trip: { failureRate: 0.5, minimumCalls: 4, windowMs: 1000, slowCallMs: 100, slowCallRate: 0.1 },
    });
    const admissions = admitMany(breaker, 4);
    for (const admission of admissions.slice(0, 3)) breaker.settle(admission, 'failure');
    vi.setSystemTime(NOW + jumpMs);
    expect(breaker.state).toBe('closed');
    const causes: string[] = [];
    breaker.on('breaker.opened', ({ cause }) => void causes.push(cause));
    for (const admission of admissions.slice(3)) breaker.settle(admission, 'failure');
    expect(causes).toEqual(['failure_rate']);
  });

  // opossum, cockatiel: a lease of a trial is a duration as well.
  it('that jumps does not end the lease of a trial', () => {
    const breaker = halfOpen();
    breaker.admit();
    vi.setSystemTime(NOW + 1000 * HOUR_MS);
    refusalOf(breaker);
  });
});

describe('the memory of breakers', () => {
  // opossum: it keeps the latency of every call of the window, and reads them all at each failure.
  it('does not grow with settled calls', () => {
    const breaker = new CircuitBreaker({
      trip: { consecutiveFailures: 1_000_000, failureRate: 1, slowCallMs: 1000, slowCallRate: 1, windowMs: HOUR_MS },
    });
    settleMany(breaker, 20_000, 'success');
    const before = heapAfterCollection();
    settleMany(breaker, 200_000, 'success');
    settleMany(breaker, 100_000, 'failure');
    // Eight bytes for each would be 2.4 million.
    expect(heapAfterCollection() - before).toBeLessThan(600_000);
    expect(breaker.state).toBe('closed');
  });

  // opossum: its refusals go through the same statistics.
  it('does not grow with rejected calls', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.isolate();
    for (let asked = 0; asked < 10_000; asked++) breaker.tryAdmit();
    const before = heapAfterCollection();
    for (let asked = 0; asked < 100_000; asked++) breaker.tryAdmit();
    expect(heapAfterCollection() - before).toBeLessThan(400_000);
  });

  // opossum: one that is not shut down leaks its statistics; ours makes one for each opening, and must end each.
  it('does not grow with openings and closings, which leave no timer behind', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const cycle = (times: number) => {
      for (let turn = 0; turn < times; turn++) {
        breaker.open();
        breaker.close();
      }
    };
    cycle(500);
    const before = heapAfterCollection();
    cycle(5000);
    expect(vi.getTimerCount()).toBe(0);
    // A hundred bytes for each would be half a million.
    expect(heapAfterCollection() - before).toBeLessThan(500_000);
  });

  // opossum: from the eleventh breaker on one shared emitter Node warns of a leak.
  it('causes no warning of Node for a hundred breakers', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    try {
      const breakers = Array.from({ length: 100 }, () => new CircuitBreaker(OPTIONS));
      for (const breaker of breakers) {
        for (let listener = 0; listener < 20; listener++) breaker.on('*', () => undefined);
        settleAll(breaker, 'failure');
      }
      const resilience = chatWith({ trip: { consecutiveFailures: 1 } });
      const { signal } = new AbortController();
      const calls = Array.from({ length: 100 }, (_, index) =>
        resilience.execute('chat', () => Promise.reject(down), { key: `tenant-${index}`, signal }),
      );
      await Promise.allSettled(calls);
      vi.advanceTimersByTime(1000);
      vi.useRealTimers();
      await new Promise((resolve) => setImmediate(resolve));
      expect(warnings).toEqual([]);
      for (const breaker of breakers) breaker.shutdown();
    } finally {
      process.off('warning', note);
    }
  });

  // opossum: two thousand idle breakers of its defaults keep a processor busy by 6 %.
  it('has no timer for idle breakers, whether new, closed again, or half-open', () => {
    const breakers = Array.from({ length: 1000 }, () => new CircuitBreaker(OPTIONS));
    expect(vi.getTimerCount()).toBe(0);
    for (const breaker of breakers) breaker.open();
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
    for (const breaker of breakers) settleAll(breaker, 'success');
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** A breaker that has been through everything and that nobody holds. */
function used(): CircuitBreaker {
  const breaker = new CircuitBreaker({ ...OPTIONS, openMs: 1 });
  breaker.on('*', () => undefined);
  settleAll(breaker, 'success', 'failure');
  breaker.close();
  breaker.open();
  return breaker;
}

/** Bytes on the heap, after everything that nobody holds has gone. */
function heapAfterCollection(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc, as the integration project does');
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
