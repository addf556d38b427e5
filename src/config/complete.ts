import {
  type BreakerSettings,
  checkOpenMaxMs,
  type ResolvedBreakerSettings,
  resolveBreakerSettings,
} from '../breaker/options.js';
import type { Check } from '../input/index.js';
import { resolveQuotaSettings } from '../limits/options.js';
import { checkRetryTogether } from '../retry/options-check.js';
import { resolveRetrySettings } from '../retry/options-rules.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import { LIBRARY } from './library.js';
import type { ResolvedSettings, Settings } from './settings.js';

/** A trial keeps its place for this much longer than its attempt may take, so that it can still tell how it ended. */
const LEASE_SLACK = 1.5;

/** Fills in the defaults, and checks what only shows when all layers lie over each other. */
export function resolveSettings(check: Check, path: string, settings: Settings): ResolvedSettings {
  const { deadlineMs = LIBRARY.deadlineMs, attemptTimeoutMs = LIBRARY.attemptTimeoutMs } = settings;
  const { retry = {}, quota = {}, breaker = {} } = settings;
  if (retry !== false) checkRetryTogether(check, `${path}.retry`, retry);
  return {
    deadlineMs,
    attemptTimeoutMs,
    retry: retry !== false && resolveRetrySettings(retry),
    quota: quota !== false && resolveQuotaSettings(quota),
    breaker: breaker !== false && completeBreaker(check, `${path}.breaker`, breaker, attemptTimeoutMs, deadlineMs),
  };
}

/** How long an attempt may hold the place of a trial when the breaker's settings do not say. */
export function trialLeaseMs(attemptTimeoutMs: number | false, deadlineMs: number | false): number | undefined {
  const longestMs = attemptTimeoutMs || deadlineMs;
  return longestMs === false ? undefined : Math.min(longestMs * LEASE_SLACK, LONGEST_TIMER_MS);
}

function completeBreaker(
  check: Check,
  path: string,
  breaker: BreakerSettings,
  attemptTimeoutMs: number | false,
  deadlineMs: number | false,
): ResolvedBreakerSettings {
  checkOpenMaxMs(check, path, breaker);
  return resolveBreakerSettings({
    ...breaker,
    trialLeaseMs: breaker.trialLeaseMs ?? trialLeaseMs(attemptTimeoutMs, deadlineMs),
  });
}
