import {
  type Call,
  createResilience,
  type ExecuteOptions,
  explain,
  type HedgeSettings,
  type HoldfastEvent,
  type Settings,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, never, recorded } from '../support/calls.js';
import { httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const SLOW = { kind: 'cancelled', retry: 'never', breaker: 'ignored' } as const;

/** An operation that hedges after 100 ms. */
function hedged(hedge: HedgeSettings = {}, others: Settings = {}) {
  return createResilience({
    random: () => 0.5,
    config: { operations: { chat: { retry: { maxAttempts: 1 }, ...others, hedge: { delayMs: 100, ...hedge } } } },
  });
}

/** Lets this many calls succeed, each after this time. */
async function warmUp(resilience: ReturnType<typeof hedged>, calls: number, ms: number): Promise<void> {
  for (let nth = 0; nth < calls; nth++) {
    const call = resilience.execute('chat', () => delayed(ms, 'warm'));
    await pass(ms);
    await call;
  }
}

function delayed<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}

function failAfter(ms: number, error: unknown): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(error), ms));
}

function ofHedges(events: readonly HoldfastEvent[]): HoldfastEvent[] {
  return events.filter(({ type }) => type === 'hedge.sent' || type === 'hedge.ended');
}

function keyOf(resilience: ReturnType<typeof hedged>) {
  return resilience.snapshot().operations['chat']?.keys[0];
}

const hedgeOf = (resilience: ReturnType<typeof hedged>) => keyOf(resilience)?.hedge;

