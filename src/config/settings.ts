import {
  BREAKER_SETTINGS,
  type BreakerSettings,
  type ResolvedBreakerSettings,
  resolveBreakerSettings,
} from '../breaker/settings.js';
import {
  HEDGE_SETTINGS,
  type HedgeSettings,
  type ResolvedHedgeSettings,
  resolveHedgeSettings,
} from '../hedge/settings.js';
import {
  type AnySetting,
  type Check,
  collectDefaults,
  fillDefaults,
  type Part,
  part,
  partOrFalse,
  setting,
  walkSettings,
} from '../input/index.js';
import {
  CONCURRENCY_SETTINGS,
  type ConcurrencySettings,
  type ResolvedConcurrencySettings,
  resolveConcurrencySettings,
} from '../limits/concurrency.js';
import {
  PACING_SETTINGS,
  type PacingSettings,
  type ResolvedPacingSettings,
  resolvePacingSettings,
} from '../limits/pacing.js';
import {
  QUOTA_SETTINGS,
  type QuotaSettings,
  type ResolvedQuotaSettings,
  resolveQuotaSettings,
} from '../limits/settings.js';
import { type ResolvedRetrySettings, resolveRetrySettings } from '../retry/resolve-settings.js';
import { RETRY_SETTINGS, type RetrySettings } from '../retry/settings.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import {
  type ResolvedStreamSettings,
  resolveStreamSettings,
  STREAM_SETTINGS,
  type StreamSettings,
} from '../streams/settings.js';
import { TIMEOUT_SETTINGS, type TimeoutSettings } from '../timeout/settings.js';

/** How an operation is protected. Every part is optional; `false` switches a stage off. */
export interface Settings extends TimeoutSettings {
  /** Whether and how to retry. Default: as in the preset. */
  readonly retry?: RetrySettings | false | undefined;
  /** When another attempt starts beside one that takes long. Default `false`: never. */
  readonly hedge?: HedgeSettings | false | undefined;
  /** What happens while a quota is used up. Default: attempts wait up to 30 s for it. `false`: quotas are ignored. */
  readonly quota?: QuotaSettings | false | undefined;
  /** How many requests and tokens are sent in a minute. Default `false`: no limit. */
  readonly pacing?: PacingSettings | false | undefined;
  /** How many attempts may run at a time. Default `false`: no limit. */
  readonly concurrency?: ConcurrencySettings | false | undefined;
  /** When to stop calling a provider that keeps failing. Default: as in the preset. */
  readonly breaker?: BreakerSettings | false | undefined;
  /** How long a guarded stream may be silent, and how long it may take. Default: the defaults of each part. */
  readonly stream?: StreamSettings | undefined;
}

/** Settings with all defaults filled in. A stage that is switched off is `false`. */
export interface ResolvedSettings {
  /** The longest a call may take, in milliseconds; `false`: there is no limit. */
  readonly deadlineMs: number | false;
  /** The longest one attempt may take, in milliseconds; `false`: there is no limit. */
  readonly attemptTimeoutMs: number | false;
  readonly retry: ResolvedRetrySettings | false;
  readonly hedge: ResolvedHedgeSettings | false;
  readonly quota: ResolvedQuotaSettings | false;
  readonly pacing: ResolvedPacingSettings | false;
  readonly concurrency: ResolvedConcurrencySettings | false;
  readonly breaker: ResolvedBreakerSettings | false;
  readonly stream: ResolvedStreamSettings;
}

/** Where a fallback belongs, which is no setting. */
export const NO_FALLBACK =
  'Write fallback in the options of a call, or fallbacks: { chat: ... } in those of createResilience().';

/** Names that users look for among settings. */
export const NO_SETTINGS: Readonly<Record<string, string>> = {
  fallback: NO_FALLBACK,
  enabled: 'Write false instead of settings to switch a stage off.',
};

