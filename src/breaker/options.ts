import { type Check, type Fields, type NumberRule, readOnce } from '../input/index.js';
import { LONGEST_TIMER_MS, type Random } from '../runtime/index.js';

/** What the breaker does with its verdict. */
export type BreakerMode =
  /** Rejects while open. */
  | 'enforce'
  /** Counts and changes state as if it enforced, tells what it would have rejected, and lets everybody pass. */
  | 'observe'
  /** Rejects everybody. */
  | 'forced_open'
  /** Lets everybody pass and judges nothing. */
  | 'disabled';

/** When a closed breaker opens: by whichever of the given rules is met first. */
export interface TripOptions {
  /** Opens after this many failures with no success between. A whole number from 1. */
  readonly consecutiveFailures?: number | undefined;
  /** Opens when this share of the calls in the window failed, above 0 to 1 (1: all of them). */
  readonly failureRate?: number | undefined;
  /** Calls that the window must hold before a rate is looked at. Default 20. */
  readonly minimumCalls?: number | undefined;
  /** How far back the rates look, in milliseconds. Default 60 000. */
  readonly windowMs?: number | undefined;
  /** A call that took at least this long is slow, in milliseconds. */
  readonly slowCallMs?: number | undefined;
  /** Opens when this share of the calls in the window was slow, above 0 to 1. Default 1 when `slowCallMs` is given. */
  readonly slowCallRate?: number | undefined;
}

/** Options of a breaker that can stand in a config: plain data, every part optional. */
export interface BreakerSettings {
  /** When to open. Given, it replaces the default `{ consecutiveFailures: 5 }` as a whole. */
  readonly trip?: TripOptions | undefined;
  /** How long to stay open before the first trial, in milliseconds. Default 60 000. */
  readonly openMs?: number | undefined;
  /**
   * The longest opening when trials keep failing, in milliseconds; each one is twice the last. Default five times
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

/** Options of a breaker used alone. */
export interface BreakerOptions extends BreakerSettings {
  /** Shown in errors and events. Default `breaker`. */
  readonly name?: string | undefined;
  /** Source of jitter. Default `Math.random`. */
  readonly random?: Random | undefined;
  /**
   * Tells whether what `execute(fn)` threw speaks against the callee. Default: it always does. A throw counts as yes.
   */
  readonly isFailure?: ((error: unknown) => boolean) | undefined;
}

/** Trip rules with nothing left open; a rule that is `undefined` is off. */
export interface ResolvedTripSettings {
  readonly consecutiveFailures: number | undefined;
  readonly failureRate: number | undefined;
  readonly slowCallRate: number | undefined;
  readonly slowCallMs: number | undefined;
  readonly minimumCalls: number;
  readonly windowMs: number;
}

/** Settings with nothing left open. */
export interface ResolvedBreakerSettings {
  readonly trip: ResolvedTripSettings;
  readonly openMs: number;
  readonly openMaxMs: number;
  readonly trials: number;
  readonly successesToClose: number;
  readonly trialLeaseMs: number;
  readonly mode: BreakerMode;
}

/** The lease of a trial when nothing else is said. */
const DEFAULT_TRIAL_LEASE_MS = 60_000;

/** What holds when nobody says anything, but for what follows from other values. */
export const BREAKER_DEFAULTS: {
  readonly trip: TripOptions;
  readonly trials: number;
  readonly openMs: number;
  readonly successesToClose: number;
  readonly mode: BreakerMode;
} = { trip: { consecutiveFailures: 5 }, trials: 1, openMs: 60_000, successesToClose: 1, mode: 'enforce' };
const OPEN_MAX_FACTOR = 5;
/** What a mode must be. */
export const MODES: readonly BreakerMode[] = ['enforce', 'observe', 'forced_open', 'disabled'];

const SETTINGS = ['trip', 'openMs', 'openMaxMs', 'trials', 'successesToClose', 'trialLeaseMs', 'mode'];
const OPTIONS = ['name', 'random', 'isFailure', ...SETTINGS];
const TRIP = ['consecutiveFailures', 'failureRate', 'minimumCalls', 'windowMs', 'slowCallMs', 'slowCallRate'];

/** What a number of calls, failures or trials must be. */
export const COUNT: NumberRule = { min: 1, max: 1_000_000, integer: true };
/** What a share of the calls must be. */
export const SHARE: NumberRule = { above: 0, max: 1 };
/** What a duration must be. */
export const DURATION: NumberRule = { min: 1, max: LONGEST_TIMER_MS };
/** What the window of the rates must be: it is cut into ten. */
export const WINDOW: NumberRule = { min: 10, max: LONGEST_TIMER_MS };

/** Fills in the defaults. The settings must have been checked. */
export function resolveBreakerSettings(settings: BreakerSettings): ResolvedBreakerSettings {
  const trip = settings.trip ?? BREAKER_DEFAULTS.trip;
  const openMs = settings.openMs ?? BREAKER_DEFAULTS.openMs;
  return {
    trip: {
      consecutiveFailures: trip.consecutiveFailures,
      failureRate: trip.failureRate,
      slowCallRate: trip.slowCallRate ?? (trip.slowCallMs === undefined ? undefined : 1),
      slowCallMs: trip.slowCallMs,
      minimumCalls: trip.minimumCalls ?? 20,
      windowMs: trip.windowMs ?? 60_000,
    },
    openMs,
    openMaxMs: settings.openMaxMs ?? Math.min(openMs * OPEN_MAX_FACTOR, LONGEST_TIMER_MS),
    trials: settings.trials ?? BREAKER_DEFAULTS.trials,
    successesToClose: settings.successesToClose ?? BREAKER_DEFAULTS.successesToClose,
    trialLeaseMs: settings.trialLeaseMs ?? DEFAULT_TRIAL_LEASE_MS,
    mode: settings.mode ?? BREAKER_DEFAULTS.mode,
  };
}

/** A copy of settings, read once: see {@link readOnce}. */
export function readBreakerSettings<S extends BreakerSettings>(path: string, given: S): S {
  return readOnce(path, given, (own) =>
    own.trip === undefined ? own : { ...own, trip: readOnce(`${path}.trip`, own.trip) },
  );
}

/** Checks options given to the constructor. */
export function checkBreakerOptions(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, OPTIONS);
  if (fields === undefined) return;
  const { name, random, isFailure } = fields;
  if (name !== undefined) check.name(`${path}.name`, name);
  check.func(`${path}.random`, random);
  check.func(`${path}.isFailure`, isFailure);
  checkRules(check, path, fields);
  checkOpenMaxMs(check, path, fields);
}

