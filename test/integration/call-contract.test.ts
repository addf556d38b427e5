import { type Call, createResilience, currentCall, explain } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { type BreakerCore, breakerStage, resolveBreakerSettings } from '../../src/breaker/index.js';
import { KeyStates } from '../../src/orchestrator/key-states.js';
import { OperationHooks } from '../../src/orchestrator/operation-hooks.js';
import { ResilienceContext } from '../../src/orchestrator/resilience-context.js';
import { compose, type DeferredOutcome, type Lane, LiveCall, type Run, type Stage } from '../../src/pipeline/index.js';
import { retryStage } from '../../src/retry/index.js';
import { resolveRetrySettings } from '../../src/retry/resolve-settings.js';
import { SignalLinks } from '../../src/runtime/index.js';
import { timeLimit } from '../../src/timeout/index.js';
import { errorOf, never, recorded, typesOf } from '../support/calls.js';
import { hedgeStage, notingStage, streamStage, targetsStage } from '../support/contract-stages.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const down = Object.assign(new Error('down'), { status: 503 });

/** The real stages and states around the stages under test; each key has a breaker that opens at the first failure. */
function harness(outer: readonly Stage[] = [], inner: readonly Stage[] = [], attemptTimeoutMs: number | false = 1_000) {
  const context = new ResilienceContext(() => 0.5, undefined, undefined, true);
  const breaker = resolveBreakerSettings({ trip: { consecutiveFailures: 1 } });
  const keys = new KeyStates({ context, operation: 'chat', settings: { breaker, pacing: false, concurrency: false } });
  const breakers = new Map<Lane, BreakerCore | undefined>();
  const breakerOf = ({ lane }: { readonly lane: Lane }) => keys.find(lane.key)?.breaker ?? breakers.get(lane);
  const retries = retryStage({
    settings: resolveRetrySettings({ maxAttempts: 2, minDelayMs: 100, jitter: 'none' }),
    budget: undefined,
    random: () => 0.5,
    typicalMs: () => undefined,
    rejectionAfter: () => undefined,
    listener: { retryScheduled: () => undefined, retryRefused: () => undefined },
  });
  const notes: string[] = [];
  const run: Run = compose(
    [...outer, retries, ...inner, notingStage(notes), breakerStage(breakerOf), timeLimit(attemptTimeoutMs, 5_000)],
    (attempt) => attempt.invoke(),
  );
  const start = (work: (call: Call) => unknown) => {
    const lane = keys.of(undefined, 0);
    const call = new LiveCall({
      hooks: new OperationHooks(context),
      lane,
      work,
      run,
      serial: 1,
      startedAtMs: performance.now(),
      deadlineMs: 5_000,
      signal: undefined,
      context: {},
      idempotent: true,
      replayable: true,
    });
    return { call, value: call.start(new SignalLinks()) };
  };
  const timers = () => {
    for (const { breaker } of keys.all()) breaker?.shutdown();
    return vi.getTimerCount();
  };
  return { keys, notes, start, timers, stats: (key?: string) => keys.find(key)?.breaker?.stats() };
}

describe('a stage that hedges', () => {
  it('runs two attempts at once, and the slower one is ignored with its signal aborted', async () => {
    const { start, notes, stats } = harness([], [hedgeStage(50)]);
    const signals: AbortSignal[] = [];
    const { call, value } = start(({ attempt, signal }) => {
      signals.push(signal);
      return attempt === 1 ? never() : 'from the second';
    });
    await pass(49);
    expect(call.attempts).toHaveLength(1);
    await pass(1);
    expect(await value).toBe('from the second');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(notes).toEqual(['chat#2 success', 'chat#1 failure: another attempt was faster']);
    expect(stats()).toMatchObject({ admitted: 2, successes: 1, failures: 0, ignored: 1 });
    expect(call.decisive.attempt).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives each of two attempts that run at once to its own function as the current call', async () => {
    const { start } = harness([], [hedgeStage(50)]);
    const seen: unknown[] = [];
    const { value } = start(async ({ attempt }) => {
      await pass(attempt === 1 ? 200 : 20);
      seen.push([attempt, currentCall()?.attempt, currentCall()?.signal.aborted]);
      return attempt;
    });
    await pass(50);
    await pass(200);
    expect(await value).toBe(2);
    expect(seen).toEqual([
      [2, 2, false],
      [1, 1, true],
    ]);
  });

  it('ends both attempts at the deadline of the call, and leaves no timer', async () => {
    const { start, notes, timers } = harness([], [hedgeStage(50)], false);
    const { call, value } = start(never);
    const error = errorOf(value);
    await pass(4_999);
    expect(call.attempts.map(({ outcome }) => outcome)).toEqual([undefined, undefined]);
    await pass(1);
    expect(await error).toMatchObject({ name: 'DeadlineExceededError' });
    const message = "failure: the call of 'chat' took longer than its deadline of 5000 ms";
    expect(notes).toEqual([`chat#1 ${message}`, `chat#2 ${message}`]);
    expect(call.ending(await error)).toMatchObject({ stopReason: 'deadline', failure: { kind: 'timeout' } });
    expect(timers()).toBe(0);
  });

  it('is retried as a whole when both attempts fail, with the classification of the attempt that failed last', async () => {
    const { start, stats } = harness([], [hedgeStage(50)]);
    const { call, value } = start(async ({ attempt }) => {
      if (attempt === 1) await pass(80);
      if (attempt < 3) throw down;
      return 'from the third';
    });
    const ended = errorOf(value);
    await pass(50);
    await pass(80);
    await pass(200);
    const error = await ended;
    // The breaker opened at the first failure, so the third attempt was rejected and the error of the function is thrown.
    expect(error).toBe(down);
    expect(call.ending(error)).toMatchObject({ stopReason: 'breaker_open', failure: { kind: 'overloaded' } });
    expect(stats()).toMatchObject({ admitted: 2, rejected: 1 });
  });
});

