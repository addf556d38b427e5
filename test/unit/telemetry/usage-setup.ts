import { vi } from 'vitest';
import { UsageMonitor, type UsageMonitorOptions } from '../../../src/telemetry/config-usage.js';
import type { UsageAlertChange } from '../../../src/telemetry/usage-alerts.js';

/** The instant at which the wall clock of a test starts: a full hour. */
export const START = 1_700_000 * 3_600_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** The wall clock, which stands still until it is set. */
export const clock = {
  get ms(): number {
    return Date.now();
  },
  set ms(ms: number) {
    vi.setSystemTime(ms);
  },
};

/** Creates a monitor and collects its alerts. */
export function createMonitor(options: UsageMonitorOptions = {}) {
  const changes: UsageAlertChange[] = [];
  const monitor = new UsageMonitor({ onAlert: (change) => changes.push(change), ...options });
  /** What was raised (+) and cleared (-), such as `+load_time simple`. */
  const history = () =>
    changes.map(({ type, alert }) => `${type === 'alert.raised' ? '+' : '-'}${alert.rule} ${alert.preset ?? 'all'}`);
  return { monitor, changes, history };
}

/** Calls a function a number of times. */
export function times(count: number, work: (index: number) => void): void {
  for (let index = 0; index < count; index++) work(index);
}
