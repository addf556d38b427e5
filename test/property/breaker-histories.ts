import fc from 'fast-check';
import type { BreakerMode, BreakerOptions, BreakerOutcome } from 'holdfast/breaker';
import type { ModelRules } from '../support/breaker-model.js';

/** Something that may happen to a breaker. */
export type Step =
  | { readonly do: 'admit' }
  /** Settles one of the admissions so far, the `back`th newest; it may have been settled before. */
  | { readonly do: 'settle'; readonly back: number; readonly outcome: BreakerOutcome; readonly hintMs?: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** Waits until the opening is over, give or take. */
  | { readonly do: 'wait out'; readonly offByMs: number }
  | { readonly do: 'set the wall clock'; readonly byMs: number }
  | { readonly do: 'open' | 'close' | 'isolate' | 'reset' }
  /** Goes on as another breaker, by way of a snapshot in JSON. */
  | { readonly do: 'restart' };

/** Durations are multiples of this, so that a jitter of sixteenths gives whole milliseconds. */
const UNIT_MS = 16;

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const durationMs = (units: number) => fc.integer({ min: 1, max: units }).map((count) => count * UNIT_MS);
const share = fc.constantFrom(0.1, 0.25, 0.5, 0.75, 1);

const tripRules = fc
  .record({
    consecutiveFailures: optional(fc.integer({ min: 1, max: 5 })),
    failureRate: optional(share),
    slowCallMs: optional(durationMs(6)),
    slowCallRate: share,
    minimumCalls: fc.integer({ min: 1, max: 8 }),
    windowMs: fc.constantFrom(10, 70, 320, 1_000, 5_000),
  })
  .map(({ consecutiveFailures, failureRate, slowCallMs, ...others }) => ({
    ...others,
    // At least one rule there must be.
    consecutiveFailures: consecutiveFailures ?? (failureRate === undefined && slowCallMs === undefined ? 2 : undefined),
    failureRate,
    slowCallMs,
    slowCallRate: slowCallMs === undefined ? undefined : others.slowCallRate,
  }));

/** The rules of a breaker, drawn so that little is needed to open it and little to close it. */
export function rules(modes: readonly BreakerMode[] = ['enforce']): fc.Arbitrary<ModelRules> {
  return fc
    .record({
      trip: tripRules,
      openMs: durationMs(8),
      openMaxFactor: fc.constantFrom(1, 2, 3, 5),
      trials: fc.integer({ min: 1, max: 3 }),
      successesToClose: fc.integer({ min: 1, max: 4 }),
      trialLeaseMs: fc.oneof(durationMs(10), fc.constant(60_000)),
      mode: fc.constantFrom(...modes),
      chance: fc.constantFrom(0, 0.25, 0.5, 0.75),
    })
    .map(({ trip, openMaxFactor, ...others }) => ({ ...trip, ...others, openMaxMs: others.openMs * openMaxFactor }));
}

/** The same rules as a user writes them. */
export function optionsOf(rules: ModelRules): BreakerOptions {
  const { openMs, openMaxMs, trials, successesToClose, trialLeaseMs, mode, chance } = rules;
  const trip = given({
    consecutiveFailures: rules.consecutiveFailures,
    failureRate: rules.failureRate,
    slowCallMs: rules.slowCallMs,
    slowCallRate: rules.slowCallRate,
    minimumCalls: rules.minimumCalls,
    windowMs: rules.windowMs,
  });
  return { trip, openMs, openMaxMs, trials, successesToClose, trialLeaseMs, mode, random: () => chance };
}

const hintMs = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, durationMs(40), fc.constantFrom(-1, Number.NaN));

const ADMIT: fc.Arbitrary<Step> = fc.constant({ do: 'admit' });

const SETTLE: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('settle'),
  back: fc.oneof(fc.nat(2), fc.nat(12)),
  outcome: fc.constantFrom('failure', 'failure', 'success', 'success', 'ignored'),
  hintMs,
});

const WAIT: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('wait'), ms: fc.oneof(fc.nat(20), durationMs(20), fc.nat(6_000)) }),
  fc.record({ do: fc.constant('wait out'), offByMs: fc.constantFrom(-1, 0, 0, 0, 1) }),
);

const BY_HAND: fc.Arbitrary<Step> = fc.record({ do: fc.constantFrom('open', 'close', 'isolate', 'reset') });

const DISTURB: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('restart') }),
  // By whole seconds: less than a few milliseconds cannot be told from the rounding of the clocks.
  fc.record({ do: fc.constant('set the wall clock'), byMs: fc.integer({ min: -10, max: 10 }).map((s) => s * 1000) }),
);

const CALLS = [
  { weight: 10, arbitrary: ADMIT },
  { weight: 10, arbitrary: SETTLE },
  { weight: 6, arbitrary: WAIT },
];

/** What calls and time alone may do. */
export const callHistory: fc.Arbitrary<Step[]> = fc.array(fc.oneof(...CALLS), { size: 'max', maxLength: 60 });

/** What calls, time, people and restarts may do. */
export const anyHistory: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(...CALLS, { weight: 1, arbitrary: BY_HAND }, { weight: 1, arbitrary: DISTURB }),
  { size: 'max', maxLength: 60 },
);

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out what is `undefined`. */
function given<T extends object>(values: T): Given<T> {
  const result: Given<T> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) Object.assign(result, { [name]: value });
  }
  return result;
}
