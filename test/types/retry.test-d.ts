import { type Call, type ClassifyRule, classify, type Failure, type FailureKind, toHttpStatus } from 'holdfast';
import { type BudgetSnapshot, type RetryBudget, type RetryOptions, retry, retryBudget } from 'holdfast/retry';
import { describe, expectTypeOf, it } from 'vitest';

describe('retry(), by its types,', () => {
  it('returns what the function returns, as a promise', () => {
    expectTypeOf(retry(() => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(retry(async () => 'text')).toEqualTypeOf<Promise<string>>();
    const sometimes = (): string | Promise<string> => 'text';
    expectTypeOf(retry(sometimes)).toEqualTypeOf<Promise<string>>();
    const narrow: Promise<'yes' | 'no'> = retry(() => 'yes');
    expectTypeOf(narrow).resolves.toEqualTypeOf<'yes' | 'no'>();
  });

  it('passes the call to the function', () => {
    void retry((call) => {
      expectTypeOf(call).toExtend<Call>();
      expectTypeOf(call.attempt).toEqualTypeOf<number>();
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>();
    });
  });

  it('accepts functions and options that fit, and nothing else', () => {
    // @ts-expect-error there must be something to call
    void retry();
    // @ts-expect-error which is a function, not its result
    void retry(Promise.resolve(1));
    // @ts-expect-error mistyped
    void retry(() => 1, { maxAttempt: 5 });
    // @ts-expect-error as p-retry calls it
    void retry(() => 1, { retries: 5 });
    // @ts-expect-error a number
    void retry(() => 1, { maxAttempts: '5' });
    // @ts-expect-error the signal, not its controller
    void retry(() => 1, { signal: new AbortController() });
    // @ts-expect-error settings of a budget make a budget only by retryBudget()
    void retry(() => 1, { budget: { ratio: 0.2 } });
  });

  it('passes what the retry is about to onRetry', () => {
    const options: RetryOptions = {
      onRetry: ({ attempt, delayMs, failure, error, waitFor }) => {
        expectTypeOf(attempt).toEqualTypeOf<number>();
        expectTypeOf(delayMs).toEqualTypeOf<number>();
        expectTypeOf(failure.kind).toEqualTypeOf<FailureKind>();
        expectTypeOf(error).toEqualTypeOf<unknown>();
        expectTypeOf(waitFor).toEqualTypeOf<'hint' | 'backoff'>();
      },
    };
    void retry(() => 1, options);
  });
});

describe('retryBudget(), by its types,', () => {
  it('makes a budget of settings, which can be shared', () => {
    const budget = retryBudget({ ratio: 0.2 });
    expectTypeOf(budget).toEqualTypeOf<RetryBudget>();
    expectTypeOf(budget.snapshot()).toEqualTypeOf<BudgetSnapshot>();
    void retry(() => 1, { budget });
    // @ts-expect-error tokens are taken by calls alone
    budget.take;
    // @ts-expect-error mistyped
    retryBudget({ ratioo: 0.2 });
  });
});

describe('classify(), by its types,', () => {
  it('accepts anything, and always returns a failure', () => {
    expectTypeOf(classify(undefined)).toEqualTypeOf<Failure>();
    expectTypeOf(classify(new Error('down'), { signal: AbortSignal.abort() })).toEqualTypeOf<Failure>();
    expectTypeOf(toHttpStatus).parameters.toEqualTypeOf<[error: unknown]>();
    expectTypeOf(toHttpStatus).returns.toEqualTypeOf<number>();
  });

  it('allows an exhaustive switch over the kinds', () => {
    const isOurs = (kind: FailureKind): boolean => {
      switch (kind) {
        case 'cancelled':
        case 'context_length':
        case 'content_policy':
        case 'auth':
        case 'not_found':
        case 'invalid_request':
          return true;
        case 'timeout':
        case 'quota_exhausted':
        case 'overloaded':
        case 'rate_limited':
        case 'network':
        case 'server_error':
        case 'unknown':
          return false;
      }
    };
    expectTypeOf(isOurs).returns.toEqualTypeOf<boolean>();
  });

  it('accepts rules that say when and what', () => {
    expectTypeOf<{ when: { status: 409 }; means: 'overloaded' }>().toExtend<ClassifyRule>();
    expectTypeOf<{
      name: string;
      when: () => boolean;
      means: { kind: 'timeout'; retryAfterMs: 5 };
    }>().toExtend<ClassifyRule>();
    // @ts-expect-error kinds are known
    void classify(undefined, { rules: [{ when: { status: 409 }, means: 'conflict' }] });
    // @ts-expect-error what is looked at is known
    void classify(undefined, { rules: [{ when: { statusCode: 409 }, means: 'overloaded' }] });
    // @ts-expect-error a rule answers at once
    void classify(undefined, { rules: [{ when: async () => true, means: 'overloaded' }] });
  });
});
