import {
  type Call,
  ConfigurationError,
  createResilience,
  explain,
  type HoldfastEvent,
  NoTargetError,
  type ResilienceOptions,
  toHttpStatus,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, issuesIn, never, thrownBy, untyped } from '../support/calls.js';
import { randomFrom } from '../support/seed.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const failed = (status: number, headers: Record<string, string> = {}) =>
  Object.assign(new Error(`status ${status}`), { status, headers });

/** Providers by the name of their target: each answers with its name, or fails with what is set for it. */
function providers() {
  const failing = new Map<string, () => unknown>();
  const requests: string[] = [];
  return {
    requests,
    fail: (name: string, error: () => unknown) => failing.set(name, error),
    heal: (name: string) => failing.delete(name),
    ask: async ({ target }: Call) => {
      const name = target?.key === undefined ? `${target?.name}` : `${target.name}/${target.key}`;
      requests.push(name);
      const error = failing.get(name) ?? failing.get(`${target?.name}`);
      if (error !== undefined) throw error();
      return name;
    },
  };
}

const withTargets = (targets: ResilienceOptions['targets'], settings: object = {}) =>
  createResilience({ targets, random: () => 0, config: { operations: { chat: { retry: false, ...settings } } } });

describe('an operation with several targets', () => {
  it('goes to the first one while it is available', async () => {
    const { ask, requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    expect(await resilience.execute('chat', ask)).toBe('gpt-5');
    expect(requests).toEqual(['gpt-5']);
    await resilience.close();
  });

  it('moves to the next one after a failure that the other need not have, and reports both', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    const events: HoldfastEvent[] = [];
    resilience.on('target.moved', (event) => events.push(event));
    fail('gpt-5', () => failed(529));
    const report = await resilience.inspect('chat', ask);
    expect(report).toMatchObject({
      ok: true,
      value: 'claude',
      target: 'claude',
      skippedTargets: [],
      attempts: [
        { number: 1, target: 'gpt-5', key: 'gpt-5', outcome: 'failure', failure: { kind: 'overloaded' } },
        { number: 2, target: 'claude', key: 'claude', outcome: 'success' },
      ],
    });
    expect(events).toMatchObject([{ attempt: 2, from: 'gpt-5', to: 'claude', reason: 'overloaded', key: 'claude' }]);
    await resilience.close();
  });

  it('does not move for a failure that every target would have', async () => {
    const { ask, fail, requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    const error = failed(400);
    fail('gpt-5', () => error);
    expect(await errorOf(resilience.execute('chat', ask))).toBe(error);
    expect(requests).toEqual(['gpt-5']);
    await resilience.close();
  });

  it.each([
    { because: 'must not be executed twice', options: { idempotent: false } },
    { because: 'cannot be sent again', options: { replayable: false } },
  ])('does not move a request that $because', async ({ options }) => {
    const { ask, fail, requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    fail('gpt-5', () => failed(500));
    await errorOf(resilience.execute('chat', ask, options));
    expect(requests).toEqual(['gpt-5']);
    await resilience.close();
  });

  it('does not move after the function has called noRetry()', async () => {
    const { requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    const ask = async (call: Call) => {
      requests.push(`${call.target?.name}`);
      call.noRetry();
      throw failed(500);
    };
    await errorOf(resilience.execute('chat', ask));
    expect(requests).toEqual(['gpt-5']);
    await resilience.close();
  });

  it('ends with the error of the last target that was called, once all have failed', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude', 'gemini'] } });
    const last = failed(503);
    fail('gpt-5', () => failed(529));
    fail('claude', () => failed(500));
    fail('gemini', () => last);
    const error = await errorOf(resilience.execute('chat', ask));
    expect(error).toBe(last);
    expect(explain(error)).toMatchObject({ target: 'gemini', attempts: [{}, {}, {}], failure: { kind: 'overloaded' } });
    await resilience.close();
  });

  it('retries a target before it moves, as the settings of that target say', async () => {
    const { ask, fail, requests } = providers();
    const retry = { maxAttempts: 3, minDelayMs: 10, maxDelayMs: 10, jitter: 'none' } as const;
    const resilience = withTargets({ chat: { list: [{ name: 'gpt-5', settings: { retry } }, 'claude'] } });
    fail('gpt-5', () => failed(500));
    const call = resilience.execute('chat', ask);
    await pass(20);
    expect(await call).toBe('claude');
    expect(requests).toEqual(['gpt-5', 'gpt-5', 'gpt-5', 'claude']);
    await resilience.close();
  });

  it('moves at once instead of waiting for more than a second', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } }, { retry: { maxAttempts: 3 } });
    fail('gpt-5', () => failed(429, { 'retry-after': '20' }));
    const report = await resilience.inspect('chat', ask);
    expect(report).toMatchObject({ ok: true, value: 'claude', waitedMs: 0 });
    await resilience.close();
  });

  it('counts no retry for a call whose function runs for the first time, since a stage rejected the target before', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets(
      { chat: { list: ['gpt-5', 'claude', 'gemini'] } },
      { concurrency: { limit: 1, queue: 0 } },
    );
    const slow = resilience.execute('chat', () => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(await resilience.execute('chat', ask)).toBe('claude');
    expect(resilience.stats('chat')).toMatchObject({ attempts: 2, retries: 0 });
    fail('claude', () => failed(500));
    expect(await resilience.execute('chat', ask)).toBe('gemini');
    expect(resilience.stats('chat')).toMatchObject({ attempts: 4, retries: 1 });
    await pass(100);
    await slow;
    await resilience.close();
  });

  it('waits for a hint as always while no other target is available', async () => {
    const { ask, fail, heal, requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } }, { retry: { maxAttempts: 3 } });
    resilience.operation('chat');
    await resilience.execute('chat', ask);
    fail('claude', () => failed(500));
    resilience.breaker('chat', 'claude').isolate();
    fail('gpt-5', () => failed(429, { 'retry-after': '5' }));
    const call = resilience.execute('chat', ask);
    await pass(1);
    heal('gpt-5');
    await pass(7_000);
    expect(await call).toBe('gpt-5');
    expect(requests).toEqual(['gpt-5', 'gpt-5', 'gpt-5']);
    await resilience.close();
  });

  it('passes over a target while its breaker is open or its quota on hold, and says so in the report', async () => {
    const { ask, fail, heal } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude', 'gemini'] } });
    await resilience.execute('chat', ask);
    fail('claude', () => failed(429, { 'retry-after': '60' }));
    resilience.breaker('chat', 'gpt-5').open();
    expect(await resilience.execute('chat', ask)).toBe('gemini');
    heal('claude');
    const report = await resilience.inspect('chat', ask);
    expect(report).toMatchObject({
      ok: true,
      target: 'gemini',
      attempts: [{ target: 'gemini' }],
      skippedTargets: [
        { target: 'gpt-5', reason: 'breaker_open' },
        { target: 'claude', reason: 'quota_held' },
      ],
    });
    await resilience.close();
  });

  it('returns to the first target by itself once it has healed', async () => {
    const { ask, fail, heal, requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } }, { breaker: { openMs: 30_000 } });
    fail('gpt-5', () => failed(500));
    for (let call = 0; call < 12; call++) expect(await resilience.execute('chat', ask)).toBe('claude');
    expect(resilience.breaker('chat', 'gpt-5').state).toBe('open');
    heal('gpt-5');
    await pass(60_000);
    requests.length = 0;
    for (let call = 0; call < 12; call++) await resilience.execute('chat', ask);
    expect(resilience.breaker('chat', 'gpt-5').state).toBe('closed');
    expect(requests.at(-1)).toBe('gpt-5');
    await resilience.close();
  });

  it('leaves no target in rotation that fails 25 times in a row', async () => {
    const { ask, fail, requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'], order: 'weighted' } });
    fail('gpt-5', () => failed(500));
    for (let call = 0; call < 200; call++) await resilience.execute('chat', ask);
    expect(requests.filter((name) => name === 'gpt-5').length).toBeLessThan(25);
    await resilience.close();
  });

  it('counts a refused connection as a failure of its target', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    fail('gpt-5', () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    for (let call = 0; call < 25; call++) await resilience.execute('chat', ask);
    expect(resilience.breaker('chat', 'gpt-5').state).toBe('open');
    await resilience.close();
  });
});

