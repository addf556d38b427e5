import { getEventListeners } from 'node:events';
import { AttemptTimeoutError, type Call, classify, DeadlineExceededError } from 'holdfast';
import type { RetryNotice } from 'holdfast/retry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drain, stopTime } from '../property/fake-time.js';
import { deferred, errorOf, never } from '../support/calls.js';
import { down, failing, httpError, networkError } from '../support/failures.js';
import { type DoorCall, type DoorOptions, FAILURES_BY_KIND, RETRY_DOORS } from '../support/retry-doors.js';
import { pass } from '../support/time.js';

/*
 * What holds for a call that is retried, whether it goes through an operation or through `retry()`. What only one of them
 * has (reports, events and counters here, budgets and hooks there) is tested where it belongs.
 */

// `setImmediate` stays real: one turn of the event loop is a measure here.
beforeEach(stopTime);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Waits 1, 2, 4 and then 8 seconds, and nothing by chance. */
const PLAIN: DoorOptions = { maxAttempts: 5, minDelayMs: 1_000, maxDelayMs: 8_000, jitter: 'none' };

/** The longest wait that a timer can hold, in whole seconds. */
const LONGEST_S = Math.floor((2 ** 31 - 1) / 1_000);

interface End {
  readonly value?: unknown;
  readonly error?: unknown;
}