describe('a hedge', () => {
  it('starts after the delay, and its value is that of the call if it is first', async () => {
    const resilience = hedged();
    const events = recorded(resilience);
    const signals: AbortSignal[] = [];
    const call = resilience.inspect('chat', ({ attempt, signal }) => {
      signals.push(signal);
      return attempt === 1 ? never() : delayed(30, 'from the hedge');
    });
    await pass(99);
    expect(signals).toHaveLength(1);
    await pass(1);
    expect(signals).toHaveLength(2);
    await pass(30);
    expect(await call).toMatchObject({
      ok: true,
      value: 'from the hedge',
      totalMs: 130,
      waitedMs: 0,
      attempts: [
        { number: 1, outcome: 'cancelled', durationMs: 130, failure: SLOW },
        { number: 2, outcome: 'success', durationMs: 30, hedge: true },
      ],
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]?.reason).toMatchObject({ name: 'AbortError' });
    expect(ofHedges(events)).toMatchObject([
      { type: 'hedge.sent', attempt: 2, delayMs: 100 },
      { type: 'hedge.ended', attempt: 1, winner: 2, hedges: 1, wasted: { attempts: 1, outputTokens: 0 } },
    ]);
    expect(events.map(({ type }) => type)).not.toContain('attempt.failed');
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1, attempts: 2, retries: 0, hedges: 1 });
    expect(hedgeOf(resilience)).toMatchObject({ delayMs: 100, sent: 1, won: 1, wasted: { attempts: 1 } });
    expect(keyOf(resilience)?.breaker?.counts).toMatchObject({ admitted: 2, successes: 1, failures: 0, ignored: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is superseded by an attempt that succeeds after all', async () => {
    const resilience = hedged();
    const events = recorded(resilience);
    const call = resilience.inspect('chat', ({ attempt }) => delayed(attempt === 1 ? 120 : 500, attempt));
    await pass(120);
    expect(await call).toMatchObject({
      value: 1,
      attempts: [
        { number: 1, outcome: 'success' },
        { number: 2, outcome: 'cancelled', hedge: true },
      ],
    });
    expect(ofHedges(events).at(-1)).toMatchObject({ winner: 1, hedges: 1, wasted: { attempts: 1 } });
    expect(hedgeOf(resilience)).toMatchObject({ sent: 1, won: 0 });
    await pass(500);
  });

  it('does not start beside an attempt that has ended before the delay', async () => {
    const resilience = hedged({}, { retry: { maxAttempts: 2, minDelayMs: 10, jitter: 'none' } });
    expect(await resilience.execute('chat', () => 'at once')).toBe('at once');
    const call = resilience.execute('chat', ({ attempt }) => (attempt === 1 ? failAfter(99, httpError(503)) : 'again'));
    await pass(99 + 20);
    expect(await call).toBe('again');
    expect(resilience.stats('chat')).toMatchObject({ attempts: 3, retries: 1, hedges: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts once for each delay, up to the limit', async () => {
    const resilience = hedged({ max: 3 });
    const calledAt: number[] = [];
    const call = resilience.execute('chat', async ({ attempt }) => {
      calledAt.push(performance.now());
      return attempt === 4 ? delayed(150, 4) : never();
    });
    const startedAt = performance.now();
    await pass(450);
    expect(await call).toBe(4);
    expect(calledAt.map((at) => at - startedAt)).toEqual([0, 100, 200, 300]);
    expect(hedgeOf(resilience)).toMatchObject({ sent: 3, won: 1, wasted: { attempts: 3 } });
  });

  it.each(['resolves first', 'resolves last'])(
    'has one winner where two values arrive in the same moment and it %s',
    async (order) => {
      const resilience = hedged();
      const release = new Map<number, () => void>();
      const call = resilience.inspect(
        'chat',
        ({ attempt }) => new Promise((resolve) => release.set(attempt, () => resolve(attempt))),
      );
      await pass(100);
      for (const attempt of order === 'resolves first' ? [2, 1] : [1, 2]) release.get(attempt)?.();
      const report = await call;
      const winner = order === 'resolves first' ? 2 : 1;
      expect(report).toMatchObject({ ok: true, value: winner });
      expect(report.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
        [1, winner === 1 ? 'success' : 'cancelled'],
        [2, winner === 2 ? 'success' : 'cancelled'],
      ]);
      expect(hedgeOf(resilience)).toMatchObject({ sent: 1, wasted: { attempts: 1 } });
    },
  );

  it.each<[string, ExecuteOptions, ((call: Call) => void)?]>([
    ['is not idempotent', { idempotent: false }],
    ['is not replayable', { replayable: false }],
    ['has called noRetry()', {}, (call) => call.noRetry()],
    ['has switched hedges off', { settings: { hedge: false } }],
  ])('does not start for a call that %s', async (_, options, before) => {
    const resilience = hedged();
    const work = vi.fn((call: Call) => {
      before?.(call);
      return delayed(300, 'late');
    });
    const call = resilience.execute('chat', work, options);
    await pass(300);
    expect(await call).toBe('late');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('may be switched on by one call, with its own delay', async () => {
    const resilience = createResilience();
    const options = { settings: { hedge: { delayMs: 20 } } };
    const call = resilience.execute('chat', ({ attempt }) => (attempt === 1 ? never() : 'hedge'), options);
    await pass(20);
    expect(await call).toBe('hedge');
    expect(resilience.snapshot().operations['chat']?.keys[0]?.hedge).toBeNull();
  });

  it('runs in the lane of the attempt, and each key has its own numbers', async () => {
    const resilience = hedged();
    const call = resilience.inspect('chat', ({ attempt }) => (attempt === 1 ? never() : 'b'), { key: 'b' });
    await pass(100);
    expect((await call).attempts.map(({ key }) => key)).toEqual(['b', 'b']);
    await resilience.execute('chat', () => 'a', { key: 'a' });
    const sent = resilience.snapshot().operations['chat']?.keys.map(({ key, hedge }) => [key, hedge?.sent]);
    expect(sent).toEqual([
      ['b', 1],
      ['a', 0],
    ]);
  });

  it('is counted from zero after resetStats()', async () => {
    const resilience = hedged();
    const call = resilience.execute('chat', ({ attempt }) => (attempt === 1 ? never() : 'hedge'));
    await pass(100);
    await call;
    resilience.resetStats();
    const wasted = { attempts: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
    expect(hedgeOf(resilience)).toEqual({ delayMs: 100, sent: 0, won: 0, wasted });
    expect(resilience.stats('chat').hedges).toBe(0);
  });
});

describe('a learned delay', () => {
  const learning = (hedge: HedgeSettings = {}) =>
    createResilience({ config: { operations: { chat: { hedge, retry: { maxAttempts: 1 } } } } });

  it('is unknown, and no hedge starts, until 20 attempts have succeeded', async () => {
    const resilience = learning();
    await warmUp(resilience, 19, 200);
    expect(hedgeOf(resilience)).toMatchObject({ delayMs: null });
    const unhedged = resilience.execute('chat', () => delayed(2_000, 'alone'));
    await pass(2_000);
    await unhedged;
    expect(hedgeOf(resilience)).toMatchObject({ delayMs: 2_000, sent: 0 });
  });

  it('is the quantile of the latency of attempts that succeeded', async () => {
    const resilience = learning();
    await warmUp(resilience, 20, 200);
    await errorOf(resilience.execute('chat', () => Promise.reject(httpError(400))));
    expect(hedgeOf(resilience)).toMatchObject({ delayMs: 200 });
    const call = resilience.execute('chat', ({ attempt }) => (attempt === 1 ? never() : 'hedge'));
    await pass(200);
    expect(await call).toBe('hedge');
  });

  it('is never shorter than minDelayMs', async () => {
    const resilience = learning({ minDelayMs: 300 });
    await warmUp(resilience, 20, 200);
    expect(hedgeOf(resilience)).toMatchObject({ delayMs: 300 });
  });

  it('grows when attempts are superseded, so that slow ones are not missing from what it learns', async () => {
    const resilience = learning();
    await warmUp(resilience, 20, 200);
    for (let nth = 0; nth < 3; nth++) {
      const call = resilience.execute('chat', ({ attempt }) => delayed(attempt === 1 ? 5_000 : 10, attempt));
      await pass(1_000);
      expect(await call).toBe(2);
    }
    const { delayMs } = hedgeOf(resilience) ?? {};
    expect(delayMs).toBeGreaterThan(220);
    await pass(5_000);
  });
});

describe('a failure beside a hedge', () => {
  const down = httpError(503);

  it.each([
    ['the first attempt', 1],
    ['the hedge', 2],
  ])('of %s waits for the other', async (_, failing) => {
    const resilience = hedged();
    const call = resilience.inspect('chat', ({ attempt }) =>
      attempt === failing ? failAfter(attempt === 1 ? 150 : 50, down) : delayed(attempt === 1 ? 300 : 200, attempt),
    );
    await pass(150);
    await pass(150);
    const report = await call;
    expect(report).toMatchObject({ ok: true, value: failing === 1 ? 2 : 1 });
    expect(report.attempts[failing - 1]).toMatchObject({ outcome: 'failure', failure: { kind: 'overloaded' } });
    expect(keyOf(resilience)?.breaker?.counts).toMatchObject({ successes: 1, failures: 1, ignored: 0 });
    expect(hedgeOf(resilience)?.wasted.attempts).toBe(0);
  });

  it.each([
    ['the first attempt', 1],
    ['the hedge', 2],
  ])('of a fatal kind, of %s, ends the call at once', async (_, failing) => {
    const resilience = hedged();
    const events = recorded(resilience);
    const denied = httpError(401);
    const signals: AbortSignal[] = [];
    const call = resilience.inspect('chat', ({ attempt, signal }) => {
      signals.push(signal);
      return attempt === failing ? failAfter(attempt === 1 ? 120 : 20, denied) : never();
    });
    await pass(120);
    const report = await call;
    expect(report).toMatchObject({ ok: false, error: denied, stopReason: 'not_retryable', failure: { kind: 'auth' } });
    expect(report.attempts.map(({ outcome }) => outcome)).toEqual(
      failing === 1 ? ['failure', 'cancelled'] : ['cancelled', 'failure'],
    );
    expect(signals.map(({ aborted }) => aborted)).toEqual([failing !== 1, failing !== 2]);
    expect(ofHedges(events).at(-1)).toMatchObject({ winner: undefined, wasted: { attempts: 1 } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a kind that is set as fatal ends the call, and the retry stage decides', async () => {
    const retry = { maxAttempts: 2, minDelayMs: 10, jitter: 'none' } as const;
    const resilience = hedged({ fatalKinds: ['overloaded'] }, { retry });
    const call = resilience.inspect('chat', ({ attempt }) => {
      if (attempt === 1) return never();
      return attempt === 2 ? Promise.reject(down) : 'retried';
    });
    await pass(100);
    await pass(20);
    const report = await call;
    expect(report).toMatchObject({ ok: true, value: 'retried' });
    expect(report.attempts.map(({ outcome, hedge }) => [outcome, hedge])).toEqual([
      ['cancelled', undefined],
      ['failure', true],
      ['success', undefined],
    ]);
    expect(resilience.stats('chat')).toMatchObject({ attempts: 3, retries: 1, hedges: 1 });
  });

  it('of all attempts is retried by the error of the first that failed, and hedges are no attempts of the limit', async () => {
    const resilience = hedged({}, { retry: { maxAttempts: 2, minDelayMs: 10, jitter: 'none' } });
    const events = recorded(resilience);
    const errors = [down, httpError(502), httpError(500), httpError(529)];
    const call = resilience.inspect('chat', ({ attempt }) =>
      // Of each pair the hedge fails first.
      failAfter(attempt % 2 === 1 ? 200 : 50, errors[attempt - 1]),
    );
    await pass(200);
    await pass(10);
    await pass(300);
    const report = await call;
    expect(report).toMatchObject({ ok: false, error: errors[3], stopRule: 'max_attempts' });
    expect(events.find(({ type }) => type === 'retry.scheduled')).toMatchObject({ attempt: 1, error: errors[1] });
    expect(report.attempts.map(({ number, outcome, hedge }) => [number, outcome, hedge])).toEqual([
      [1, 'failure', undefined],
      [2, 'failure', true],
      [3, 'failure', undefined],
      [4, 'failure', true],
    ]);
    expect(explain(errors[3])).toMatchObject({ failure: { kind: 'overloaded', status: 529 } });
    expect(ofHedges(events).filter(({ type }) => type === 'hedge.ended')).toMatchObject([
      { attempt: 1, winner: undefined, wasted: { attempts: 0 } },
      { attempt: 3, winner: undefined },
    ]);
  });

  it('of an attempt that timed out waits for the hedge, which has its own time', async () => {
    const resilience = hedged({}, { attemptTimeoutMs: 200 });
    const call = resilience.inspect('chat', ({ attempt }) => (attempt === 1 ? never() : delayed(150, 'hedge')));
    await pass(250);
    expect(await call).toMatchObject({ ok: true, value: 'hedge', attempts: [{ outcome: 'failure' }, { hedge: true }] });
    const timedOut = resilience.inspect('chat', never);
    await pass(300);
    expect(await timedOut).toMatchObject({ ok: false, failure: { kind: 'timeout' }, totalMs: 300 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a call that ends from outside', () => {
  it('ends hedges at its deadline', async () => {
    const resilience = hedged({ max: 2 }, { deadlineMs: 500, attemptTimeoutMs: false });
    const signals: AbortSignal[] = [];
    const call = resilience.inspect('chat', ({ signal }) => {
      signals.push(signal);
      return never();
    });
    await pass(500);
    expect(await call).toMatchObject({ ok: false, stopReason: 'deadline' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
    expect(hedgeOf(resilience)?.wasted.attempts).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends hedges when its caller aborts, also after the first attempt has failed', async () => {
    const resilience = hedged();
    const caller = new AbortController();
    const call = resilience.inspect(
      'chat',
      ({ attempt }) => (attempt === 1 ? failAfter(110, httpError(503)) : never()),
      { signal: caller.signal },
    );
    await pass(120);
    caller.abort('enough');
    expect(await call).toMatchObject({ ok: false, error: 'enough', stopReason: 'cancelled' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts no hedge any more once its caller has aborted', async () => {
    const resilience = hedged();
    const caller = new AbortController();
    const work = vi.fn(never);
    const call = errorOf(resilience.execute('chat', work, { signal: caller.signal }));
    await pass(50);
    caller.abort('enough');
    await pass(100);
    expect(await call).toBe('enough');
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('a hedge that an inner stage rejects (failsafe-go#141)', () => {
  it('never fails its call, which goes on with the first attempt', async () => {
    const resilience = hedged({}, { concurrency: { limit: 1, queue: 0 } });
    const events = recorded(resilience);
    const call = resilience.inspect('chat', () => delayed(300, 'fine'));
    await pass(300);
    expect(await call).toMatchObject({
      ok: true,
      value: 'fine',
      attempts: [{ outcome: 'success' }, { outcome: 'rejected', hedge: true, durationMs: 0 }],
    });
    expect(ofHedges(events)).toEqual([]);
    expect(hedgeOf(resilience)).toMatchObject({ sent: 0, won: 0, wasted: { attempts: 0 } });
    expect(resilience.stats('chat')).toMatchObject({ attempts: 1, hedges: 0, rejections: { capacity: 0 } });
  });

  it('is not the error of its call when the first attempt fails as well', async () => {
    const resilience = hedged({}, { concurrency: { limit: 1, queue: 0 } });
    const down = httpError(503);
    const call = resilience.inspect('chat', () => failAfter(300, down));
    await pass(300);
    expect(await call).toMatchObject({ ok: false, error: down, failure: { kind: 'overloaded' } });
  });

  it('ends a call whose first attempt has failed meanwhile with the error of that', async () => {
    const resilience = hedged({}, { concurrency: { limit: 2, queueTimeoutMs: 500 } });
    const down = httpError(503);
    const other = errorOf(resilience.execute('chat', never, { settings: { hedge: false }, deadlineMs: 2_000 }));
    const call = resilience.inspect('chat', () => failAfter(300, down));
    // Its function ignores the signal and keeps the second permit, as the hedge of this call needs one.
    const third = errorOf(resilience.execute('chat', never, { settings: { hedge: false }, deadlineMs: 2_000 }));
    await pass(300);
    await pass(300);
    expect(await call).toMatchObject({ ok: false, error: down });
    await pass(2_000);
    await other;
    await third;
  });

  it.each([
    ['open', 'open'],
    ['isolated', 'isolate'],
  ] as const)('does not start while the breaker is %s', async (_, how) => {
    const resilience = hedged();
    const work = vi.fn(() => delayed(300, 'fine'));
    const call = resilience.execute('chat', work);
    resilience.breaker('chat')[how]();
    await pass(300);
    expect(await call).toBe('fine');
    expect(work).toHaveBeenCalledTimes(1);
    expect(resilience.breaker('chat').stats().rejected).toBe(0);
  });
});

describe('a hedge under strain', () => {
  it('does not start while the quota of its key is on hold', async () => {
    const resilience = hedged();
    const work = vi.fn(() => delayed(400, 'fine'));
    const call = resilience.execute('chat', work);
    await pass(50);
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '1' } });
    await errorOf(resilience.execute('chat', () => Promise.reject(limited)));
    await pass(350);
    expect(await call).toBe('fine');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('starts later, when the strain is over and the attempt still runs', async () => {
    const resilience = hedged();
    const call = resilience.execute('chat', ({ attempt }) => (attempt === 1 ? never() : 'hedge'));
    resilience.breaker('chat').open();
    await pass(150);
    resilience.breaker('chat').close();
    await pass(50);
    expect(await call).toBe('hedge');
  });

  it('does not start beside an attempt that still waits for a permit', async () => {
    const resilience = hedged({}, { concurrency: { limit: 1 } });
    const first = resilience.execute('chat', () => delayed(250, 'first'), { settings: { hedge: false } });
    const call = resilience.inspect('chat', () => delayed(90, 'second'));
    await pass(340);
    expect(await first).toBe('first');
    const { attempts } = await call;
    expect(attempts).toHaveLength(1);
  });

  it('does not start when less time is left than an attempt usually takes', async () => {
    const resilience = hedged({ delayMs: 300 });
    await warmUp(resilience, 20, 250);
    const work = vi.fn(never);
    const call = errorOf(resilience.execute('chat', work, { deadlineMs: 500 }));
    await pass(500);
    await call;
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('takes a token of the retry budget, and leaves the lower half of it to retries', async () => {
    const budget = { ratio: 0, floorPerSecond: 0.001, burst: 10 };
    const resilience = hedged({}, { retry: { maxAttempts: 1, budget } });
    for (let nth = 0; nth < 8; nth++) {
      const call = resilience.execute('chat', ({ attempt }) => delayed(attempt === 1 ? 200 : 10, attempt));
      await pass(200);
      await call;
    }
    expect(hedgeOf(resilience)?.sent).toBe(6);
    expect(resilience.snapshot().operations['chat']?.retryBudget).toMatchObject({ tokens: expect.closeTo(4, 1) });
  });

  it('has the default budget where there are no retries, and none where it is switched off', async () => {
    const hedgesOf = async (retry: Settings['retry']) => {
      const resilience = hedged({}, { retry });
      const calls = Array.from({ length: 20 }, () => resilience.execute('chat', () => delayed(200, 'late')));
      await pass(200);
      await Promise.all(calls);
      return hedgeOf(resilience)?.sent;
    };
    expect(await hedgesOf(false)).toBe(6);
    expect(await hedgesOf({ budget: false })).toBe(20);
  });
});

describe('what superseded attempts consumed', () => {
  it('is counted as wasted, whether they report it before or after they were superseded', async () => {
    const resilience = hedged();
    const events = recorded(resilience);
    let first: Call | undefined;
    const call = resilience.execute('chat', (each) => {
      if (each.attempt === 2) {
        each.settleUsage({ inputTokens: 1_000, outputTokens: 1_000, costUsd: 1 });
        return 'hedge';
      }
      first = each;
      each.settleUsage({ inputTokens: 100, outputTokens: 5 });
      return never();
    });
    await pass(100);
    await call;
    const reported = { attempts: 1, inputTokens: 100, outputTokens: 5, costUsd: 0 };
    expect(hedgeOf(resilience)?.wasted).toEqual(reported);
    expect(ofHedges(events).at(-1)).toMatchObject({ wasted: reported });
    first?.settleUsage({ outputTokens: 20, costUsd: 0.25 });
    expect(hedgeOf(resilience)?.wasted).toEqual({ attempts: 1, inputTokens: 100, outputTokens: 20, costUsd: 0.25 });
    first?.settleUsage({ outputTokens: Number.NaN, inputTokens: 100 });
    expect(hedgeOf(resilience)?.wasted.outputTokens).toBe(0);
  });
});

describe('the settings of hedges', () => {
  it.each([
    [{ delayMs: 0 }, 'hedge.delayMs: must be a number from 1 to 2147483647'],
    [{ quantile: 95 }, 'hedge.quantile: must be a number from 0.5 to 0.999'],
    [{ max: 5 }, 'hedge.max: must be a whole number from 1 to 4'],
    [{ fatalKinds: 'auth' }, 'hedge.fatalKinds: must be an array of words among cancelled, timeout'],
    [{ fatalKinds: ['auht'] }, "Did you mean 'auth'?"],
    [{ fatalKinds: ['auth', 'auth'] }, 'none of them twice'],
    [{ maxHedges: 2 }, 'max'],
  ])('are refused if they are %o', (hedge, message) => {
    expect(() => Reflect.apply(hedged, undefined, [hedge])).toThrow(message);
  });

  it('of one call cannot set the quantile, which the calls of a key share', () => {
    const resilience = hedged();
    const options = { settings: { hedge: { quantile: 0.9 } } };
    expect(() => Reflect.apply(resilience.wrap, resilience, ['chat', never, options])).toThrow('config.operations');
  });

  it('are shown with their origin, and the array of one layer replaces that of another', () => {
    const resilience = createResilience({
      config: { defaults: { hedge: { fatalKinds: ['auth'] } }, operations: { chat: { hedge: { fatalKinds: [] } } } },
    });
    expect(resilience.config('chat').settings).toMatchObject({
      'hedge.fatalKinds': { value: [], layer: 'code' },
      'hedge.max': { value: 1, layer: 'library' },
    });
    expect(resilience.operation('chat').settings.hedge).toMatchObject({ fatalKinds: [], quantile: 0.95 });
  });

  it('change for the next calls, and what was learned is kept', async () => {
    const resilience = createResilience({ config: { operations: { chat: { hedge: {} } } } });
    await warmUp(resilience, 20, 200);
    resilience.configure({ operations: { chat: { hedge: { delayMs: 70 } } } });
    expect(hedgeOf(resilience)?.delayMs).toBe(70);
    resilience.configure({ operations: { chat: { hedge: false } } });
    expect(hedgeOf(resilience)).toBeNull();
    resilience.configure({ operations: { chat: { hedge: { minDelayMs: 60 } } } });
    expect(hedgeOf(resilience)?.delayMs).toBe(70);
  });
});
