import {
  anyFunction,
  fillDefaults,
  type NumberRule,
  name,
  numberWithin,
  oneOf,
  type Part,
  part,
  setting,
} from '../input/index.js';
import { LONGEST_TIMER_MS, type Random } from '../runtime/index.js';

/** What the breaker does when it decides to reject. */
export type BreakerMode =
  /** Rejects while open. */
  | 'enforce'
  /** Counts and changes state as if it enforced, reports what it would have rejected, and admits every call. */
  | 'observe'
  /** Rejects every call. */
  | 'forced_open'
  /** Admits every call, and neither counts nor changes state. */
  | 'disabled';

/** When a closed breaker opens: as soon as one of the given rules is met. */
export interface TripOptions {
  /** Opens after this many failures without a success in between. A whole number from 1. */
  readonly consecutiveFailures?: number | undefined;
  /** Opens when this share of the calls in the window failed, above 0 to 1 (1: all of them). */
  readonly failureRate?: number | undefined;
  /** Calls that the window must hold before its rates count. Default 20. */
  readonly minimumCalls?: number | undefined;
  /** The time span over which the rates are computed, in milliseconds. Default 60 000. */
  readonly windowMs?: number | undefined;
  /** A call that took at least this long is slow, in milliseconds. */
  readonly slowCallMs?: number | undefined;
  /** Opens when this share of the calls in the window was slow, above 0 to 1. Default 1 when `slowCallMs` is given. */
  readonly slowCallRate?: number | undefined;
}

/** When to open, how long, and how to close again: plain data, every part optional. */
export interface BreakerSettings {
  /** When to open. If given, it replaces the whole default `{ consecutiveFailures: 5 }`. */
  readonly trip?: TripOptions | undefined;
  /** How long to stay open before the first trial, in milliseconds. Default 60 000. */
  readonly openMs?: number | undefined;
  /**
   * The longest opening when trials keep failing, in milliseconds: each is twice as long as the last. Default five times
   * `openMs`.
   */
  readonly openMaxMs?: number | undefined;
  /** Calls admitted at the same time while half-open. Default 1. */
  readonly trials?: number | undefined;
  /** Trials that must succeed to close. Default 1. */
  readonly successesToClose?: number | undefined;
  /** A trial that has not settled after this time loses its place to another, in milliseconds. Default 60 000. */
  readonly trialLeaseMs?: number | undefined;
  /** Default `enforce`. */
  readonly mode?: BreakerMode | undefined;
}

/** Options of a standalone breaker. */
export interface BreakerOptions extends BreakerSettings {
  /** Shown in errors and events. Default `breaker`. */
  readonly name?: string | undefined;
  /** Source of jitter. Default `Math.random`. */
  readonly random?: Random | undefined;
  /** Whether an error of `execute(fn)` counts as a failure. Default: every error does. If it throws, the error counts. */
  readonly isFailure?: ((error: unknown) => boolean) | undefined;
}

/** Trip settings with all defaults filled in; a rule that is `undefined` is off. */
export interface ResolvedTripSettings {
  readonly consecutiveFailures: number | undefined;
  readonly failureRate: number | undefined;
  readonly slowCallRate: number | undefined;
  readonly slowCallMs: number | undefined;
  readonly minimumCalls: number;
  readonly windowMs: number;
}

/** Breaker settings with all defaults filled in. */
export interface ResolvedBreakerSettings {
  readonly trip: ResolvedTripSettings;
  readonly openMs: number;
  readonly openMaxMs: number;
  readonly trials: number;
  readonly successesToClose: number;
  readonly trialLeaseMs: number;
  readonly mode: BreakerMode;
}

/** The allowed number of calls, failures or trials. */
const COUNT: NumberRule = { min: 1, max: 1_000_000, integer: true };
/** The allowed share of calls. */
const SHARE: NumberRule = { above: 0, max: 1 };
/** The allowed duration. */
const DURATION: NumberRule = { min: 1, max: LONGEST_TIMER_MS };
/** The allowed window of the rates, which is divided into ten slices. */
const WINDOW: NumberRule = { min: 10, max: LONGEST_TIMER_MS };