describe('a call while no target is available', () => {
  const opened = async (options: object, settings: object = {}) => {
    const { ask, requests } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'], ...options } }, settings);
    await resilience.execute('chat', ask);
    await resilience.execute('chat', ask, { targets: ['claude'] });
    const hold = failed(429, { 'retry-after': '8' });
    await errorOf(resilience.execute('chat', () => Promise.reject(hold), { targets: ['claude'] }));
    resilience.breaker('chat', 'gpt-5').open();
    requests.length = 0;
    return { resilience, ask, requests };
  };

  it('waits for the one that is available first, by default', async () => {
    const { resilience, ask, requests } = await opened({});
    const call = resilience.inspect('chat', ask);
    await pass(7_000);
    expect(requests).toEqual([]);
    await pass(3_000);
    expect(await call).toMatchObject({ ok: true, value: 'claude', waitedMs: expect.closeTo(8_000, -3) });
    await resilience.close();
  });

  it('fails at once if the wait would end after the deadline, with the error of the soonest', async () => {
    const { resilience, ask } = await opened({}, { deadlineMs: 5_000 });
    const error = await errorOf(resilience.execute('chat', ask));
    expect(error).toMatchObject({ code: 'HOLDFAST_QUOTA_HELD', key: 'claude' });
    expect(explain(error)).toMatchObject({ stopReason: 'quota_held' });
    await resilience.close();
  });

  it("fails at once with whenNoneAvailable: 'fail'", async () => {
    const { resilience, ask } = await opened({ whenNoneAvailable: 'fail' });
    expect(await errorOf(resilience.execute('chat', ask))).toMatchObject({ code: 'HOLDFAST_QUOTA_HELD' });
    await resilience.close();
  });

  it('fails with one rejected attempt, no move, and the reasons of all targets, however many there are', async () => {
    const list = ['gpt-5', 'claude', 'gemini', 'mistral'];
    const resilience = withTargets({ chat: { list, whenNoneAvailable: 'fail' } });
    const moved = vi.fn();
    resilience.on('target.moved', moved);
    for (const target of list) {
      await resilience.execute('chat', () => 1, { targets: [target] });
      resilience.breaker('chat', target).open();
    }
    const report = await resilience.inspect('chat', () => 1);
    expect(report).toMatchObject({
      ok: false,
      stopReason: 'breaker_open',
      attempts: [{ outcome: 'rejected' }],
      skippedTargets: list.map((target) => ({ target, reason: 'breaker_open' })),
    });
    expect(report.attempts).toHaveLength(1);
    expect(moved).not.toHaveBeenCalled();
    await resilience.close();
  });

  it('ends with the rejection of the target that was available, without a try of one that is not', async () => {
    const limits = { concurrency: { limit: 1, queue: 0 } };
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'], whenNoneAvailable: 'fail' } }, limits);
    const slow = resilience.execute('chat', () => new Promise((resolve) => setTimeout(resolve, 100)));
    await resilience.execute('chat', () => 1, { targets: ['claude'] });
    resilience.breaker('chat', 'claude').open();
    const report = await resilience.inspect('chat', () => 1);
    expect(report).toMatchObject({ ok: false, stopReason: 'capacity', attempts: [{ target: 'gpt-5' }] });
    expect(report.attempts).toHaveLength(1);
    await pass(100);
    await slow;
    await resilience.close();
  });

  it("calls the soonest at once with whenNoneAvailable: 'try_soonest'", async () => {
    const { resilience, ask } = await opened({ whenNoneAvailable: 'try_soonest' });
    expect(await resilience.execute('chat', ask)).toBe('claude');
    await resilience.close();
  });

  describe("and it calls the soonest all the same, with 'try_soonest',", () => {
    const soonest = (settings: object = {}) => {
      const { ask, fail, heal } = providers();
      const resilience = withTargets(
        { chat: { list: ['gpt-5'], whenNoneAvailable: 'try_soonest' } },
        { breaker: { openMs: 30_000, successesToClose: 2, trip: { consecutiveFailures: 1 } }, ...settings },
      );
      const breaker = () => resilience.breaker('chat', 'gpt-5');
      return { resilience, ask, fail, heal, breaker };
    };

    it('the breaker heals by its successes: the first ends the wait, and enough of them close it', async () => {
      const { resilience, ask, fail, heal, breaker } = soonest();
      const moves: string[] = [];
      resilience.on('breaker.half_opened', () => moves.push('half-open'));
      resilience.on('breaker.closed', ({ cause }) => moves.push(cause));
      fail('gpt-5', () => failed(500));
      await errorOf(resilience.execute('chat', ask));
      expect(breaker().state).toBe('open');
      heal('gpt-5');
      await resilience.execute('chat', ask);
      expect(breaker().state).toBe('half_open');
      await resilience.execute('chat', ask);
      expect(breaker().state).toBe('closed');
      expect(moves).toEqual(['half-open', 'recovered']);
      expect(breaker().stats()).toMatchObject({ successes: 2, failures: 1, rejected: 0 });
      expect(vi.getTimerCount()).toBe(0);
      await resilience.close();
    });

    it('the breaker counts its failures, which neither lengthen nor repeat the opening', async () => {
      const { resilience, ask, fail, breaker } = soonest();
      fail('gpt-5', () => failed(500));
      for (let call = 0; call < 5; call++) await errorOf(resilience.execute('chat', ask));
      expect(breaker().stats()).toMatchObject({ failures: 5, opens: 1, rejected: 0 });
      await pass(30_000);
      expect(breaker().state).toBe('half_open');
      await resilience.close();
    });

    it('the quota is held for longer by a 429, and free after a success', async () => {
      const { resilience, ask, fail, heal } = soonest();
      const released = vi.fn();
      resilience.on('quota.released', released);
      const refuseFor = async (seconds: number) => {
        fail('gpt-5', () => failed(429, { 'retry-after': `${seconds}` }));
        await errorOf(resilience.execute('chat', ask));
      };
      await refuseFor(20);
      await refuseFor(40);
      expect(resilience.health().holds).toMatchObject([{ releasesInMs: 40_000 }]);
      heal('gpt-5');
      await resilience.execute('chat', ask);
      expect(resilience.health().holds).toEqual([]);
      expect(released).toHaveBeenCalledTimes(1);
      await resilience.close();
    });

    it('a success ends no hold of a later answer', async () => {
      const { resilience, ask, fail } = soonest();
      fail('gpt-5', () => failed(429, { 'retry-after': '20' }));
      await errorOf(resilience.execute('chat', ask));
      const { promise, resolve } = deferred();
      const early = resilience.execute('chat', () => promise);
      fail('gpt-5', () => failed(429, { 'retry-after': '60' }));
      await errorOf(resilience.execute('chat', ask));
      resolve();
      await early;
      expect(resilience.health().holds).toMatchObject([{ releasesInMs: 60_000 }]);
      await resilience.close();
    });
  });

  it("leaves targets alone that were isolated by hand, also with 'try_soonest'", async () => {
    const { ask } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5'], whenNoneAvailable: 'try_soonest' } });
    await resilience.execute('chat', ask);
    resilience.breaker('chat', 'gpt-5').isolate();
    expect(await errorOf(resilience.execute('chat', ask))).toMatchObject({ code: 'HOLDFAST_BREAKER_OPEN' });
    await resilience.close();
  });

  it('is reported as moved once it goes to a target, which need not be the one that it waited for', async () => {
    const { ask, fail, heal } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude', 'gemini'] } });
    const moves: string[] = [];
    resilience.on('target.moved', ({ from, to }) => moves.push(`${from} > ${to}`));
    for (const [name, seconds] of [
      ['claude', '5'],
      ['gemini', '9'],
    ] as const) {
      fail(name, () => failed(429, { 'retry-after': seconds }));
      await resilience.inspect('chat', ask, { targets: [name] });
      heal(name);
    }
    fail('gpt-5', () => failed(500));
    const call = resilience.inspect('chat', ask);
    await pass(4_999);
    expect(moves).toEqual([]);
    resilience.breaker('chat', 'claude').isolate();
    await pass(5_000);
    expect(await call).toMatchObject({ ok: true, value: 'gemini' });
    expect(moves).toEqual(['gpt-5 > gemini']);
    await resilience.close();
  });

  describe('and several wait for one breaker with a single trial', () => {
    const takeMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const waiting = async (work: (call: Call) => unknown, deadlineMs: number, random = randomFrom(7)) => {
      const breaker = { openMs: 10_000, trials: 1, successesToClose: 1, trip: { consecutiveFailures: 1 } };
      const resilience = createResilience({
        random,
        targets: { chat: { list: ['gpt-5'], targetWaitMs: 120_000 } },
        config: { operations: { chat: { retry: false, attemptTimeoutMs: 60_000, deadlineMs, breaker } } },
      });
      await errorOf(resilience.execute('chat', () => Promise.reject(failed(500))));
      expect(resilience.breaker('chat', 'gpt-5').state).toBe('open');
      const startMs = performance.now();
      const calls = Array.from({ length: 20 }, () => resilience.inspect('chat', work));
      return { resilience, calls, sinceMs: () => performance.now() - startMs };
    };

    it('lets all go on once the trial has succeeded, spread over a moment', async () => {
      const startsMs: number[] = [];
      const { resilience, calls, sinceMs } = await waiting(async () => {
        startsMs.push(sinceMs());
        await takeMs(3_000);
        return 'fine';
      }, 60_000);
      await pass(10_500);
      expect(startsMs).toHaveLength(1);
      await pass(2_500);
      expect(startsMs).toHaveLength(1);
      await pass(10_000);
      const reports = await Promise.all(calls);
      expect(reports.every(({ ok }) => ok)).toBe(true);
      expect(reports.every(({ attempts }) => attempts.length === 1)).toBe(true);
      expect(new Set(startsMs.slice(1)).size).toBeGreaterThan(10);
      expect(Math.max(...startsMs)).toBeLessThan(13_600);
      expect(vi.getTimerCount()).toBe(0);
      await resilience.close();
    });

    it('waits for the next opening to end if the trial fails, and ends what has no time left for it', async () => {
      let trials = 0;
      const { resilience, calls } = await waiting(async () => {
        trials += 1;
        await takeMs(1_000);
        if (trials === 1) throw failed(500);
        return 'fine';
      }, 60_000);
      const settings = { deadlineMs: 15_000 };
      const short = Array.from({ length: 3 }, () => resilience.inspect('chat', () => 'short', settings));
      await pass(11_500);
      expect(trials).toBe(1);
      for (const report of await Promise.all(short)) {
        expect(report).toMatchObject({ ok: false, stopReason: 'breaker_open', error: { refusal: 'open' } });
        expect(report.attempts).toHaveLength(1);
      }
      await pass(30_000);
      const reports = await Promise.all(calls);
      expect(reports.filter(({ ok }) => ok)).toHaveLength(19);
      expect(reports.find(({ ok }) => !ok)).toMatchObject({ stopReason: 'attempts_exhausted' });
      expect(vi.getTimerCount()).toBe(0);
      await resilience.close();
    });

    it('lets those wait again that come to the breaker late, after a wait for their turn', async () => {
      const pacing = { requestsPerMinute: 6, burstMs: 1_000, rampMs: 0 };
      const breaker = { openMs: 5_000, trials: 1, successesToClose: 1, trip: { consecutiveFailures: 1 } };
      const limits = { deadlineMs: 90_000, attemptTimeoutMs: 60_000, pacing, breaker };
      const resilience = withTargets({ chat: { list: ['gpt-5'], targetWaitMs: 60_000 } }, limits);
      const moved = vi.fn();
      resilience.on('target.moved', moved);
      await errorOf(resilience.execute('chat', () => Promise.reject(failed(500))));
      const calls = [1, 2].map(() => resilience.inspect('chat', () => takeMs(15_000)));
      await pass(70_000);
      const [first, second] = await Promise.all(calls);
      expect(first).toMatchObject({ ok: true, attempts: [{ outcome: 'success' }] });
      expect(second).toMatchObject({ ok: true, attempts: [{ outcome: 'rejected' }, { outcome: 'success' }] });
      expect(moved).not.toHaveBeenCalled();
      await resilience.close();
    });

    it('ends a call at its deadline, and one at once whose caller aborts', async () => {
      const { resilience, calls } = await waiting(() => takeMs(40_000), 30_000);
      const controller = new AbortController();
      const left = errorOf(resilience.execute('chat', () => 1, { signal: controller.signal }));
      await pass(12_000);
      controller.abort(new Error('left'));
      expect(await left).toBe(controller.signal.reason);
      await pass(18_000);
      const reports = await Promise.all(calls);
      expect(reports.filter(({ stopReason }) => stopReason === 'deadline')).toHaveLength(1);
      expect(reports.filter(({ stopReason }) => stopReason === 'breaker_open')).toHaveLength(19);
      await resilience.close();
    });
  });

  it('ends at once when its caller aborts during the wait', async () => {
    const { resilience, ask } = await opened({});
    const controller = new AbortController();
    const call = errorOf(resilience.execute('chat', ask, { signal: controller.signal }));
    await pass(1_000);
    const reason = new Error('left');
    controller.abort(reason);
    expect(await call).toBe(reason);
    await resilience.close();
  });
});