describe.each(RETRY_DOORS)('$door', ({ open }) => {
  /** Runs a call to its end, and returns what came of it, and at which times from its beginning the function was called. */
  async function run(errors: readonly unknown[], options: DoorOptions = {}, own: DoorCall = {}) {
    const { calledAt, work } = failing(...errors);
    const beganAt = performance.now();
    const ended = open({ ...PLAIN, ...options })(work, own).then(
      (value): End => ({ value }),
      (error: unknown): End => ({ error }),
    );
    await pass(1_000_000);
    return { ...(await ended), times: calledAt.map((at) => at - beganAt) };
  }

  async function timesOf(error: unknown, options: DoorOptions = {}, own: DoorCall = {}): Promise<number[]> {
    return (await run(new Array<unknown>(9).fill(error), options, own)).times;
  }

  it('calls the function at once, and starts no timer when it succeeds', async () => {
    const work = vi.fn(() => 'fine');
    const ended = open(PLAIN)(work);
    expect(work).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(await ended).toBe('fine');
  });

  it('calls the function again after each wait until it succeeds, and resolves with what it returns', async () => {
    const error = httpError(500);
    expect(await run([])).toEqual({ value: 'fine', times: [0] });
    expect(await run([error])).toEqual({ value: 'fine', times: [0, 1_000] });
    expect(await run([error, networkError('ECONNRESET'), error])).toEqual({
      value: 'fine',
      times: [0, 1_000, 3_000, 7_000],
    });
  });

  it('rejects with the very error of the last attempt when none is left', async () => {
    const errors = [1, 2, 3, 4, 5, 6].map((nth) => httpError(500, {}, `failure ${nth}`));
    const { error, times } = await run(errors);
    expect(error).toBe(errors[4]);
    expect(times).toHaveLength(5);
  });

  it('makes three attempts, 2 to 10 s apart, by default', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const beganAt = performance.now();
    const { work, calledAt } = down();
    const ended = errorOf(open()(work));
    await pass(60_000);
    await ended;
    // Equal jitter: three quarters of 2 and of 4 seconds.
    expect(calledAt.map((at) => at - beganAt)).toEqual([0, 1_500, 4_500]);
  });

  it('makes one attempt when maxAttempts is 1', async () => {
    expect(await timesOf(httpError(500), { maxAttempts: 1 })).toEqual([0]);
  });

  it('retries a function that throws at once like one that rejects', async () => {
    const error = httpError(500);
    const work = vi.fn(() => {
      throw error;
    });
    const ended = errorOf(open({ ...PLAIN, maxAttempts: 2 })(work));
    await pass(1_000);
    expect(await ended).toBe(error);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('gives each attempt its number, a fresh signal, the time that is left, and what is the same for all', async () => {
    const seen: { readonly call: Call; readonly attempt: number; readonly remainingMs: number }[] = [];
    const signals = new Set<AbortSignal>();
    const ended = open({ ...PLAIN, name: 'fetch page', deadlineMs: 10_000 })((call) => {
      seen.push({ call, attempt: call.attempt, remainingMs: call.remainingMs() });
      signals.add(call.signal);
      if (call.attempt < 3) throw httpError(500);
      return 'fine';
    });
    await pass(3_000);
    expect(await ended).toBe('fine');
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(seen.map(({ remainingMs }) => remainingMs)).toEqual([10_000, 9_000, 7_000]);
    expect([...signals].map(({ aborted }) => aborted)).toEqual([false, false, false]);
    for (const read of ['id', 'context'] as const) expect(new Set(seen.map(({ call }) => call[read])).size).toBe(1);
    expect(seen[0]?.call).toMatchObject({ operation: 'fetch page', key: undefined });
    // A call that is kept from an earlier attempt stays as it was.
    expect(seen.map(({ call }) => call.attempt)).toEqual([1, 2, 3]);
  });

  it('waits as long as a timer can, when the provider asks for it', async () => {
    const { work, calledAt } = failing(httpError(503, { 'retry-after': `${LONGEST_S}` }));
    const ended = open({ ...PLAIN, maxElapsedMs: false })(work);
    await pass(LONGEST_S * 1_000 - 1);
    expect(calledAt).toHaveLength(1);
    await pass(1);
    expect(calledAt).toHaveLength(2);
    expect(await ended).toBe('fine');
  });

  it('rejects at once with the error of the function when a wait would be longer than a timer can be', async () => {
    const error = httpError(503, { 'retry-after': `${LONGEST_S + 1}` });
    const { work, calledAt } = down(error);
    expect(await errorOf(open({ ...PLAIN, maxElapsedMs: false })(work))).toBe(error);
    expect(calledAt).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  describe('given a failure', () => {
    it.each(FAILURES_BY_KIND)('of the kind $kind makes $times attempts by default', async ({ error, kind, times }) => {
      expect(classify(error).kind).toBe(kind);
      expect(await timesOf(error, { maxElapsedMs: false })).toHaveLength(times);
    });

    it.each(FAILURES_BY_KIND)(
      'of the kind $kind makes one attempt where its settings are false',
      async ({ error, kind }) => {
        expect(await timesOf(error, { kinds: { [kind]: false } })).toEqual([0]);
      },
    );

    it.each(FAILURES_BY_KIND)('of the kind $kind retries where its settings say how', async ({ error, kind }) => {
      const kinds = { [kind]: { maxAttempts: 3, strategy: 'fixed', minDelayMs: 30 } } as const;
      expect(await timesOf(error, { kinds })).toEqual([0, 30, 60]);
    });

    it('of the kind auth retries as other kinds where its settings are true', async () => {
      expect((await run([httpError(401)], { kinds: { auth: true } })).times).toEqual([0, 1_000]);
    });

    it('of another kind in each attempt goes by the settings of each', async () => {
      const kinds = { network: { maxAttempts: 9, minDelayMs: 10 }, server_error: { maxAttempts: 3 } };
      const errors = [networkError('ECONNRESET'), networkError('ECONNRESET'), httpError(500), httpError(500)];
      const { error, times } = await run(errors, { kinds });
      expect(error).toBe(errors[2]);
      expect(times).toHaveLength(3);
    });

    it('classifies it by the rules of the user first', async () => {
      const rules: DoorOptions['classify'] = [
        { when: { message: 'busy' }, means: 'overloaded' },
        { when: { status: 500 }, means: { kind: 'server_error', retry: 'never' } },
      ];
      expect((await run([new Error('busy')], { classify: rules })).times).toEqual([0, 2_000]);
      expect((await run([new Error('busy')])).times).toEqual([0]);
      expect((await run([httpError(500)], { classify: rules })).times).toEqual([0]);
    });

    it('never waits less than the provider asked for', async () => {
      const error = httpError(429, { 'retry-after': '90' });
      expect((await run([error], { maxElapsedMs: false })).times).toEqual([0, 90_000]);
      const { times } = await run([error], { maxElapsedMs: false, jitter: 'equal', random: () => 0 });
      expect(times).toEqual([0, 90_000]);
      expect((await run([error])).times).toEqual([0]);
    });

    it('waits half of the jitter when the source of randomness throws or returns nonsense', async () => {
      // The failure of the hook is a warning of the process at one door, and an event at the other.
      vi.spyOn(process, 'emitWarning').mockReturnValue();
      const nonsense = [
        () => Number.NaN,
        () => 7,
        () => -1,
        () => {
          throw new Error('of random');
        },
      ];
      for (const random of nonsense) {
        expect((await run([httpError(500)], { jitter: 'full', random })).times).toEqual([0, 500]);
      }
    });
  });

  describe('given maxElapsedMs', () => {
    it('starts no retry after it, and rejects with the error of the function', async () => {
      const error = httpError(500);
      const { times, error: last } = await run([error, error, error], { maxElapsedMs: 3_000 });
      expect(times).toEqual([0, 1_000, 3_000]);
      expect(last).toBe(error);
      expect(await timesOf(error, { maxElapsedMs: 2_999 })).toEqual([0, 1_000]);
    });

    it('interrupts no attempt that has begun in time', async () => {
      const ended = open({ ...PLAIN, maxElapsedMs: 1_000 })(async ({ attempt }) => {
        if (attempt === 1) throw httpError(500);
        await pass(20_000);
        return 'fine';
      });
      await pass(30_000);
      expect(await ended).toBe('fine');
    });

    it.each([
      { maxDelayMs: 1_000, lastMs: 30_000 },
      { maxDelayMs: 20_000, lastMs: 60_000 },
    ])(
      'by default starts no retry after 30 s, or three of the longest waits: $maxDelayMs ms',
      async ({ maxDelayMs, lastMs }) => {
        const { work, calledAt } = down();
        const beganAt = performance.now();
        const often = { maxAttempts: 1_000, strategy: 'fixed', minDelayMs: 1_000, jitter: 'none' } as const;
        const ended = errorOf(open({ ...often, maxDelayMs })(work));
        await pass(1_000_000);
        await ended;
        expect(calledAt).toHaveLength(lastMs / 1_000 + 1);
        expect((calledAt.at(-1) ?? 0) - beganAt).toBe(lastMs);
      },
    );
  });

  describe('given a call', () => {
    it('that is not idempotent repeats it only when the provider did nothing', async () => {
      const own = { idempotent: false };
      expect((await run([httpError(500)], {}, own)).times).toEqual([0]);
      expect((await run([networkError('ECONNRESET')], {}, own)).times).toEqual([0]);
      expect((await run([networkError('ECONNREFUSED')], {}, own)).times).toEqual([0, 1_000]);
      expect((await run([httpError(429, { 'retry-after': '2' })], {}, own)).times).toEqual([0, 2_000]);
    });

    it('that cannot be replayed never repeats it', async () => {
      expect((await run([networkError('ECONNREFUSED')], {}, { replayable: false })).times).toEqual([0]);
    });

    it.each([1, 2])('whose attempt %i calls noRetry() makes no further one', async (last) => {
      const error = httpError(500);
      const work = vi.fn((call: Call) => {
        if (call.attempt === last) call.noRetry();
        throw error;
      });
      const ended = errorOf(open(PLAIN)(work));
      await pass(600_000);
      expect(await ended).toBe(error);
      expect(work).toHaveBeenCalledTimes(last);
    });

    it('that calls noRetry() makes no further attempt although the settings retry the kind', async () => {
      const work = vi.fn((call: Call) => {
        call.noRetry();
        throw new Error('unheard of');
      });
      await errorOf(open({ ...PLAIN, kinds: { unknown: true } })(work));
      expect(work).toHaveBeenCalledTimes(1);
    });
  });

  describe('given a deadline', () => {
    it('ends a function that ignores its signal, on time', async () => {
      let signal: AbortSignal | undefined;
      const ended = errorOf(
        open({ ...PLAIN, name: 'page', deadlineMs: 2_000 })((call) => {
          signal = call.signal;
          return never();
        }),
      );
      await pass(1_999);
      expect(signal?.aborted).toBe(false);
      await pass(1);
      expect(await ended).toBeInstanceOf(DeadlineExceededError);
      expect(await ended).toMatchObject({ message: "the call of 'page' took longer than its deadline of 2000 ms" });
      expect(signal?.reason).toMatchObject({ name: 'TimeoutError', cause: await ended });
      expect(vi.getTimerCount()).toBe(0);
    });

    it('ends the second attempt as well, and aborts that one only', async () => {
      const signals: AbortSignal[] = [];
      const ended = errorOf(
        open({ ...PLAIN, deadlineMs: 2_000 })(({ attempt, signal }) => {
          signals.push(signal);
          if (attempt === 1) throw httpError(500);
          return never();
        }),
      );
      await pass(2_000);
      expect(await ended).toBeInstanceOf(DeadlineExceededError);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('begins no wait that would end after it, and rejects with the error of the function', async () => {
      const error = httpError(500);
      const { work, calledAt } = down(error);
      const ended = errorOf(open({ ...PLAIN, deadlineMs: 3_000 })(work));
      await pass(1_000);
      expect(await ended).toBe(error);
      expect(calledAt).toHaveLength(2);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('counts the time of the attempts', async () => {
      const work = vi.fn(async () => {
        await pass(1_500);
        throw httpError(500);
      });
      // 1.5 s, a wait of 1 s, and 0.5 s are left for the second attempt.
      const ended = errorOf(open({ ...PLAIN, deadlineMs: 3_000 })(work));
      await pass(10_000);
      expect(await ended).toBeInstanceOf(DeadlineExceededError);
      expect(work).toHaveBeenCalledTimes(2);
    });
  });

  describe('given an attempt timeout', () => {
    it('ends each attempt by itself, and drops its late result', async () => {
      const late = deferred<string>();
      const signals: AbortSignal[] = [];
      const ended = open({ ...PLAIN, attemptTimeoutMs: 500 })(({ attempt, signal }) => {
        signals.push(signal);
        return attempt === 1 ? late.promise : new Promise<string>((resolve) => setTimeout(resolve, 400, 'second'));
      });
      await pass(1_600);
      late.resolve('first, too late');
      await pass(300);
      expect(await ended).toBe('second');
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
      expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
    });

    it('drops a late failure that comes during the wait', async () => {
      const late = deferred<string>();
      const ended = open({ ...PLAIN, attemptTimeoutMs: 500 })(({ attempt }) =>
        attempt === 1 ? late.promise : 'second',
      );
      await pass(1_000);
      late.reject(httpError(401));
      await pass(500);
      expect(await ended).toBe('second');
    });

    it('rejects with it when it ended the last attempt', async () => {
      const ended = errorOf(open({ ...PLAIN, maxAttempts: 2, attemptTimeoutMs: 500 })(never));
      await pass(2_000);
      expect(await ended).toBeInstanceOf(AttemptTimeoutError);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('makes no further attempt of a call that is not idempotent', async () => {
      const work = vi.fn(never);
      const ended = errorOf(open({ ...PLAIN, attemptTimeoutMs: 500 })(work, { idempotent: false }));
      await pass(500);
      expect(await ended).toBeInstanceOf(AttemptTimeoutError);
      expect(work).toHaveBeenCalledTimes(1);
    });
  });

  describe('given a signal', () => {
    it('that has aborted before never calls the function', async () => {
      const work = vi.fn();
      const reason = new Error('no');
      expect(await errorOf(open(PLAIN)(work, { signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(work).not.toHaveBeenCalled();
    });

    it.each([
      { when: 'during the first attempt', work: never, afterMs: 500, aborted: [true] },
      { when: 'during a wait', work: () => Promise.reject(httpError(500)), afterMs: 400, aborted: [false] },
      { when: 'during a later attempt', work: failsFirst, afterMs: 1_500, aborted: [false, true] },
    ])(
      'that aborts $when ends within one turn of the event loop with its reason, and no call, timer or listener follows',
      async ({ work, afterMs, aborted }) => {
        const controller = new AbortController();
        const reason = { whatever: 'it is' };
        const signals: AbortSignal[] = [];
        let end: unknown;
        open({ ...PLAIN, deadlineMs: 60_000 })(
          (call) => {
            signals.push(call.signal);
            return work(call);
          },
          { signal: controller.signal },
        ).catch((error: unknown) => {
          end = error;
        });
        await pass(afterMs);
        expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
        expect(vi.getTimerCount()).toBe(1);
        controller.abort(reason);
        await drain();
        expect(end).toBe(reason);
        expect(vi.getTimerCount()).toBe(0);
        expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
        await pass(600_000);
        expect(signals.map((each) => each.aborted)).toEqual(aborted);
      },
    );

    it('that aborts before the wait begins ends with its reason', async () => {
      const controller = new AbortController();
      const onRetry = () => controller.abort('enough');
      const own = { signal: controller.signal };
      expect(await run([httpError(500)], { onRetry }, own)).toEqual({ error: 'enough', times: [0] });
      expect(vi.getTimerCount()).toBe(0);
    });

    it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
      'that aborts %i ticks after the failure ends with its reason, and no call, timer or listener follows',
      async (ticks) => {
        const controller = new AbortController();
        const { work, calledAt } = failing(httpError(500));
        const ended = errorOf(open(PLAIN)(work, { signal: controller.signal }));
        for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
        controller.abort('enough');
        expect(await ended).toBe('enough');
        await pass(60_000);
        expect(calledAt).toHaveLength(1);
        expect(vi.getTimerCount()).toBe(0);
        expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
      },
    );

    it.each([0, 1, 2, 3, 4])(
      'that aborts %i ticks after the timer of a wait ends with its reason, and leaves no timer',
      async (ticks) => {
        const controller = new AbortController();
        const ended = errorOf(open(PLAIN)(failing(httpError(500), httpError(500)).work, { signal: controller.signal }));
        await drain();
        vi.advanceTimersByTime(1_000);
        for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
        controller.abort('enough');
        expect(await ended).toBe('enough');
        expect(vi.getTimerCount()).toBe(0);
      },
    );

    it('leaves no listener after a success or a failure', async () => {
      const { signal } = new AbortController();
      const retrying = open(PLAIN);
      await Promise.all([
        retrying(failing().work, { signal }),
        errorOf(retrying(down(httpError(400)).work, { signal })),
      ]);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });

    it('that a hundred waiting calls share adds one listener, and its abort ends them all', async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const retrying = open(PLAIN);
      const ends = Array.from({ length: 100 }, () => errorOf(retrying(down().work, { signal })));
      await pass(500);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      expect(vi.getTimerCount()).toBe(100);
      controller.abort('enough');
      expect(new Set(await Promise.all(ends))).toEqual(new Set(['enough']));
      expect(vi.getTimerCount()).toBe(0);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('given a hook for retries', () => {
    it('calls it for each retry before its wait, and for nothing else', async () => {
      const notices: RetryNotice[] = [];
      const errors = [httpError(500), httpError(429, { 'retry-after': '3' }), httpError(500)];
      const { value } = await run(errors, { onRetry: (notice) => notices.push(notice) });
      expect(value).toBe('fine');
      expect(notices).toMatchObject([
        { attempt: 1, delayMs: 1_000, waitFor: 'backoff', failure: { kind: 'server_error' } },
        { attempt: 2, delayMs: 3_000, waitFor: 'hint', failure: { kind: 'rate_limited', retryAfterMs: 3_000 } },
        { attempt: 3, delayMs: 4_000, waitFor: 'backoff', failure: { kind: 'server_error' } },
      ]);
      expect(notices.map(({ error }) => error)).toEqual(errors);
    });
  });
});

function failsFirst({ attempt }: Call): Promise<never> {
  return attempt === 1 ? Promise.reject(httpError(500)) : never();
}