const MODES: readonly BreakerMode[] = ['enforce', 'observe', 'forced_open', 'disabled'];
const DEFAULT_OPEN_MS = 60_000;
const TRIP_RULES = ['consecutiveFailures', 'failureRate', 'slowCallMs'] as const;

/** Appended for names from libraries that use percent. */
const SHARE_NOTE = ' as a share: 50 % is 0.5';

/** Declares {@link TripOptions}. */
const TRIP_SETTINGS: Part<TripOptions, 'minimumCalls' | 'windowMs'> = part(
  {
    consecutiveFailures: setting(numberWithin(COUNT), {
      absent: 'off; 5 if `trip` is omitted',
      recommended: [1, 20],
      outside: [1, 20],
      description: 'Opens after this many failures without a success in between.',
      advice: 'Write 3 to 20: 5 suits most services.',
      alsoCalled: { failureThreshold: '', circuitBreakerThreshold: '', threshold: '', maxFailures: '' },
    }),
    failureRate: setting(numberWithin(SHARE), {
      absent: 'off',
      description: 'Opens when this share of the calls in the window failed. 1 means all of them.',
      advice: 'Write a share: 0.5 opens when half of the calls fail.',
      alsoCalled: { errorThresholdPercentage: SHARE_NOTE, failureRateThreshold: SHARE_NOTE, threshold: SHARE_NOTE },
    }),
    minimumCalls: setting(numberWithin(COUNT), {
      default: 20,
      outside: [1, 1_000],
      description: 'Calls that the window must hold before its rates count.',
      advice: '20 keeps a handful of calls from opening the breaker.',
      alsoCalled: { volumeThreshold: '', minimumNumberOfCalls: '', minimumThroughput: '' },
    }),
    windowMs: setting(numberWithin(WINDOW), {
      unit: 'milliseconds',
      default: 60_000,
      suspectBelowMs: 1_000,
      description: 'The time span over which the rates are computed.',
      advice: 'Write milliseconds: 60000 covers the last minute.',
      alsoCalled: { rollingCountTimeout: '', samplingDuration: '', duration: '' },
    }),
    slowCallMs: setting(numberWithin(DURATION), {
      unit: 'milliseconds',
      absent: 'no call is slow',
      description: 'A call that took at least this long is slow.',
      advice: 'Write milliseconds: how long a slow call of this service takes.',
    }),
    slowCallRate: setting(numberWithin(SHARE), {
      absent: '1 when `slowCallMs` is given',
      description: 'Opens when this share of the calls in the window was slow. Needs `slowCallMs`.',
      advice: 'Write a share: 1 opens when all calls are slow.',
    }),
  },
  {
    id: 'trip',
    isWhole: true,
    description:
      'When to open: as soon as one of the given rules is met. A layer of higher precedence replaces all of it.',
    requires: (trip, refuse) => {
      if (trip.slowCallRate !== undefined && trip.slowCallMs === undefined) {
        refuse(['slowCallMs'], 'must be set when slowCallRate is given', undefined);
      }
      if (TRIP_RULES.every((rule) => trip[rule] === undefined)) {
        refuse([], `must hold at least one of ${TRIP_RULES.join(', ')}`, trip);
      }
    },
    keywords: {
      anyOf: TRIP_RULES.map((rule) => ({ required: [rule] })),
      dependencies: { slowCallRate: ['slowCallMs'] },
    },
  },
);