/** Declares {@link Settings}: one line for each stage. */
export const SETTINGS: Part<Settings, keyof TimeoutSettings | 'hedge' | 'pacing' | 'concurrency'> = part(
  {
    ...TIMEOUT_SETTINGS,
    retry: setting(partOrFalse(RETRY_SETTINGS), {
      description: 'Whether and how to retry. `false`: every call has one attempt.',
      advice: 'Write settings, such as { maxAttempts: 3 }, or false for no retries.',
    }),
    hedge: setting(partOrFalse(HEDGE_SETTINGS), {
      default: false,
      description: 'When another attempt starts beside one that takes long. `false`: never.',
      advice: 'Write settings, such as { quantile: 0.95 }, or false.',
    }),
    quota: setting(partOrFalse(QUOTA_SETTINGS), {
      description: 'What happens while a quota is used up. `false`: quotas are ignored.',
      advice: 'Write settings, such as { maxWaitMs: 30000 }, or false.',
    }),
    pacing: setting(partOrFalse(PACING_SETTINGS), {
      default: false,
      description: 'How many requests and tokens a key sends in a minute. `false`: as many as there are.',
      advice: 'Write settings, such as { requestsPerMinute: 500 }, or false.',
    }),
    concurrency: setting(partOrFalse(CONCURRENCY_SETTINGS), {
      default: false,
      description: 'How many attempts of a key may run at a time. `false`: as many as there are.',
      advice: 'Write settings, such as { limit: 10 }, or false.',
    }),
    breaker: setting(partOrFalse(BREAKER_SETTINGS), {
      description: 'When to stop calling a provider that keeps failing. `false`: never.',
      advice: 'Write settings, such as { openMs: 60000 }, or false for no breaker.',
    }),
    stream: setting(STREAM_SETTINGS, {
      description: 'How long a guarded stream may be silent, and how long it may take.',
      advice: 'Write settings, such as { idleMs: 60000 }.',
    }),
  },
  {
    id: 'settings',
    elsewhere: NO_SETTINGS,
    description: 'How operations are protected. Every part is optional; `false` switches a stage off.',
  },
);

/** Every setting by its path, such as `retry.maxAttempts`. */
export const SETTING_PATHS: ReadonlyMap<string, AnySetting> = new Map(walkSettings(SETTINGS));

/** The defaults of all settings, without those that are computed from others. */
export const DEFAULTS: Settings = collectDefaults(SETTINGS);

/** A trial's lease is this much longer than its attempt may take, so that its outcome still counts. */
const LEASE_SLACK = 1.5;

/** Fills in the defaults of merged settings, and checks that they do not contradict each other. */
export function resolveSettings(check: Check, path: string, settings: Settings): ResolvedSettings {
  check.conflicts(path, settings, SETTINGS);
  const { deadlineMs, attemptTimeoutMs, retry, hedge, quota, pacing, concurrency, breaker, stream } = fillDefaults(
    SETTINGS,
    settings,
  );
  return {
    deadlineMs,
    attemptTimeoutMs,
    retry: retry !== false && resolveRetrySettings(retry ?? {}),
    hedge: hedge !== false && resolveHedgeSettings(hedge),
    quota: quota !== false && resolveQuotaSettings(quota ?? {}),
    pacing: pacing !== false && resolvePacingSettings(pacing),
    concurrency: concurrency !== false && resolveConcurrencySettings(concurrency),
    breaker: breaker !== false && resolveBreakerSettings(addTrialLease(breaker ?? {}, attemptTimeoutMs, deadlineMs)),
    stream: resolveStreamSettings(stream ?? {}),
  };
}

function addTrialLease(
  breaker: BreakerSettings,
  attemptTimeoutMs: number | false,
  deadlineMs: number | false,
): BreakerSettings {
  return { ...breaker, trialLeaseMs: breaker.trialLeaseMs ?? computeTrialLeaseMs(attemptTimeoutMs, deadlineMs) };
}

/** Computes the default lease of a trial from the time limits; `undefined` if there is none. */
export function computeTrialLeaseMs(attemptTimeoutMs: number | false, deadlineMs: number | false): number | undefined {
  const longestMs = attemptTimeoutMs || deadlineMs;
  return longestMs === false ? undefined : Math.min(longestMs * LEASE_SLACK, LONGEST_TIMER_MS);
}

/** Computes the lease of a trial whose value is a stream: it is held until the stream ends. */
export function computeStreamLeaseMs({ totalMs }: ResolvedStreamSettings): number {
  return totalMs === false ? LONGEST_TIMER_MS : Math.min(totalMs * LEASE_SLACK, LONGEST_TIMER_MS);
}
