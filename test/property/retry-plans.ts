import fc from 'fast-check';

/** What one attempt of a function does. */
export interface AttemptPlan {
  readonly does: 'succeed' | 'fail' | 'fail for good' | 'limit' | 'hang';
  /** Whether it does so when a step says so, or at once. */
  readonly when: 'at once' | 'later';
  /** The wait that a limit asks for. */
  readonly hintMs: number;
}

/** One call. */
export interface RetriedCallPlan {
  /** What its attempts do; the last one is repeated. */
  readonly attempts: readonly AttemptPlan[];
  readonly key: 'one' | 'other';
  readonly deadlineMs: number;
  readonly idempotent: boolean;
  /** Which of the callers' signals it is given, if any. */
  readonly signal: number | undefined;
}

/** Something that happens, and the time that passes afterwards. */
export type Step = { readonly passMs: number } & (
  | { readonly do: 'start' | 'settle'; readonly call: number }
  | { readonly do: 'abort'; readonly signal: number }
  | { readonly do: 'nothing' }
);

/** Calls, the settings of their operation, and what happens in an order that is still open. */
export interface RetryPlan {
  readonly calls: readonly RetriedCallPlan[];
  readonly steps: readonly Step[];
  readonly maxAttempts: number;
  readonly minDelayMs: number;
  readonly maxElapsedMs: number;
  readonly attemptTimeoutMs: number;
  readonly burst: number;
  readonly consecutiveFailures: number;
  readonly maxWaitMs: number;
  readonly draws: readonly number[];
}

export const SIGNALS = 2;

const attempt: fc.Arbitrary<AttemptPlan> = fc.record({
  does: fc.constantFrom('succeed', 'fail', 'fail', 'fail', 'limit', 'fail for good', 'hang'),
  when: fc.constantFrom('at once', 'later'),
  hintMs: fc.integer({ min: 1, max: 150 }),
});

const call: fc.Arbitrary<RetriedCallPlan> = fc.record({
  attempts: fc.array(attempt, { minLength: 1, maxLength: 4 }),
  key: fc.constantFrom('one', 'one', 'other'),
  deadlineMs: fc.integer({ min: 1, max: 600 }),
  idempotent: fc.constantFrom(true, true, true, false),
  signal: fc.constantFrom(undefined, undefined, 0, 1),
});

const passMs = fc.oneof(fc.constant(0), fc.nat(15), fc.nat(80));

function stepsOf(calls: number): fc.Arbitrary<Step[]> {
  const start = Array.from({ length: calls }, (_, each) =>
    passMs.map((ms): Step => ({ do: 'start', call: each, passMs: ms })),
  );
  const settle = fc.record({ do: fc.constant('settle' as const), call: fc.nat(calls - 1), passMs });
  const abort = fc.record({ do: fc.constant('abort' as const), signal: fc.nat(SIGNALS - 1), passMs });
  const nothing = fc.record({ do: fc.constant('nothing' as const), passMs });
  const others = fc.array(fc.oneof({ weight: 5, arbitrary: settle }, abort, nothing), { maxLength: 14, size: 'max' });
  return fc.tuple(fc.tuple(...start), others).map(([starts, more]) => [...starts, ...more]);
}

/** Calls that start, settle and are aborted in any order and at any time, and retries that go on meanwhile. */
export const plans: fc.Arbitrary<RetryPlan> = fc
  .array(call, { minLength: 1, maxLength: 6, size: 'max' })
  .chain((calls) =>
    fc.record({
      calls: fc.constant(calls),
      steps: stepsOf(calls.length),
      maxAttempts: fc.integer({ min: 1, max: 5 }),
      minDelayMs: fc.nat(40),
      maxElapsedMs: fc.integer({ min: 100, max: 500 }),
      attemptTimeoutMs: fc.integer({ min: 1, max: 120 }),
      burst: fc.integer({ min: 1, max: 6 }),
      consecutiveFailures: fc.integer({ min: 2, max: 8 }),
      maxWaitMs: fc.nat(120),
      // In thousandths: the faked timers take 5e-324 ms for 5.
      draws: fc.array(
        fc.nat(999).map((nth) => nth / 1_000),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  );
