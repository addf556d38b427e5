import fc from 'fast-check';
import type { ExecuteOptions, Settings } from 'holdfast';

/** What a protected function does. Those that settle late do so when the schedule says. */
export type Work =
  | 'gives'
  | 'throws'
  | 'resolves later'
  | 'rejects later'
  | 'settles a thenable later'
  | 'never settles'
  /** As an SDK does: it rejects with an error of its own as soon as its signal aborts. */
  | 'rejects on abort'
  /** The caller gives up while the function is being called. */
  | 'aborts its caller, then resolves later';

/** One call that will be made. */
export interface CallPlan {
  readonly work: Work;
  readonly door: 'execute' | 'inspect';
  readonly options: Pick<ExecuteOptions, 'key' | 'deadlineMs' | 'settings'>;
  /** Which of the callers' signals it is given. */
  readonly signal: number | undefined;
}

/** Something that happens at some time. */
export type Action =
  | { readonly do: 'start' | 'settle'; readonly call: number }
  | { readonly do: 'abort'; readonly signal: number }
  | { readonly do: 'close' };

/** What happens in one tick, and how much time passes after it. */
export interface Burst {
  readonly actions: readonly Action[];
  readonly passMs: number;
}

export interface Plan {
  readonly settings: Settings;
  readonly calls: readonly CallPlan[];
  /** In any order. */
  readonly bursts: readonly Burst[];
}

export const SIGNALS = 2;

/** Longer than any call can take. */
export const ALL_OVER_MS = 1_000;

// Deadlines are odd and attempt timeouts even: no two timers of a call are due at once, as in life.
const deadlineMs = fc.integer({ min: 5, max: 60 }).map((half) => 2 * half + 1);
const attemptTimeoutMs = fc.integer({ min: 5, max: 60 }).map((half) => 2 * half);

const limits: fc.Arbitrary<Pick<ExecuteOptions, 'deadlineMs' | 'settings'>> = fc.oneof(
  fc.constant({}),
  deadlineMs.map((ms) => ({ deadlineMs: ms })),
  attemptTimeoutMs.map((ms) => ({ settings: { attemptTimeoutMs: ms } })),
  // One of the two must be left, or the call could last for ever.
  attemptTimeoutMs.map((ms) => ({ deadlineMs: false, settings: { attemptTimeoutMs: ms } }) as const),
  deadlineMs.map((ms) => ({ settings: { deadlineMs: ms, attemptTimeoutMs: false, breaker: false } }) as const),
);

const call: fc.Arbitrary<CallPlan> = fc.record({
  work: fc.constantFrom(
    'gives',
    'throws',
    'resolves later',
    'resolves later',
    'rejects later',
    'rejects later',
    'settles a thenable later',
    'never settles',
    'rejects on abort',
    'aborts its caller, then resolves later',
  ),
  door: fc.constantFrom('execute', 'execute', 'inspect'),
  options: fc
    .record({ limits, key: fc.constantFrom(undefined, 'one', 'other') })
    .map(({ limits, key }) => (key === undefined ? limits : { ...limits, key })),
  signal: fc.constantFrom(undefined, 0, 0, 1),
});

// One attempt a call: what another one adds has properties of its own.
const settings: fc.Arbitrary<Settings> = fc.record({
  deadlineMs,
  attemptTimeoutMs,
  retry: fc.constant(false as const),
  breaker: fc.oneof(
    fc.constant(false as const),
    fc.record({
      trip: fc.record({ consecutiveFailures: fc.integer({ min: 1, max: 3 }) }),
      openMs: fc.integer({ min: 1, max: 40 }),
      trials: fc.integer({ min: 1, max: 2 }),
      successesToClose: fc.integer({ min: 1, max: 2 }),
      trialLeaseMs: fc.integer({ min: 1, max: 60 }),
    }),
  ),
});

const TICKS = 12;

/** Calls that start, settle, are aborted and closed upon at any time, and in any order within a tick. */
export const plans: fc.Arbitrary<Plan> = fc.array(call, { minLength: 1, maxLength: 8, size: 'max' }).chain((calls) => {
  const must: Action[] = calls.flatMap((_, call) => [
    { do: 'start', call },
    { do: 'settle', call },
  ]);
  const may = fc.subarray<Action>([{ do: 'abort', signal: 0 }, { do: 'abort', signal: 1 }, { do: 'close' }]);
  const ordered = may.chain((some) => {
    const all = [...must, ...some];
    return fc.tuple(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.array(fc.nat(TICKS - 1), { minLength: all.length, maxLength: all.length }),
    );
  });
  const passes = fc.array(fc.oneof(fc.constant(0), fc.nat(15), fc.nat(60)), { minLength: TICKS, maxLength: TICKS });
  return fc.record({ settings, calls: fc.constant(calls), bursts: fc.tuple(ordered, passes).map(inBursts) });
});

function inBursts([[actions, ticks], passes]: [[Action[], number[]], number[]]): Burst[] {
  return passes
    .map((passMs, tick) => ({ passMs, actions: actions.filter((_, index) => ticks[index] === tick) }))
    .filter((burst) => burst.actions.length > 0);
}