/** Checks settings found in one layer of a config, each for itself. */
export function checkBreakerSettings(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, SETTINGS);
  if (fields !== undefined) checkRules(check, path, fields);
}

/** Checks what only shows when all layers are laid over each other. */
export function checkOpenMaxMs(check: Check, path: string, { openMs, openMaxMs }: Fields | BreakerSettings): void {
  const firstMs = openMs === undefined ? BREAKER_DEFAULTS.openMs : openMs;
  if (typeof openMaxMs !== 'number' || typeof firstMs !== 'number' || !(openMaxMs < firstMs)) return;
  check.addIssue(`${path}.openMaxMs`, 'must not be shorter than openMs', openMaxMs);
}

function checkRules(check: Check, path: string, fields: Fields): void {
  const { trip, openMs, openMaxMs, trials, successesToClose, trialLeaseMs, mode } = fields;
  if (trip !== undefined) checkTrip(check, `${path}.trip`, trip);
  check.number(`${path}.openMs`, openMs, DURATION);
  check.number(`${path}.openMaxMs`, openMaxMs, DURATION);
  check.number(`${path}.trials`, trials, COUNT);
  check.number(`${path}.successesToClose`, successesToClose, COUNT);
  check.number(`${path}.trialLeaseMs`, trialLeaseMs, DURATION);
  check.oneOf(`${path}.mode`, mode, MODES);
}

function checkTrip(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, TRIP);
  if (fields === undefined) return;
  const { consecutiveFailures, failureRate, minimumCalls, windowMs, slowCallMs, slowCallRate } = fields;
  check.number(`${path}.consecutiveFailures`, consecutiveFailures, COUNT);
  check.number(`${path}.failureRate`, failureRate, SHARE);
  check.number(`${path}.minimumCalls`, minimumCalls, COUNT);
  check.number(`${path}.windowMs`, windowMs, WINDOW);
  check.number(`${path}.slowCallMs`, slowCallMs, DURATION);
  check.number(`${path}.slowCallRate`, slowCallRate, SHARE);
  if (slowCallRate !== undefined && slowCallMs === undefined) {
    check.addIssue(`${path}.slowCallMs`, 'must say what is slow when slowCallRate is given', slowCallMs);
  }
  if (consecutiveFailures === undefined && failureRate === undefined && slowCallMs === undefined) {
    check.addIssue(path, 'must hold at least one of consecutiveFailures, failureRate, slowCallMs', value);
  }
}
