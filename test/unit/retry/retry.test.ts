import { getEventListeners } from 'node:events';
import {
  AttemptTimeoutError,
  type Call,
  DeadlineExceededError,
  type RetryNotice,
  type RetryOptions,
  retry,
  retryBudget,
} from 'holdfast/retry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, never } from '../../support/calls.js';
import { down, failing, httpError, networkError } from '../../support/failures.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

const PLAIN: RetryOptions = { maxAttempts: 5, minDelayMs: 1_000, maxDelayMs: 8_000, jitter: 'none' };

interface End {
  readonly value?: unknown;
  readonly error?: unknown;
}

/** Runs to the end, and returns when the function was called and what came of it. */
async function run(errors: readonly unknown[], options: RetryOptions = {}) {
  const beganAt = performance.now();
  const { calledAt, work } = failing(...errors);
  const ended = retry(work, { ...PLAIN, ...options }).then(
    (value): End => ({ value }),
    (error: unknown): End => ({ error }),
  );
  await pass(1_000_000);
  return { ...(await ended), times: calledAt.map((at) => at - beganAt) };
}

describe('retry()', () => {
  it('calls the function at once, and returns what the function returns', async () => {
    const work = vi.fn(() => 'fine');
    const ended = retry(work);
    expect(work).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(await ended).toBe('fine');
  });

  it('calls the function again after each wait until it succeeds', async () => {
    const error = httpError(500);
    expect(await run([error, error, error])).toEqual({ value: 'fine', times: [0, 1_000, 3_000, 7_000] });
  });

  it('rejects with the very error of the last attempt', async () => {
    const errors = [1, 2, 3].map((nth) => httpError(500, {}, `failure ${nth}`));
    const { error, times } = await run(errors, { maxAttempts: 3 });
    expect(error).toBe(errors[2]);
    expect(times).toHaveLength(3);
  });

  it('makes three attempts, 2 to 10 s apart, by default', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const beganAt = performance.now();
    const { work, calledAt } = down();
    const ended = errorOf(retry(work));
    await pass(60_000);
    await ended;
    expect(calledAt.map((at) => at - beganAt)).toEqual([0, 1_500, 4_500]);
    random.mockRestore();
  });

  it('goes by the kind of the failure and its settings', async () => {
    expect((await run([httpError(401)])).times).toEqual([0]);
    expect((await run([httpError(401)], { kinds: { auth: true } })).times).toEqual([0, 1_000]);
    expect((await run([httpError(500)], { kinds: { server_error: false } })).times).toEqual([0]);
    expect((await run([networkError('ECONNRESET')], { kinds: { network: { minDelayMs: 5 } } })).times).toEqual([0, 5]);
  });

  it('classifies by the rules of the user first', async () => {
    const classify = [{ when: { message: 'busy' }, means: 'overloaded' }] as const;
    expect((await run([new Error('busy')], { classify })).times).toEqual([0, 2_000]);
    expect((await run([new Error('busy')])).times).toEqual([0]);
  });

  it('never undercuts what the provider asked for', async () => {
    const error = httpError(429, { 'retry-after': '90' });
    expect((await run([error], { maxElapsedMs: false })).times).toEqual([0, 90_000]);
    const { times } = await run([error], { maxElapsedMs: false, jitter: 'equal', random: () => 0 });
    expect(times).toEqual([0, 90_000]);
    expect((await run([error])).times).toEqual([0]);
  });

  it('starts no retry after maxElapsedMs', async () => {
    expect(
      (
        await run(
          [1, 2, 3].map(() => httpError(500)),
          { maxElapsedMs: 3_000 },
        )
      ).times,
    ).toEqual([0, 1_000, 3_000]);
    expect(
      (
        await run(
          [1, 2, 3].map(() => httpError(500)),
          { maxElapsedMs: 2_999 },
        )
      ).times,
    ).toEqual([0, 1_000]);
  });

  it('does not repeat a call that is not idempotent, unless the provider did nothing', async () => {
    expect((await run([httpError(500)], { idempotent: false })).times).toEqual([0]);
    expect((await run([networkError('ECONNRESET')], { idempotent: false })).times).toEqual([0]);
    expect((await run([networkError('ECONNREFUSED')], { idempotent: false })).times).toEqual([0, 1_000]);
    expect((await run([httpError(429, { 'retry-after': '2' })], { idempotent: false })).times).toEqual([0, 2_000]);
  });

  it('never repeats a call that cannot be replayed', async () => {
    expect((await run([networkError('ECONNREFUSED')], { replayable: false })).times).toEqual([0]);
  });

  it('gives the function the number of the attempt, the name, and the time that is left', async () => {
    const seen: unknown[] = [];
    const ended = retry(
      (call: Call) => {
        const { attempt, operation, key, context, id } = call;
        seen.push({ attempt, operation, key, context, id, remainingMs: call.remainingMs() });
        if (attempt < 2) throw httpError(500);
      },
      { ...PLAIN, name: 'fetch page', deadlineMs: 5_000 },
    );
    await pass(1_000);
    await ended;
    const whole = { operation: 'fetch page', key: undefined, context: {}, id: 'fetch page' };
    expect(seen).toEqual([
      { ...whole, attempt: 1, remainingMs: 5_000 },
      { ...whole, attempt: 2, remainingMs: 4_000 },
    ]);
  });

  it('makes no further attempt once the function has called noRetry()', async () => {
    const error = httpError(500);
    const work = vi.fn((call: Call) => {
      if (call.attempt === 2) call.noRetry();
      throw error;
    });
    const ended = errorOf(retry(work, PLAIN));
    await pass(600_000);
    expect(await ended).toBe(error);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('survives a source of randomness that throws or returns nonsense', async () => {
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

describe('the deadline of retry()', () => {
  it('ends a function that ignores its signal, on time', async () => {
    let signal: AbortSignal | undefined;
    const ended = errorOf(
      retry(
        (call) => {
          signal = call.signal;
          return never();
        },
        { ...PLAIN, name: 'page', deadlineMs: 2_000 },
      ),
    );
    await pass(1_999);
    expect(signal?.aborted).toBe(false);
    await pass(1);
    expect(await ended).toBeInstanceOf(DeadlineExceededError);
    expect(await ended).toMatchObject({ message: "the call of 'page' took longer than its deadline of 2000 ms" });
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError', cause: await ended });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends the second attempt as well', async () => {
    const ended = errorOf(
      retry(
        ({ attempt }) => {
          if (attempt === 1) throw httpError(500);
          return never();
        },
        { ...PLAIN, deadlineMs: 2_000 },
      ),
    );
    await pass(2_000);
    expect(await ended).toBeInstanceOf(DeadlineExceededError);
  });

  it('prevents a wait that would end after it', async () => {
    const error = httpError(500);
    const { work, calledAt } = down(error);
    const ended = errorOf(retry(work, { ...PLAIN, deadlineMs: 3_000 }));
    await pass(1_000);
    expect(await ended).toBe(error);
    expect(calledAt).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the attempt timeout of retry()', () => {
  it('ends each attempt by itself, and drops its late result', async () => {
    const late = deferred<string>();
    const seen: AbortSignal[] = [];
    const ended = retry(
      ({ attempt, signal }) => {
        seen.push(signal);
        return attempt === 1 ? late.promise : new Promise<string>((resolve) => setTimeout(resolve, 400, 'second'));
      },
      { ...PLAIN, attemptTimeoutMs: 500 },
    );
    await pass(1_600);
    late.resolve('first, too late');
    await pass(300);
    expect(await ended).toBe('second');
    expect(seen.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('is the error of the call when it ended the last attempt', async () => {
    const ended = errorOf(retry(never, { ...PLAIN, maxAttempts: 2, attemptTimeoutMs: 500 }));
    await pass(2_000);
    expect(await ended).toBeInstanceOf(AttemptTimeoutError);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the signal of retry()', () => {
  it('that has aborted before prevents every call of the function', async () => {
    const work = vi.fn();
    const reason = new Error('no');
    expect(await errorOf(retry(work, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });

  it.each([
    { when: 'during the first attempt', work: never, afterMs: 500 },
    { when: 'during a wait', work: () => Promise.reject(httpError(500)), afterMs: 500 },
    { when: 'during a later attempt', work: failsFirst, afterMs: 1_500 },
  ])(
    'that aborts $when ends the call with its reason, and no call, timer or listener follows',
    async ({ work, afterMs }) => {
      const controller = new AbortController();
      const reason = { whatever: 'it is' };
      const spy = vi.fn(work);
      const ended = errorOf(retry(spy, { ...PLAIN, deadlineMs: 60_000, signal: controller.signal }));
      await pass(afterMs);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
      const calls = spy.mock.calls.length;
      controller.abort(reason);
      expect(await ended).toBe(reason);
      expect(vi.getTimerCount()).toBe(0);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
      await pass(600_000);
      expect(spy).toHaveBeenCalledTimes(calls);
    },
  );

  it('has no listener left after a success or a failure', async () => {
    const { signal } = new AbortController();
    const ended = [retry(failing().work, { signal }), errorOf(retry(down(httpError(400)).work, { signal }))];
    await Promise.all(ended);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('that many calls share has one listener', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const ends = Array.from({ length: 50 }, () => errorOf(retry(down().work, { ...PLAIN, signal })));
    await pass(500);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort('enough');
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['enough']));
  });
});

function failsFirst({ attempt }: Call): Promise<never> {
  return attempt === 1 ? Promise.reject(httpError(500)) : never();
}

describe('the hook onRetry of retry()', () => {
  it('is called for each retry before its wait, and for nothing else', async () => {
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

  it('may abort the call', async () => {
    const controller = new AbortController();
    const onRetry = () => controller.abort('enough');
    expect(await run([httpError(500)], { onRetry, signal: controller.signal })).toEqual({
      error: 'enough',
      times: [0],
    });
  });

  describe('that fails', () => {
    const warnings: unknown[][] = [];

    beforeEach(() => {
      warnings.length = 0;
      vi.spyOn(process, 'emitWarning').mockImplementation((...warning: unknown[]) => {
        warnings.push(warning);
      });
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    const hostile = Object.create(null, {
      message: {
        get() {
          throw new Error('of the getter');
        },
      },
    });

    it.each([
      {
        how: 'by a throw',
        onRetry: throwing(new Error('of the hook')),
        says: 'onRetry of retry() has thrown: Error: of the hook',
      },
      {
        how: 'by a rejection',
        onRetry: rejecting,
        says: 'onRetry of retry() has thrown: Error: of the hook',
      },
      { how: 'by a symbol', onRetry: throwing(Symbol('odd')), says: 'onRetry of retry() has thrown: Symbol(odd)' },
      { how: 'by undefined', onRetry: throwing(undefined), says: 'onRetry of retry() has thrown: undefined' },
      {
        how: 'by what no text can be made of',
        onRetry: throwing(hostile),
        says: expect.stringContaining('onRetry of retry() has thrown'),
      },
    ])('$how is reported by a process warning, and changes no call', async ({ onRetry, says }) => {
      expect(await run([httpError(500)], { onRetry })).toEqual({ value: 'fine', times: [0, 1_000] });
      expect(warnings).toEqual([[says, { code: 'HOLDFAST_HOOK_FAILED' }]]);
    });

    it('is reported in the same way as a rule that fails', async () => {
      const classify = [{ name: 'broken', when: throwing(new Error('of the rule')), means: 'auth' }] as const;
      expect(await run([httpError(500)], { classify })).toEqual({ value: 'fine', times: [0, 1_000] });
      expect(warnings).toEqual([
        ["rule 'broken' of retry() has thrown: Error: of the rule", { code: 'HOLDFAST_HOOK_FAILED' }],
      ]);
    });
  });
});

/** An async function, which the types of onRetry cannot keep out. */
function rejecting(): unknown {
  return Promise.reject(new Error('of the hook'));
}

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

describe('a budget of retry()', () => {
  it('bounds the retries of all calls that share it', async () => {
    const budget = retryBudget({ ratio: 0.5, floorPerSecond: 0.001, burst: 2 });
    const spent = await Promise.all([1, 2, 3, 4].map(() => run([httpError(500)], { budget })));
    expect(spent.map(({ times }) => times.length)).toEqual([2, 2, 1, 1]);
  });

  it('shows its balance, and only calls can take from it', () => {
    expect(retryBudget()).not.toHaveProperty('take');
    expect(retryBudget({ burst: 3 }).snapshot()).toEqual({ tokens: 3, burst: 3 });
  });

  it('is refilled by successes', async () => {
    const budget = retryBudget({ ratio: 0.5, floorPerSecond: 0, burst: 1 });
    const once = { ...PLAIN, budget, maxAttempts: 2 };
    const first = errorOf(retry(down().work, once));
    await pass(1_000);
    await first;
    expect(budget.snapshot().tokens).toBe(0);
    await retry(failing().work, once);
    expect(budget.snapshot().tokens).toBe(0.5);
    await retry(failing().work, once);
    await retry(failing().work, once);
    expect(budget.snapshot().tokens).toBe(1);
  });

  it('is refilled once by a call that succeeds, however many attempts the call makes', async () => {
    const budget = retryBudget({ ratio: 0.25, floorPerSecond: 0, burst: 4 });
    const ended = retry(failing(httpError(500), httpError(500)).work, { ...PLAIN, budget });
    await pass(1_000);
    expect(budget.snapshot().tokens).toBe(2);
    await pass(2_000);
    expect(await ended).toBe('fine');
    expect(budget.snapshot().tokens).toBe(2.25);
    await pass(60_000);
    expect(budget.snapshot().tokens).toBe(2.25);
  });

  it('is not refilled by a call that fails, is cancelled or never calls its function', async () => {
    const budget = retryBudget({ ratio: 1, floorPerSecond: 0, burst: 4 });
    const spending = errorOf(retry(down().work, { ...PLAIN, budget, maxAttempts: 2 }));
    await pass(1_000);
    await spending;
    const controller = new AbortController();
    const ends = [
      errorOf(retry(down(httpError(400)).work, { ...PLAIN, budget })),
      errorOf(retry(never, { ...PLAIN, budget, signal: controller.signal })),
      errorOf(retry(never, { ...PLAIN, budget, signal: AbortSignal.abort() })),
      errorOf(retry(never, { ...PLAIN, budget, deadlineMs: 50 })),
    ];
    controller.abort();
    await pass(50);
    await Promise.all(ends);
    expect(budget.snapshot().tokens).toBe(3);
  });

  it('leaves the error of the function as it is when it is spent, and is not charged without a retry', async () => {
    const budget = retryBudget({ floorPerSecond: 0, ratio: 1, burst: 1 });
    await errorOf(retry(down(httpError(400)).work, { ...PLAIN, budget }));
    expect(budget.snapshot().tokens).toBe(1);
    const errors = [httpError(500), httpError(500)];
    const { error, times } = await run(errors, { budget });
    expect(error).toBe(errors[1]);
    expect(times).toHaveLength(2);
  });
});