describe('targets that are limited', () => {
  it('to kinds of failure are used after those alone', async () => {
    const { ask, fail, requests } = providers();
    const long = { name: 'gpt-5-long', on: ['context_length'] as const };
    const resilience = withTargets({ chat: { list: ['gpt-5', long, 'claude'] } });
    const tooLong = () => Object.assign(failed(400), { code: 'context_length_exceeded' });
    fail('gpt-5', tooLong);
    expect(await resilience.execute('chat', ask)).toBe('gpt-5-long');
    fail('gpt-5', () => failed(500));
    expect(await resilience.execute('chat', ask)).toBe('claude');
    expect(requests).toEqual(['gpt-5', 'gpt-5-long', 'gpt-5', 'claude']);
    await resilience.close();
  });

  it('by accepts are asked once for each call, and their reasons are in the report', async () => {
    const { ask } = providers();
    const accepts = vi.fn(({ context }: Call) => context['tools'] !== true || 'takes no tools');
    const resilience = withTargets({ chat: { list: [{ name: 'small', accepts }, 'gpt-5'] } });
    expect(await resilience.execute('chat', ask)).toBe('small');
    const report = await resilience.inspect('chat', ask, { context: { tools: true } });
    expect(report).toMatchObject({
      ok: true,
      target: 'gpt-5',
      skippedTargets: [{ target: 'small', key: undefined, reason: 'takes no tools' }],
    });
    expect(accepts).toHaveBeenCalledTimes(2);
    await resilience.close();
  });

  it('by accepts end a call that none of them accepts, with the reasons of all', async () => {
    const accepts = () => 'too small';
    const resilience = withTargets({
      chat: {
        list: [
          { name: 'a', accepts },
          { name: 'b', accepts },
        ],
      },
    });
    const work = vi.fn();
    const error = await errorOf(resilience.execute('chat', work));
    expect(error).toBeInstanceOf(NoTargetError);
    expect(NoTargetError.is(error)).toBe(true);
    expect(String(error)).toContain('a (too small), b (too small)');
    expect(toHttpStatus(error)).toBe(422);
    expect(explain(error)).toMatchObject({ stopReason: 'no_target', failure: undefined });
    expect(resilience.stats('chat')).toMatchObject({ failures: 1, failuresByKind: {}, rejections: { target: 1 } });
    expect(work).not.toHaveBeenCalled();
    await resilience.close();
  });

  it('by accepts that throws accept the call, and the error is reported', async () => {
    const { ask } = providers();
    const oops = new Error('oops');
    const accepts = () => {
      throw oops;
    };
    const resilience = withTargets({ chat: { list: [{ name: 'a', accepts }] } });
    const events: HoldfastEvent[] = [];
    resilience.on('hook.failed', (event) => events.push(event));
    expect(await resilience.execute('chat', ask)).toBe('a');
    expect(events).toMatchObject([{ hook: 'accepts', error: oops, operation: 'chat' }]);
    await resilience.close();
  });
});