/** Declares {@link BreakerSettings}. */
export const BREAKER_SETTINGS: Part<BreakerSettings, 'trip' | 'openMs' | 'trials' | 'successesToClose' | 'mode'> = part(
  {
    trip: setting(TRIP_SETTINGS, {
      default: { consecutiveFailures: 5 },
      description: 'When to open.',
      advice: 'Write at least one rule, such as { consecutiveFailures: 5 }.',
    }),
    openMs: setting(numberWithin(DURATION), {
      unit: 'milliseconds',
      default: DEFAULT_OPEN_MS,
      recommended: [10_000, 300_000],
      outside: [10_000, 300_000],
      suspectBelowMs: 1_000,
      refuseBelowMs: 100,
      description: 'How long to stay open before the first trial.',
      advice: 'Write milliseconds, 10000 to 300000: 60000 suits most services.',
      alsoCalled: {
        resetTimeout: '',
        recoveryTimeout: '',
        halfOpenAfter: '',
        breakDuration: '',
        cooldown: '',
        cooldownTime: '',
      },
    }),
    openMaxMs: setting(numberWithin(DURATION), {
      unit: 'milliseconds',
      computed: 'five times `openMs`',
      outside: [10_000, 1_500_000],
      suspectBelowMs: 1_000,
      description: 'The longest opening when trials keep failing: each is twice as long as the last.',
      advice: 'Write milliseconds: five times openMs suits most services.',
    }),
    trials: setting(numberWithin(COUNT), {
      default: 1,
      outside: [1, 100],
      description: 'Calls that are admitted at the same time while half-open.',
      advice: '1 suits most services.',
      alsoCalled: { halfOpenMaxCalls: '' },
    }),
    successesToClose: setting(numberWithin(COUNT), {
      default: 1,
      description: 'Trials that must succeed to close.',
      advice: '1 suits most services.',
      alsoCalled: { successThreshold: '' },
    }),
    trialLeaseMs: setting(numberWithin(DURATION), {
      unit: 'milliseconds',
      computed: 'one and a half times `attemptTimeoutMs`, or `deadlineMs` if that is off; 60 000 if both are off',
      suspectBelowMs: 100,
      description: 'A trial that has not settled after this time loses its place to another.',
      advice: 'Leave it out: it follows attemptTimeoutMs.',
    }),
    mode: setting(oneOf(MODES), {
      default: 'enforce',
      description:
        '`enforce` rejects while open. `observe` reports what it would have rejected, and admits every call. ' +
        '`forced_open` rejects every call. `disabled` admits every call, and neither counts nor changes state.',
      advice: "Write 'observe' to count without rejecting.",
    }),
  },
  {
    id: 'breaker',
    description: 'When to stop calling a provider that keeps failing.',
    conflicts: (breaker, refuse) => {
      const { openMs = DEFAULT_OPEN_MS, openMaxMs } = breaker;
      if (typeof openMaxMs !== 'number' || typeof openMs !== 'number' || !(openMaxMs < openMs)) return;
      refuse(['openMaxMs'], 'must not be shorter than openMs', openMaxMs);
    },
  },
);

/** Declares {@link BreakerOptions}. */
export const BREAKER_OPTIONS: Part<BreakerOptions> = part(
  {
    name: setting(name()),
    random: setting(anyFunction<Random>()),
    isFailure: setting(anyFunction<(error: unknown) => boolean>(), {
      description: '',
      alsoCalled: { errorFilter: ', which returns true for errors that count' },
    }),
    ...BREAKER_SETTINGS.settings,
  },
  {
    ...BREAKER_SETTINGS.info,
    advice: 'Write options, such as { openMs: 60000 }, and pass the function to execute().',
    elsewhere: {
      timeout: 'A breaker sets no time limits: createResilience has deadlineMs and attemptTimeoutMs.',
      fallback: 'Catch the error of execute().',
    },
  },
);

const OPEN_MAX_FACTOR = 5;
/** The lease of a trial whose duration has no limit. */
const DEFAULT_TRIAL_LEASE_MS = 60_000;

/** Fills in the defaults. The settings must be valid. */
export function resolveBreakerSettings(settings: BreakerSettings): ResolvedBreakerSettings {
  const filled = fillDefaults(BREAKER_SETTINGS, settings);
  return {
    ...filled,
    trip: resolveTrip(filled.trip),
    openMaxMs: filled.openMaxMs ?? Math.min(filled.openMs * OPEN_MAX_FACTOR, LONGEST_TIMER_MS),
    trialLeaseMs: filled.trialLeaseMs ?? DEFAULT_TRIAL_LEASE_MS,
  };
}

function resolveTrip(given: TripOptions): ResolvedTripSettings {
  const trip = fillDefaults(TRIP_SETTINGS, given);
  return { ...trip, slowCallRate: trip.slowCallRate ?? (trip.slowCallMs === undefined ? undefined : 1) };
}
