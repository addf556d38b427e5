import { type RetryOptions, retry, retryBudget } from 'holdfast/retry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, never } from '../../support/calls.js';
import { down, failing, httpError } from '../../support/failures.js';
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
  it.each([
    { name: 'fetch page', what: 'its name' },
    { name: undefined, what: '`retry` when it has no name' },
  ])('gives the function $what as the operation and the id of the call, and an empty context', async ({ name }) => {
    const seen = await retry(({ operation, key, context, id }) => ({ operation, key, context, id }), { name });
    const known = name ?? 'retry';
    expect(seen).toEqual({ operation: known, key: undefined, context: {}, id: known });
  });
});

describe('the hook onRetry of retry()', () => {
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
