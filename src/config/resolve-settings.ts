import { resolveBreakerSettings } from '../breaker/settings.js';
import { type Check, fillDefaults } from '../input/index.js';
import { resolveQuotaSettings } from '../limits/settings.js';
import { resolveRetrySettings } from '../retry/resolve-settings.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import { type ResolvedSettings, SETTINGS, type Settings } from './settings.js';

/** A trial keeps its place for this much longer than its attempt may take, so that its outcome still counts. */
const LEASE_SLACK = 1.5;

/** Fills in the defaults of merged settings, and checks that they do not contradict each other. */
export function resolveSettings(check: Check, path: string, settings: Settings): ResolvedSettings {
  check.conflicts(path, settings, SETTINGS);
  const { deadlineMs, attemptTimeoutMs, retry = {}, quota = {}, breaker = {} } = fillDefaults(SETTINGS, settings);
  return {
    deadlineMs,
    attemptTimeoutMs,
    retry: retry !== false && resolveRetrySettings(retry),
    quota: quota !== false && resolveQuotaSettings(quota),
    breaker:
      breaker !== false &&
      resolveBreakerSettings({
        ...breaker,
        trialLeaseMs: breaker.trialLeaseMs ?? trialLeaseMs(attemptTimeoutMs, deadlineMs),
      }),
  };
}

/** How long an attempt may hold the place of a trial, if the breaker's settings do not say; `undefined` without any limit. */
export function trialLeaseMs(attemptTimeoutMs: number | false, deadlineMs: number | false): number | undefined {
  const longestMs = attemptTimeoutMs || deadlineMs;
  return longestMs === false ? undefined : Math.min(longestMs * LEASE_SLACK, LONGEST_TIMER_MS);
}