describe('a stage that moves between targets', () => {
  it('runs each attempt in the lane of its target, with the breaker of that lane', async () => {
    const lanes: Lane[] = [];
    const { keys, start, notes, stats } = harness([
      (next) => (attempt) => targetsStage([lane('eu'), lane('us')])(next)(attempt),
    ]);
    function lane(key: string): Lane {
      const state = keys.of(key, 0);
      lanes.push(state);
      return state;
    }
    const seen: (string | undefined)[] = [];
    const { call, value } = start(({ key }) => {
      seen.push(key);
      if (key === 'eu') throw down;
      return `from ${key}`;
    });
    await pass(1_000);
    expect(await value).toBe('from us');
    expect(seen).toEqual(['eu', 'us']);
    expect(notes).toEqual([
      'eu#1 failure: down',
      "eu#2 rejected: circuit breaker 'chat/eu' is open; retry in 59800 ms",
      'us#3 success',
    ]);
    expect(stats('eu')).toMatchObject({ admitted: 1, failures: 1, rejected: 1, opens: 1 });
    expect(stats('us')).toMatchObject({ admitted: 1, successes: 1 });
    expect(stats()).toMatchObject({ admitted: 0 });
    expect(call.attempts.map(({ key }) => key)).toEqual(['eu', 'eu', 'us']);
  });

  it('keeps the state of every target in use until the call is released, and not longer', async () => {
    const { keys, start } = harness([
      (next) => (attempt) => targetsStage([keys.of('eu', 0), keys.of('us', 0)])(next)(attempt),
    ]);
    const { call, value } = start(({ key }) => {
      if (key === 'eu') throw down;
      return 'fine';
    });
    await pass(1_000);
    await value;
    const inUse = () => ['eu', 'us'].map((key) => keys.find(key)?.inUse);
    expect(inUse()).toEqual([2, 1]);
    call.release(new SignalLinks(), 0);
    expect(inUse()).toEqual([0, 0]);
  });
});

describe('a stage that defers the outcome of a stream', () => {
  it('returns the value at once, and settles the breaker when the stream ends', async () => {
    const streams: DeferredOutcome[] = [];
    const { start, stats, notes, timers } = harness([], [streamStage((outcome) => streams.push(outcome))]);
    const { call, value } = start(() => 'a stream');
    expect(await value).toBe('a stream');
    expect(stats()).toMatchObject({ admitted: 1, successes: 0, failures: 0 });
    expect(call.streaming?.attempt).toBe(1);
    streams[0]?.fail(down);
    streams[0]?.succeed();
    expect(stats()).toMatchObject({ successes: 0, failures: 1, opens: 1 });
    expect(notes).toEqual(['chat#1 failure: down']);
    expect(timers()).toBe(0);
  });

  it('can still be ended by the deadline of the call, which aborts the signal of the stream', async () => {
    const { start, notes } = harness([], [streamStage(() => undefined)]);
    let signal: AbortSignal | undefined;
    const { value } = start((call) => {
      signal = call.signal;
      return 'a stream';
    });
    expect(await value).toBe('a stream');
    expect(signal?.aborted).toBe(false);
    await pass(1_000);
    expect(signal?.aborted).toBe(true);
    expect(notes).toEqual(["chat#1 failure: an attempt of 'chat' took longer than its 1000 ms"]);
  });

  it('passes on the observations that were made while the stream was read', async () => {
    const { start, notes } = harness(
      [],
      [
        streamStage((outcome, attempt) => {
          setTimeout(() => {
            attempt.observe({ headers: new Headers({ 'x-left': '7' }), usage: { outputTokens: 12 } });
            outcome.succeed();
          }, 10);
        }),
      ],
    );
    await start(() => 'a stream').value;
    await pass(10);
    expect(notes).toEqual(['chat#1 saw 7 left, 12 tokens', 'chat#1 success']);
  });
});

