import { vi } from 'vitest';
import { type UsageAlertChange, UsageMonitor, type UsageMonitorOptions } from '../../../src/telemetry/usage/usage.js';

/** When the wall clock of a test starts: a full hour. */
export const START = 1_700_000 * 3_600_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** The wall clock, which goes when told. */
export const clock = {
  get ms(): number {
    return Date.now();
  },
  set ms(ms: number) {
    vi.setSystemTime(ms);
  },
};

/** A monitor, and what it tells of alerts. */
export function monitored(options: UsageMonitorOptions = {}) {
  const changes: UsageAlertChange[] = [];
  const monitor = new UsageMonitor({ onAlert: (change) => changes.push(change), ...options });
  /** What came and went, in short: `+load_time simple`. */
  const told = () =>
    changes.map(({ type, alert }) => `${type === 'alert.raised' ? '+' : '-'}${alert.rule} ${alert.preset ?? 'all'}`);
  return { monitor, changes, told };
}

/** Does something a number of times. */
export function times(count: number, work: (index: number) => void): void {
  for (let index = 0; index < count; index++) work(index);
}
