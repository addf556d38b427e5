import type { ResolvedTripSettings } from './settings.js';
import type { WindowTotals } from './window.js';

/** Which rule opened a closed breaker. */
export type TripCause = 'consecutive_failures' | 'failure_rate' | 'slow_call_rate';

/** True if the rules need a window; a breaker that only counts consecutive failures has none. */
export function usesRates({ failureRate, slowCallRate }: ResolvedTripSettings): boolean {
  return failureRate !== undefined || slowCallRate !== undefined;
}

/** Whether a call that took this long counts as slow. */
export function isSlow({ slowCallMs }: ResolvedTripSettings, durationMs: number): boolean {
  return slowCallMs !== undefined && durationMs >= slowCallMs;
}

/** Decides whether to open: returns the first rule that is met. A rate that equals its limit meets it. */
export function findTripCause(
  rules: ResolvedTripSettings,
  consecutiveFailures: number,
  window: WindowTotals | undefined,
): TripCause | undefined {
  if (rules.consecutiveFailures !== undefined && consecutiveFailures >= rules.consecutiveFailures) {
    return 'consecutive_failures';
  }
  if (window === undefined || window.calls < rules.minimumCalls) return undefined;
  if (rules.failureRate !== undefined && window.failures / window.calls >= rules.failureRate) return 'failure_rate';
  if (rules.slowCallRate !== undefined && window.slow / window.calls >= rules.slowCallRate) return 'slow_call_rate';
  return undefined;
}
