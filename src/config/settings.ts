import { BREAKER_SETTINGS, type BreakerSettings, type ResolvedBreakerSettings } from '../breaker/settings.js';
import { type AnySetting, defaultsOf, type Part, part, partOrFalse, setting, walkSettings } from '../input/index.js';
import { QUOTA_SETTINGS, type QuotaSettings, type ResolvedQuotaSettings } from '../limits/settings.js';
import type { ResolvedRetrySettings } from '../retry/resolve-settings.js';
import { RETRY_SETTINGS, type RetrySettings } from '../retry/settings.js';
import { TIMEOUT_SETTINGS, type TimeoutSettings } from '../timeout/settings.js';

/** How an operation is protected. Every part is optional; `false` switches a stage off. */
export interface Settings extends TimeoutSettings {
  /** Whether and how to retry. Default: as the preset says. */
  readonly retry?: RetrySettings | false | undefined;
  /** What happens while a quota is used up. Default: attempts wait up to 30 s for it. `false`: quotas are ignored. */
  readonly quota?: QuotaSettings | false | undefined;
  /** When to stop calling a provider that keeps failing. Default: as the preset says. */
  readonly breaker?: BreakerSettings | false | undefined;
}

/** Settings with all defaults filled in. A stage that is switched off is `false`. */
export interface ResolvedSettings {
  /** The longest a call may take, in milliseconds; `false`: there is no limit. */
  readonly deadlineMs: number | false;
  /** The longest one attempt may take, in milliseconds; `false`: there is no limit. */
  readonly attemptTimeoutMs: number | false;
  readonly retry: ResolvedRetrySettings | false;
  readonly quota: ResolvedQuotaSettings | false;
  readonly breaker: ResolvedBreakerSettings | false;
}

/** Declares {@link Settings}: one line for each stage. */
export const SETTINGS: Part<Settings, keyof TimeoutSettings> = part(
  {
    ...TIMEOUT_SETTINGS,
    retry: setting(partOrFalse(RETRY_SETTINGS), {
      description: 'Whether and how to try again. `false`: every call has one attempt.',
      advice: 'Write settings, such as { maxAttempts: 3 }, or false for no retries.',
    }),
    quota: setting(partOrFalse(QUOTA_SETTINGS), {
      description: 'What happens while a quota is used up. `false`: nobody takes notice.',
      advice: 'Write settings, such as { maxWaitMs: 30000 }, or false.',
    }),
    breaker: setting(partOrFalse(BREAKER_SETTINGS), {
      description: 'When to stop calling what keeps failing. `false`: never.',
      advice: 'Write settings, such as { openMs: 60000 }, or false for no breaker.',
    }),
  },
  {
    id: 'settings',
    description: 'How operations are protected. Every part is optional; `false` switches a stage off.',
  },
);

/** Every setting by its path, such as `retry.maxAttempts`. */
export const SETTING_PATHS: ReadonlyMap<string, AnySetting> = new Map(walkSettings(SETTINGS));

/** The settings of an operation that no layer configures, without those that are computed from others. */
export const DEFAULTS: Settings = defaultsOf(SETTINGS);