describe('a deferred outcome of an operation', () => {
  /** What a function is given carries the whole contract; its public type shows less of it. */
  function defer(call: Call): DeferredOutcome {
    if (!('deferOutcome' in call) || typeof call.deferOutcome !== 'function') throw new Error('cannot be deferred');
    const outcome: DeferredOutcome = call.deferOutcome();
    return outcome;
  }

  function streaming() {
    const resilience = createResilience({ config: { operations: { chat: { retry: false } } } });
    const events = recorded(resilience);
    const controller = new AbortController();
    let outcome: DeferredOutcome | undefined;
    const value = resilience.execute(
      'chat',
      (call) => {
        outcome = defer(call);
        return 'a stream';
      },
      { signal: controller.signal },
    );
    return { resilience, events, controller, value, outcome: () => outcome };
  }

  it('settles statistics, events and close() at its end', async () => {
    const { resilience, events, value, outcome } = streaming();
    expect(await value).toBe('a stream');
    expect(typesOf(events)).toEqual(['call.started']);
    expect(resilience.stats('chat').calls).toBe(0);
    expect(resilience.snapshot()).toMatchObject({ inFlight: 1, state: 'open' });
    let closed = false;
    void resilience.close().then(() => {
      closed = true;
    });
    await pass(10);
    expect(closed).toBe(false);
    expect(resilience.snapshot().state).toBe('closing');
    outcome()?.succeed();
    await pass(0);
    expect(closed).toBe(true);
    expect(typesOf(events)).toEqual(['call.started', 'call.succeeded']);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, latencyMs: { max: 10 } });
    expect(resilience.snapshot()).toMatchObject({ inFlight: 0, state: 'closed' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts a failure that comes after the value, and cannot retry it', async () => {
    const { resilience, events, value, outcome } = streaming();
    await value;
    outcome()?.fail(down);
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed']);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failures: 1, failuresByKind: { overloaded: 1 } });
    await resilience.close();
  });

  it('counts a stream that its consumer left as cancelled, which no breaker counts', async () => {
    const { resilience, value, outcome } = streaming();
    await value;
    outcome()?.ignore();
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, failuresByKind: { cancelled: 1 } });
    expect(resilience.breaker('chat').stats()).toMatchObject({ ignored: 1, failures: 0 });
    await resilience.close();
  });

  it('leaves the caller’s signal linked until the stream ends', async () => {
    const { resilience, controller, value, events } = streaming();
    await value;
    controller.abort();
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed']);
    expect(resilience.stats('chat').failuresByKind).toEqual({ cancelled: 1 });
    await resilience.close();
  });

  it('is counted as a failure also when it failed before the value was given', async () => {
    const resilience = createResilience({ config: { operations: { chat: { retry: false } } } });
    const value = await resilience.execute('chat', (call) => {
      defer(call).fail(down);
      return 'a stream';
    });
    expect(value).toBe('a stream');
    expect(resilience.stats('chat')).toMatchObject({ successes: 0, failures: 1 });
    await resilience.close();
  });

  it('records a stream that was cancelled after its value as cancelled', async () => {
    const { resilience, controller, value } = streaming();
    await value;
    const left = new Error('the user left');
    controller.abort(left);
    expect(explain(left)).toMatchObject({ stopReason: 'cancelled', attempts: [{ outcome: 'cancelled' }] });
    await resilience.close();
  });

  it('emits the end of the call after the events of its stages, as for a plain answer', async () => {
    const breaker = { trip: { consecutiveFailures: 1 } };
    const typesFor = async (work: (call: Call) => unknown): Promise<string[]> => {
      const resilience = createResilience({ config: { defaults: { retry: false, breaker } } });
      const events = recorded(resilience);
      await resilience.execute('chat', work).catch(() => undefined);
      await pass(10);
      await resilience.close();
      return typesOf(events);
    };
    const plain = await typesFor(() => Promise.reject(down));
    const stream = await typesFor((call) => {
      const outcome = defer(call);
      setTimeout(() => outcome.fail(down), 5);
      return 'a stream';
    });
    expect(plain).toEqual(['call.started', 'attempt.failed', 'breaker.opened', 'call.failed']);
    expect(stream).toEqual(plain);
  });
});
