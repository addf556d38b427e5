import { collectDefaults, fillDefaults } from '../input/index.js';
import type { FailureKind } from '../pipeline/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import type { BackoffStrategy } from './backoff.js';
import type { ResolvedBudgetSettings } from './budget.js';
import type { Jitter } from './jitter.js';
import {
  BUDGET_SETTINGS,
  type BudgetSettings,
  type KindSettings,
  RETRIED,
  RETRY_SETTINGS,
  type RetryableKind,
  type RetrySettings,
} from './settings.js';

/** How often to try, and how long to wait in between, with all defaults filled in. */
export interface ResolvedBackoffSettings {
  readonly maxAttempts: number;
  readonly strategy: BackoffStrategy;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly multiplier: number;
  readonly jitter: Jitter;
  readonly jitterMaxMs: number;
}

/** How failures of one kind are retried, with all defaults filled in. */
export interface ResolvedKindSettings extends ResolvedBackoffSettings {
  /** Retried even if the failure says `never`. */
  readonly always: boolean;
}

/** Retry settings with all defaults filled in. Each kind has its own. */
export interface ResolvedRetrySettings extends ResolvedBackoffSettings {
  /** `false`: never retried. */
  readonly kinds: Readonly<Record<FailureKind, ResolvedKindSettings | false>>;
  readonly maxElapsedMs: number | false;
  readonly budget: ResolvedBudgetSettings | false;
}

const DEFAULTS = collectDefaults(RETRY_SETTINGS);
const DEFAULT_MAX_ELAPSED_MS = 30_000;
/** The default of `maxElapsedMs`, in waits of `maxDelayMs`. */
const ELAPSED_FACTOR = 3;
/** An overloaded provider takes longer to recover than one with a passing error. */
const OVERLOADED_FACTOR = 2;
const LEAST_BURST = 10;
const BURST_SECONDS = 2;

/** Fills in the defaults. The settings must be valid. */
export function resolveRetrySettings(settings: RetrySettings): ResolvedRetrySettings {
  const base = overlay(DEFAULTS, settings);
  // Most kinds have no settings of their own, and share these.
  const usual = { ...overlayKind(base, {}), always: false };
  const rules = (kind: RetryableKind): ResolvedKindSettings | false => {
    const own = settings.kinds?.[kind];
    if (own === undefined && kind !== 'overloaded') return usual;
    if (own === false) return false;
    const always = own !== undefined && !RETRIED[kind];
    const given = own === undefined || own === true ? {} : own;
    return { ...overlayKind(kind === 'overloaded' ? doubleDelays(base) : base, given), always };
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
    ...base,
    kinds,
    maxElapsedMs: settings.maxElapsedMs ?? computeMaxElapsedMs(Object.values(kinds)),
    budget: settings.budget === false ? false : resolveBudgetSettings(settings.budget ?? {}),
  };
}

function overlay(below: ResolvedBackoffSettings, above: KindSettings): ResolvedBackoffSettings {
  const maxDelayMs = above.maxDelayMs ?? Math.max(below.maxDelayMs, above.minDelayMs ?? 0);
  return {
    maxAttempts: above.maxAttempts ?? below.maxAttempts,
    strategy: above.strategy ?? below.strategy,
    minDelayMs: above.minDelayMs ?? Math.min(below.minDelayMs, maxDelayMs),
    maxDelayMs,
    multiplier: above.multiplier ?? below.multiplier,
    jitter: above.jitter ?? below.jitter,
    jitterMaxMs: above.jitterMaxMs ?? below.jitterMaxMs,
  };
}

/** Overlays the settings of a kind. Additive jitter is limited to the waits if the kind sets shorter ones. */
function overlayKind(below: ResolvedBackoffSettings, own: KindSettings): ResolvedBackoffSettings {
  const rules = overlay(below, own);
  const { jitter, minDelayMs, jitterMaxMs } = rules;
  const isShorter = minDelayMs > 0 && minDelayMs < below.minDelayMs;
  if (jitter !== 'additive' || own.jitterMaxMs !== undefined || !isShorter) return rules;
  return { ...rules, jitterMaxMs: Math.min(jitterMaxMs, minDelayMs) };
}

/** The overlay shortens them again if a kind sets a shorter `maxDelayMs`. */
function doubleDelays(rules: ResolvedBackoffSettings): ResolvedBackoffSettings {
  return { ...rules, minDelayMs: rules.minDelayMs * OVERLOADED_FACTOR };
}

function computeMaxElapsedMs(kinds: readonly (ResolvedKindSettings | false)[]): number {
  const longestMs = Math.max(...kinds.map((rules) => (rules === false ? 0 : rules.maxDelayMs)));
  return Math.min(Math.max(DEFAULT_MAX_ELAPSED_MS, longestMs * ELAPSED_FACTOR), LONGEST_TIMER_MS);
}

/** Fills in the defaults. The settings must be valid. */
export function resolveBudgetSettings(settings: BudgetSettings): ResolvedBudgetSettings {
  const filled = fillDefaults(BUDGET_SETTINGS, settings);
  return { ...filled, burst: filled.burst ?? Math.max(LEAST_BURST, filled.floorPerSecond * BURST_SECONDS) };
}