describe('a target with several keys', () => {
  const keyed = { list: [{ name: 'openai', keys: ['team-a', 'team-b'] }, 'claude'] };

  it('moves to its next key after a rate limit, and holds the quota of the first key alone', async () => {
    const { ask, fail, requests } = providers();
    const resilience = withTargets({ chat: keyed });
    fail('openai/team-a', () => failed(429, { 'retry-after': '60' }));
    expect(await resilience.execute('chat', ask)).toBe('openai/team-b');
    expect(await resilience.execute('chat', ask)).toBe('openai/team-b');
    expect(requests).toEqual(['openai/team-a', 'openai/team-b', 'openai/team-b']);
    await resilience.close();
  });

  it('shares one breaker between its keys, so that an outage of the provider skips both', async () => {
    const { ask, fail, requests } = providers();
    const resilience = withTargets({ chat: keyed });
    fail('openai', () => failed(500));
    expect(await resilience.execute('chat', ask)).toBe('claude');
    expect(requests).toEqual(['openai/team-a', 'claude']);
    for (let call = 0; call < 20; call++) await resilience.execute('chat', ask);
    expect(resilience.breaker('chat', 'openai').state).toBe('open');
    const report = await resilience.inspect('chat', ask);
    expect(report.skippedTargets).toEqual([
      { target: 'openai', key: 'team-a', reason: 'breaker_open' },
      { target: 'openai', key: 'team-b', reason: 'breaker_open' },
    ]);
    expect(resilience.health()).toMatchObject({ openBreakers: ['chat/openai'], breakers: 2 });
    await resilience.close();
  });
});

