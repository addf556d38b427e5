import type { FailureKind } from '../pipeline/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import type { BackoffStrategy } from './backoff.js';
import type { ResolvedBudgetSettings } from './budget.js';
import type { Jitter } from './jitter.js';
import type { BudgetSettings, KindSettings, RetryableKind, RetrySettings } from './options.js';

/** What holds for failures of one kind, with nothing left open. */
export interface ResolvedKindSettings {
  readonly maxAttempts: number;
  readonly strategy: BackoffStrategy;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly multiplier: number;
  readonly jitter: Jitter;
  readonly jitterMaxMs: number;
  /** Retried also when the failure says never. */
  readonly always: boolean;
}

/** Settings with nothing left open. */
export interface ResolvedRetrySettings {
  /** `false`: never retried. */
  readonly kinds: Readonly<Record<FailureKind, ResolvedKindSettings | false>>;
  readonly maxElapsedMs: number | false;
  readonly budget: ResolvedBudgetSettings | false;
}

/** What holds when nobody says anything, but for what follows from other values. */
export const RETRY_DEFAULTS: Omit<ResolvedKindSettings, 'always'> & {
  readonly budget: Pick<ResolvedBudgetSettings, 'ratio' | 'floorPerSecond'>;
} = {
  maxAttempts: 3,
  strategy: 'exponential',
  minDelayMs: 2_000,
  maxDelayMs: 10_000,
  multiplier: 1,
  jitter: 'equal',
  jitterMaxMs: 2_000,
  budget: { ratio: 0.2, floorPerSecond: 5 },
};
const DEFAULT_MAX_ELAPSED_MS = 30_000;
/** As many of the longest waits fit into the time for all of them when nothing else is said. */
const ELAPSED_FACTOR = 3;
/** A callee that is short of room takes longer to recover than one that stumbled. */
const OVERLOADED_FACTOR = 2;
const LEAST_BURST = 10;
const BURST_SECONDS = 2;

/** Every kind that can be retried: `true` for those that are when nothing is said. */
const RETRIED: Readonly<Record<RetryableKind, boolean>> = {
  timeout: true,
  quota_exhausted: false,
  context_length: false,
  content_policy: false,
  overloaded: true,
  rate_limited: true,
  auth: false,
  not_found: false,
  invalid_request: false,
  network: true,
  server_error: true,
  unknown: false,
};

/** The names of the kinds that can be retried. */
export const RETRYABLE_KINDS: readonly string[] = Object.keys(RETRIED);

/** Fills in the defaults. The settings must have been checked. */
export function resolveRetrySettings(settings: RetrySettings): ResolvedRetrySettings {
  const base = overlay({ ...RETRY_DEFAULTS, always: false }, settings);
  const rules = (kind: RetryableKind): ResolvedKindSettings | false => {
    const own = settings.kinds?.[kind];
    if (own === false) return false;
    const always = own !== undefined && !RETRIED[kind];
    const given = own === undefined || own === true ? {} : own;
    return { ...overlay(kind === 'overloaded' ? doubleDelays(base) : base, given), always };
  };
  const kinds = {
    cancelled: false,
    timeout: rules('timeout'),
    quota_exhausted: rules('quota_exhausted'),
    context_length: rules('context_length'),
    content_policy: rules('content_policy'),
    overloaded: rules('overloaded'),
    rate_limited: rules('rate_limited'),
    auth: rules('auth'),
    not_found: rules('not_found'),
    invalid_request: rules('invalid_request'),
    network: rules('network'),
    server_error: rules('server_error'),
    unknown: rules('unknown'),
  } as const;
  return {
    kinds,
    maxElapsedMs: settings.maxElapsedMs ?? defaultMaxElapsedMs(Object.values(kinds)),
    budget: settings.budget === false ? false : resolveBudgetSettings(settings.budget ?? {}),
  };
}

function overlay(below: ResolvedKindSettings, above: KindSettings): ResolvedKindSettings {
  const maxDelayMs = above.maxDelayMs ?? Math.max(below.maxDelayMs, above.minDelayMs ?? 0);
  return {
    maxAttempts: above.maxAttempts ?? below.maxAttempts,
    strategy: above.strategy ?? below.strategy,
    minDelayMs: above.minDelayMs ?? Math.min(below.minDelayMs, maxDelayMs),
    maxDelayMs,
    multiplier: above.multiplier ?? below.multiplier,
    jitter: above.jitter ?? below.jitter,
    jitterMaxMs: above.jitterMaxMs ?? below.jitterMaxMs,
    always: below.always,
  };
}

/** Shortened again where it is too long for what it is laid under. */
function doubleDelays(rules: ResolvedKindSettings): ResolvedKindSettings {
  return { ...rules, minDelayMs: rules.minDelayMs * OVERLOADED_FACTOR };
}

function defaultMaxElapsedMs(kinds: readonly (ResolvedKindSettings | false)[]): number {
  const longestMs = Math.max(...kinds.map((rules) => (rules === false ? 0 : rules.maxDelayMs)));
  return Math.min(Math.max(DEFAULT_MAX_ELAPSED_MS, longestMs * ELAPSED_FACTOR), LONGEST_TIMER_MS);
}

/** Fills in the defaults. The settings must have been checked. */
export function resolveBudgetSettings({ ratio, floorPerSecond, burst }: BudgetSettings): ResolvedBudgetSettings {
  const defaults = RETRY_DEFAULTS.budget;
  const floor = floorPerSecond ?? defaults.floorPerSecond;
  return {
    ratio: ratio ?? defaults.ratio,
    floorPerSecond: floor,
    burst: burst ?? Math.max(LEAST_BURST, floor * BURST_SECONDS),
  };
}