describe('sticky calls', () => {
  const sticky = ({ context }: Call) => (typeof context['chat'] === 'string' ? context['chat'] : undefined);
  const list = ['gpt-5', 'claude'];
  const inChat = { context: { chat: '7' } };

  it('stay with the target that answered their conversation, also when the first one is available again', async () => {
    const { ask, fail, heal } = providers();
    const resilience = withTargets({ chat: { list, sticky } });
    fail('gpt-5', () => failed(500));
    expect(await resilience.execute('chat', ask, inChat)).toBe('claude');
    heal('gpt-5');
    expect(await resilience.execute('chat', ask, inChat)).toBe('claude');
    expect(await resilience.execute('chat', ask)).toBe('gpt-5');
    await resilience.close();
  });

  it('keep their target through a single failure, and leave it when its breaker is open', async () => {
    const { ask, fail, heal } = providers();
    const resilience = withTargets({ chat: { list, sticky } });
    await resilience.execute('chat', ask, inChat);
    fail('gpt-5', () => failed(500));
    expect(await resilience.execute('chat', ask, inChat)).toBe('claude');
    heal('gpt-5');
    expect(await resilience.execute('chat', ask, inChat)).toBe('gpt-5');
    resilience.breaker('chat', 'gpt-5').open();
    expect(await resilience.execute('chat', ask, inChat)).toBe('claude');
    resilience.breaker('chat', 'gpt-5').close();
    expect(await resilience.execute('chat', ask, inChat)).toBe('claude');
    await resilience.close();
  });

  it('use another key of their target while the quota of one is on hold', async () => {
    const { ask, fail } = providers();
    const list = [{ name: 'gpt-5', keys: ['one', 'two'] }, 'claude'];
    const resilience = withTargets({ chat: { list, sticky: () => 'c-1' } });
    fail('gpt-5/one', () => failed(429, { 'retry-after': '8' }));
    expect(await resilience.execute('chat', ask)).toBe('gpt-5/two');
    expect(await resilience.execute('chat', ask)).toBe('gpt-5/two');
    expect(resilience.snapshot().operations['chat']?.stats.attempts).toBe(3);
    await resilience.close();
  });

  it('forget their target after it was unused for the time to live', async () => {
    const { ask, fail, heal } = providers();
    const resilience = withTargets({ chat: { list, sticky: { by: sticky, ttlMs: 60_000 } } });
    fail('gpt-5', () => failed(500));
    await resilience.execute('chat', ask, inChat);
    heal('gpt-5');
    await pass(61_000);
    expect(await resilience.execute('chat', ask, inChat)).toBe('gpt-5');
    await resilience.close();
  });

  it('have a pin for each key of calls: conversations of two tenants may have the same name', async () => {
    const { ask, fail, heal } = providers();
    const resilience = withTargets({ chat: { list, sticky } });
    fail('gpt-5', () => failed(500));
    expect(await resilience.execute('chat', ask, { ...inChat, key: 'acme' })).toBe('claude');
    heal('gpt-5');
    expect(await resilience.execute('chat', ask, { ...inChat, key: 'globex' })).toBe('gpt-5');
    expect(await resilience.execute('chat', ask, inChat)).toBe('gpt-5');
    expect(await resilience.execute('chat', ask, { ...inChat, key: 'acme' })).toBe('claude');
    await resilience.close();
  });

  it.each([
    ['too long', 'x'.repeat(257)],
    ['empty', ''],
    ['with a line break', 'a\nb'],
  ])('go to any target if their text is %s, which is reported', async (_what, chat) => {
    const { ask, fail, heal } = providers();
    const resilience = withTargets({ chat: { list, sticky } });
    const errors: string[] = [];
    resilience.on('hook.failed', ({ error }) => errors.push(String(error)));
    fail('gpt-5', () => failed(500));
    expect(await resilience.execute('chat', ask, { context: { chat } })).toBe('claude');
    heal('gpt-5');
    expect(await resilience.execute('chat', ask, { context: { chat } })).toBe('gpt-5');
    expect(errors[0]).toContain('1 to 256 characters');
    await resilience.close();
  });

  it('go to any target if the hook throws, and the error is reported', async () => {
    const { ask } = providers();
    const events: HoldfastEvent[] = [];
    const resilience = withTargets({
      chat: {
        list,
        sticky: () => {
          throw new Error('oops');
        },
      },
    });
    resilience.on('hook.failed', (event) => events.push(event));
    expect(await resilience.execute('chat', ask)).toBe('gpt-5');
    expect(events).toMatchObject([{ hook: 'sticky' }]);
    await resilience.close();
  });
});

describe('the targets of one call', () => {
  it('replace those of the operation, and false leaves none', async () => {
    const { ask } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5'] } });
    expect(await resilience.execute('chat', ask, { targets: ['gemini'] })).toBe('gemini');
    expect(await resilience.execute('chat', ({ target }) => target, { targets: false })).toBeUndefined();
    await resilience.close();
  });

  it('are kept apart by the key of the call, and are all within one deadline', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } }, { deadlineMs: 1_000 });
    fail('gpt-5', () => failed(429, { 'retry-after': '60' }));
    await resilience.execute('chat', ask, { key: 'tenant-1' });
    const report = await resilience.inspect('chat', ask, { key: 'tenant-2' });
    expect(report).toMatchObject({
      key: 'tenant-2',
      attempts: [{ key: 'gpt-5/tenant-2' }, { key: 'claude/tenant-2' }],
    });
    const late = errorOf(resilience.execute('chat', never));
    await pass(1_000);
    expect(await late).toMatchObject({ code: 'HOLDFAST_DEADLINE_EXCEEDED' });
    await resilience.close();
  });

  it('are those of each attempt, also while other calls use the same key by another name', async () => {
    const resilience = withTargets({});
    const other = deferred();
    const seen: (string | undefined)[] = [];
    const first = resilience.inspect(
      'chat',
      async (call) => {
        seen.push(call.target?.name);
        await other.promise;
        seen.push(call.target?.name);
      },
      { targets: [{ name: 'a', key: 'shared' }] },
    );
    await resilience.execute('chat', () => 1, { targets: [{ name: 'b', key: 'shared' }] });
    expect(await resilience.execute('chat', ({ target }) => target, { key: 'shared' })).toBeUndefined();
    other.resolve();
    expect(await first).toMatchObject({ target: 'a', attempts: [{ target: 'a', key: 'shared' }] });
    expect(seen).toEqual(['a', 'a']);
    await resilience.close();
  });

  it('are those that the call ended with: not one that rejected it after the failure', async () => {
    const { ask, fail } = providers();
    const full = { name: 'claude', settings: { concurrency: { limit: 1, queue: 0 } } };
    const resilience = withTargets({ chat: { list: ['gpt-5', full] } });
    const controller = new AbortController();
    const busy = errorOf(resilience.execute('chat', never, { targets: [full], signal: controller.signal }));
    const error = failed(500);
    fail('gpt-5', () => error);
    const report = await resilience.inspect('chat', ask);
    expect(report).toMatchObject({
      error,
      target: 'gpt-5',
      stopReason: 'attempts_exhausted',
      attempts: [
        { target: 'gpt-5', outcome: 'failure' },
        { target: 'claude', outcome: 'rejected' },
      ],
    });
    expect(explain(error)?.target).toBe('gpt-5');
    expect(resilience.operation('chat').stats('gpt-5')).toMatchObject({ calls: 1 });
    controller.abort();
    await busy;
    await resilience.close();
  });

  it('keep no state for the key of a call itself, whose calls are those of its targets', async () => {
    const { ask } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5'] } });
    const aborted = AbortSignal.abort(new Error('left'));
    await resilience.execute('chat', ask, { key: 'tenant-1' });
    await errorOf(resilience.execute('chat', ask, { key: 'tenant-2', signal: aborted }));
    expect(resilience.health()).toMatchObject({ breakers: 1 });
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, successes: 1, failures: 1 });
    expect(resilience.snapshot().operations['chat']?.keys).toMatchObject([{ key: 'gpt-5/tenant-1' }]);
    await resilience.close();
  });

  it('count each call once, with the target that it ended at, and each attempt where it ran', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    fail('gpt-5', () => failed(500));
    await resilience.execute('chat', ask);
    const chat = resilience.operation('chat');
    expect(chat.stats('gpt-5')).toMatchObject({ calls: 0, attempts: 1 });
    expect(chat.stats('claude')).toMatchObject({ calls: 1, successes: 1, attempts: 1 });
    expect(chat.stats()).toMatchObject({ calls: 1, successes: 1, attempts: 2 });
    expect(resilience.snapshot().operations['chat']?.keys).toMatchObject([
      { key: 'gpt-5', target: 'gpt-5', inFlight: 0 },
      { key: 'claude', target: 'claude', inFlight: 0 },
    ]);
    await resilience.close();
  });

  it('follow a change of the settings', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    await resilience.execute('chat', ask);
    resilience.configure({ operations: { chat: { breaker: false } } });
    fail('gpt-5', () => failed(500));
    for (let call = 0; call < 30; call++) await resilience.execute('chat', ask);
    expect(resilience.health().openBreakers).toEqual([]);
    await resilience.close();
  });

  it('have the breaker that a change brings back before their next call, so that operators can move it', async () => {
    const { ask } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    resilience.configure({ operations: { chat: { breaker: false } } });
    await resilience.execute('chat', ask);
    resilience.configure({ operations: { chat: { breaker: { openMs: 20_000 } } } });
    resilience.breaker('chat', 'gpt-5').isolate();
    expect(resilience.breaker('chat', 'gpt-5')).toMatchObject({ state: 'open', settings: { openMs: 20_000 } });
    expect(await resilience.execute('chat', ask)).toBe('claude');
    await resilience.close();
  });

  it('have the settings in force, also for a call that began with older ones', async () => {
    const { ask, fail } = providers();
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } }, { breaker: false });
    const down = deferred();
    const early = resilience.execute('chat', async (call) => {
      if (call.target?.name === 'gpt-5') await down.promise;
      return ask(call);
    });
    resilience.configure({ operations: { chat: { breaker: { trip: { consecutiveFailures: 1 } } } } });
    fail('claude', () => failed(500));
    await resilience.inspect('chat', ask, { targets: ['claude'] });
    expect(resilience.health().openBreakers).toEqual(['chat/claude']);
    down.reject(failed(500));
    await errorOf(early);
    expect(resilience.health().openBreakers).toEqual(['chat/claude']);
    await resilience.close();
  });

  it('keep their state when a call takes so long that it is forgotten meanwhile', async () => {
    const { ask, fail } = providers();
    const unlimited = { deadlineMs: false, attemptTimeoutMs: false };
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'], order: 'weighted' } }, unlimited);
    const down = deferred();
    const long = resilience.inspect('chat', async (call) => {
      if (call.target?.name === 'gpt-5') await down.promise;
      return ask(call);
    });
    await pass(400_000);
    for (let call = 0; call < 8; call++) await resilience.execute('chat', ask, { targets: false, key: `${call}` });
    fail('claude', () => failed(429, { 'retry-after': '60' }));
    down.reject(failed(500));
    await long;
    expect(resilience.health().holds).toMatchObject([{ name: 'chat/claude' }]);
    expect(resilience.stats()).toMatchObject({ calls: 9, attempts: 10 });
    await resilience.close();
  });

  it('count only the calls of their own, also beside calls without targets that have the same key', async () => {
    const { ask } = providers();
    const resilience = withTargets({ chat: { list: [{ name: 'gpt-5', keys: ['one'] }] } });
    await resilience.execute('chat', ask);
    await resilience.execute('chat', ask, { targets: false, key: 'gpt-5/one' });
    expect(resilience.snapshot().operations['chat']?.keys).toMatchObject([{ inFlight: 0 }, { inFlight: 0 }]);
    await resilience.close();
  });

  it('are as busy as the attempts that are in progress there, not those that a call has made before', async () => {
    const resilience = withTargets(
      { chat: { list: ['gpt-5', 'claude'] } },
      { retry: { maxAttempts: 3, minDelayMs: 1, maxDelayMs: 1 } },
    );
    const controller = new AbortController();
    const work = ({ target }: Call) => (target?.name === 'gpt-5' ? Promise.reject(failed(500)) : never());
    const call = errorOf(resilience.execute('chat', work, { signal: controller.signal }));
    await pass(1_000);
    const inFlight = () => resilience.snapshot().operations['chat']?.keys.map((each) => [each.key, each.inFlight]);
    expect(inFlight()).toEqual([
      ['gpt-5', 0],
      ['claude', 1],
    ]);
    controller.abort();
    await call;
    expect(inFlight()).toEqual([
      ['gpt-5', 0],
      ['claude', 0],
    ]);
    await resilience.close();
  });

  it('share a state with those of another list that have the same key, with the settings of the last call', async () => {
    const { ask } = providers();
    const resilience = withTargets({});
    const listed = (limit: number) => [{ name: 'gpt-5', settings: { concurrency: { limit } } }];
    for (const limit of [3, 5]) await resilience.execute('chat', ask, { targets: listed(limit) });
    const keys = resilience.snapshot().operations['chat']?.keys;
    expect(keys).toMatchObject([{ key: 'gpt-5', stats: { attempts: 2 }, concurrency: { limit: 5 } }]);
    await resilience.close();
  });

  it('end at once when the caller aborts, without a move', async () => {
    const resilience = withTargets({ chat: { list: ['gpt-5', 'claude'] } });
    const work = vi.fn(never);
    const controller = new AbortController();
    const call = errorOf(resilience.execute('chat', work, { signal: controller.signal }));
    await pass(1);
    const reason = new Error('left');
    controller.abort(reason);
    expect(await call).toBe(reason);
    expect(work).toHaveBeenCalledTimes(1);
    await resilience.close();
  });
});

describe('orders', () => {
  const count = async (options: object, random: () => number, calls = 100) => {
    const { ask, requests } = providers();
    const resilience = createResilience({ random, targets: { chat: { list: [], ...options } } });
    for (let call = 0; call < calls; call++) await resilience.execute('chat', ask);
    await resilience.close();
    return (name: string) => requests.filter((each) => each === name).length;
  };
  const evenly = () => {
    let at = 0;
    return () => (at = (at + 0.618_034) % 1);
  };

  it('by weight share the calls in proportion', async () => {
    const list = [{ name: 'a', weight: 3 }, { name: 'b' }, { name: 'c', weight: 0 }];
    const shares = await count({ list, order: 'weighted' }, evenly());
    expect([shares('a'), shares('b'), shares('c')]).toEqual([expect.closeTo(75, -1), expect.closeTo(25, -1), 0]);
  });

  it('by load go to the target with the fewest attempts in progress', async () => {
    const resilience = createResilience({ targets: { chat: { list: ['a', 'b', 'c'], order: 'least_busy' } } });
    const names: string[] = [];
    const work = async ({ target }: Call) => {
      names.push(`${target?.name}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const calls = Array.from({ length: 6 }, () => resilience.execute('chat', work));
    await pass(100);
    await Promise.all(calls);
    expect(names.toSorted((one, other) => one.localeCompare(other))).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    await resilience.close();
  });

  it('by speed leave a target alone that has been tried often and never answers', async () => {
    const { ask, fail, requests } = providers();
    const resilience = withTargets({ chat: { list: ['wrong', 'right'], order: 'fastest' } });
    fail('wrong', () => failed(404));
    for (let call = 0; call < 100; call++) await resilience.execute('chat', ask);
    expect(requests.slice(-40)).toEqual(Array.from({ length: 40 }, () => 'right'));
    await resilience.close();
  });

  it('by speed try every target, and then share the calls among those that are almost as fast as the fastest', async () => {
    const takesMs: Readonly<Record<string, number>> = { slow: 500, fast: 100, almost: 110 };
    const resilience = createResilience({
      targets: { chat: { list: ['slow', 'fast', 'almost'], order: 'fastest' } },
    });
    const names: string[] = [];
    const work = async ({ target }: Call) => {
      names.push(`${target?.name}`);
      await new Promise((resolve) => setTimeout(resolve, takesMs[`${target?.name}`]));
    };
    const calls: Promise<unknown>[] = [];
    for (let call = 0; call < 300; call++) {
      calls.push(resilience.execute('chat', work));
      await pass(60);
    }
    await pass(1_000);
    await Promise.all(calls);
    const late = names.slice(200);
    expect(late).not.toContain('slow');
    expect(new Set(late)).toEqual(new Set(['fast', 'almost']));
    await resilience.close();
  });
});

/** Lets an array be recognised, and throws as soon as it is read. */
const THROWING: ProxyHandler<string[]> = {
  get: (list, field) => {
    if (field === 'length') return list.length;
    throw new Error('no');
  },
};

describe('the targets of an operation', () => {
  it('may be given by an alias of its name, and only once', async () => {
    const config = { operations: { chat: {}, old: { alias: 'chat' } } };
    const resilience = createResilience({ config, targets: { old: { list: ['gpt-5'] } } });
    for (const name of ['chat', 'old']) {
      expect(await resilience.execute(name, ({ target }) => target?.name)).toBe('gpt-5');
    }
    await resilience.close();
    const targets = { old: { list: ['gpt-5'] }, chat: { list: ['gpt-5'] } };
    expect(issuesIn(thrownBy(() => createResilience({ config, targets })))).toMatchObject([
      { path: 'options.targets.chat', message: expect.stringContaining("besides those of 'chat'") },
    ]);
  });

  it('must be those of a known one if others are refused', () => {
    const config = { operations: { chat: {} } };
    const targets = { chta: { list: ['gpt-5'] } };
    expect(issuesIn(thrownBy(() => createResilience({ config, unknownOperations: 'refuse', targets })))).toMatchObject([
      { path: 'options.targets.chta', suggestion: "Did you mean 'chat'?" },
    ]);
  });

  it('must have settings that fit those of the operation, also after a change', async () => {
    const { ask } = providers();
    const floor = { name: 'gpt-5', settings: { concurrency: { adaptive: { floor: 7 } } } };
    const targets = { chat: { list: [floor] } };
    const path = 'options.targets.chat.list[0].settings.concurrency.adaptive.floor';
    const resilience = withTargets(targets, { concurrency: { limit: 9 } });
    const change = { operations: { chat: { concurrency: { limit: 5 } } } };
    expect(issuesIn(thrownBy(() => resilience.configure(change)))).toMatchObject([{ path }]);
    expect(await resilience.execute('chat', ask)).toBe('gpt-5');
    await resilience.close();
    expect(issuesIn(thrownBy(() => withTargets(targets, { concurrency: { limit: 5 } })))).toMatchObject([{ path }]);
  });

  it('are part of health by their own quota and budget, whatever the operation says', async () => {
    const { ask, fail, heal } = providers();
    const retry = { maxAttempts: 3, minDelayMs: 1, maxDelayMs: 1, budget: { burst: 2, floorPerSecond: 0 } };
    const own = { name: 'gpt-5', settings: { quota: {}, retry } };
    const resilience = withTargets({ chat: { list: [own] } }, { quota: false, breaker: false });
    fail('gpt-5', () => failed(500));
    const down = resilience.inspect('chat', ask);
    await pass(100);
    await down;
    const tokens = () => resilience.snapshot().operations['chat']?.retryBudget?.tokens ?? 0;
    expect(tokens()).toBe(0);
    expect(resilience.health().spentBudgets).toEqual(['chat']);
    heal('gpt-5');
    for (let call = 0; call < 20; call++) await resilience.execute('chat', ask);
    expect(tokens()).toBeGreaterThan(1);
    fail('gpt-5', () => failed(429, { 'retry-after': '60' }));
    await resilience.inspect('chat', ask);
    expect(resilience.health().holds).toMatchObject([{ name: 'chat/gpt-5' }]);
    await resilience.close();
  });

  it('are read once, and so is how calls stay with them', async () => {
    let reads = 0;
    const sticky = {
      get by() {
        reads += 1;
        if (reads > 1) throw new Error('no');
        return () => 'c-1';
      },
    };
    const resilience = withTargets({});
    expect(await resilience.execute('chat', ({ target }) => target?.name, { targets: ['gpt-5'], sticky })).toBe(
      'gpt-5',
    );
    reads = 0;
    const other = withTargets({ chat: { list: ['gpt-5'], sticky } });
    expect(await other.execute('chat', ({ target }) => target?.name)).toBe('gpt-5');
    reads = 5;
    expect(issuesIn(await errorOf(resilience.execute('chat', () => 1, { targets: ['gpt-5'], sticky })))).toMatchObject([
      { path: 'options.sticky', message: expect.stringContaining('must be readable') },
    ]);
    await Promise.all([resilience.close(), other.close()]);
  });
});

describe('wrong targets are refused, naming the place:', () => {
  const refused = (targets: unknown) =>
    issuesIn(thrownBy(() => Reflect.apply(createResilience, undefined, [{ targets: { chat: targets } }])));

  it.each([
    { what: 'an empty list', list: [], path: 'options.targets.chat.list', message: 'at least one' },
    { what: 'no list', list: undefined, path: 'options.targets.chat.list', message: 'at least one' },
    { what: 'a number', list: ['a', 7], path: 'options.targets.chat.list[1]', message: 'must be a plain object' },
    { what: 'an empty name', list: [''], path: 'options.targets.chat.list[0].name', message: '1 to 256' },
    { what: 'no name', list: [{ weight: 1 }], path: 'options.targets.chat.list[0].name', message: 'must be given' },
    {
      what: 'a duplicate',
      list: ['a', { name: 'a' }],
      path: 'options.targets.chat.list[1].name',
      message: 'must differ',
    },
    {
      what: 'a duplicate key',
      list: [
        { name: 'a', key: 'x' },
        { name: 'b', key: 'x' },
      ],
      path: 'options.targets.chat.list[1].key',
      message: 'must differ',
    },
    {
      what: 'a negative weight',
      list: [{ name: 'a', weight: -1 }],
      path: 'options.targets.chat.list[0].weight',
      message: '0 to',
    },
    {
      what: 'NaN as weight',
      list: [{ name: 'a', weight: Number.NaN }],
      path: 'options.targets.chat.list[0].weight',
      message: '0 to',
    },
    {
      what: 'weights that sum to 0',
      list: [{ name: 'a', weight: 0 }],
      path: 'options.targets.chat.list',
      message: 'more than 0',
    },
    {
      what: 'an unknown kind',
      list: ['a', { name: 'b', on: ['down'] }],
      path: 'options.targets.chat.list[1].on',
      message: 'array of kinds',
    },
    {
      what: 'no target for the first attempt',
      list: [{ name: 'b', on: ['timeout'] }],
      path: 'options.targets.chat.list',
      message: 'without `on`',
    },
    {
      what: 'a deadline',
      list: [{ name: 'a', settings: { deadlineMs: 5_000 } }],
      path: 'options.targets.chat.list[0].settings.deadlineMs',
      message: 'is unknown',
    },
    {
      what: 'a key that another one has for a credential',
      list: [{ name: 'a', keys: ['k'] }, 'a/k'],
      path: 'options.targets.chat.list[1].key',
      message: 'must differ',
    },
    {
      what: 'a list that throws',
      list: new Proxy(['a'], {
        get: () => {
          throw new Error('no');
        },
      }),
      path: 'options.targets.chat.list',
      message: 'must be readable',
    },
    {
      what: 'keys that throw',
      list: [
        {
          name: 'a',
          keys: new Proxy(
            Array.from({ length: 200 }, (_, key) => `${key}`),
            THROWING,
          ),
        },
      ],
      path: 'options.targets.chat.list[0].keys',
      message: 'must be readable',
    },
    {
      what: 'the same key twice',
      list: [{ name: 'a', keys: ['k', 'k'] }],
      path: 'options.targets.chat.list[0].keys',
      message: 'different names',
    },
  ])('$what', ({ list, path, message }) => {
    expect(refused({ list })).toEqual([expect.objectContaining({ path, message: expect.stringContaining(message) })]);
  });

  it('each operation without a list, whatever is wrong with others', () => {
    const targets: unknown = { chat: { lst: [] }, embed: {} };
    const issues = issuesIn(thrownBy(() => Reflect.apply(createResilience, undefined, [{ targets }])));
    expect(issues.map(({ path }) => path)).toEqual(['options.targets.chat.lst', 'options.targets.embed.list']);
  });

  it('an unknown order, and whatever else is no option', () => {
    const issues = refused({ list: ['a'], order: 'random', whenNoneAvailable: 'retry', sticky: 'yes', weights: [] });
    expect(issues.map(({ path }) => path).toSorted((one, other) => one.localeCompare(other))).toEqual([
      'options.targets.chat.order',
      'options.targets.chat.sticky',
      'options.targets.chat.weights',
      'options.targets.chat.whenNoneAvailable',
    ]);
  });

  it('those of one call, which then is not started', async () => {
    const { execute } = untyped(createResilience());
    const work = vi.fn();
    const error = await errorOf(execute('chat', work, { targets: [{ name: 'a', weight: 'much' }] }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(issuesIn(error)).toMatchObject([{ path: 'options.targets[0].weight', received: 'the string "much"' }]);
    expect(work).not.toHaveBeenCalled();
  });
});
