import { Check, type NumberRule, readOnce } from '../../input/index.js';
import type { UsageAlertChange } from './alert.js';

/** From where on something is worth an alert. `false` is never. */
export interface UsageThresholds {
  /** Share of loads that fail within the last hour, 0 to 1. Default 0.05. */
  readonly errorRate?: number | false | undefined;
  /** How long one load may take, in milliseconds. Default 100. */
  readonly loadMs?: number | false | undefined;
  /** Changes within the last hour. Default 10. */
  readonly changesPerHour?: number | false | undefined;
  /** Share of validations that fail within the last hour, 0 to 1. Default 0.1. */
  readonly validationFailureRate?: number | false | undefined;
}

/** Options of a {@link UsageMonitor}; every part is optional. */
export interface UsageMonitorOptions {
  /** How many events are kept, 1 000 to 100 000. Default 10 000. */
  readonly maxEvents?: number | undefined;
  /** For how long events and alerts are kept, in milliseconds, an hour to a week. Default 86 400 000, a day. */
  readonly retentionMs?: number | undefined;
  /** For how long statistics are given again when nothing was recorded, in milliseconds. Default 60 000. */
  readonly statsCacheMs?: number | undefined;
  /** From where on there are alerts. Those that are left out keep their defaults. */
  readonly thresholds?: UsageThresholds | undefined;
  /** How many loads or validations an hour must have before a share of them is looked at. Default 20. */
  readonly minimumSamples?: number | undefined;
  /** Hears of each alert that is raised or cleared. What it throws is dropped. */
  readonly onAlert?: ((change: UsageAlertChange) => void) | undefined;
}

/** Thresholds with nothing left open. */
export type UsageThresholdRules = { readonly [T in keyof UsageThresholds]-?: number | false };

/** Options with nothing left open. */
export interface UsageMonitorRules {
  readonly maxEvents: number;
  readonly retentionMs: number;
  readonly statsCacheMs: number;
  readonly thresholds: UsageThresholdRules;
  readonly minimumSamples: number;
  readonly onAlert: (change: UsageAlertChange) => void;
}

/** An hour, in milliseconds. */
export const HOUR_MS = 3_600_000;
/** The longest retention, in milliseconds. */
export const LONGEST_RETENTION_MS: number = 168 * HOUR_MS;

const THRESHOLDS = ['errorRate', 'loadMs', 'changesPerHour', 'validationFailureRate'];
const OPTIONS = ['maxEvents', 'retentionMs', 'statsCacheMs', 'thresholds', 'minimumSamples', 'onAlert'];
const SHARE: NumberRule = { min: 0, max: 1 };

/**
 * The options, read once and checked, with defaults filled in.
 *
 * @throws {ConfigurationError} naming everything that is wrong with them.
 */
export function usageMonitorRules(given: UsageMonitorOptions): UsageMonitorRules {
  const options = readOnce('options', given, (own) => ({
    ...own,
    thresholds: readOnce('options.thresholds', own.thresholds),
  }));
  const check = new Check();
  if (check.fields('options', options, OPTIONS) !== undefined) checkOptions(check, options);
  check.throwIfInvalid();
  return {
    maxEvents: options.maxEvents ?? 10_000,
    retentionMs: options.retentionMs ?? 24 * HOUR_MS,
    statsCacheMs: options.statsCacheMs ?? 60_000,
    thresholds: {
      errorRate: options.thresholds?.errorRate ?? 0.05,
      loadMs: options.thresholds?.loadMs ?? 100,
      changesPerHour: options.thresholds?.changesPerHour ?? 10,
      validationFailureRate: options.thresholds?.validationFailureRate ?? 0.1,
    },
    minimumSamples: options.minimumSamples ?? 20,
    onAlert: options.onAlert ?? (() => undefined),
  };
}

function checkOptions(check: Check, options: UsageMonitorOptions): void {
  const { maxEvents, retentionMs, statsCacheMs, thresholds, minimumSamples, onAlert } = options;
  check.number('options.maxEvents', maxEvents, { min: 1_000, max: 100_000, integer: true });
  check.number('options.retentionMs', retentionMs, { min: HOUR_MS, max: LONGEST_RETENTION_MS });
  check.number('options.statsCacheMs', statsCacheMs, { min: 0, max: HOUR_MS });
  check.number('options.minimumSamples', minimumSamples, { min: 1, max: 100_000, integer: true });
  check.func('options.onAlert', onAlert);
  if (thresholds === undefined || check.fields('options.thresholds', thresholds, THRESHOLDS) === undefined) return;
  check.numberOrFalse('options.thresholds.errorRate', thresholds.errorRate, SHARE);
  check.numberOrFalse('options.thresholds.loadMs', thresholds.loadMs, { min: 0, max: HOUR_MS });
  check.numberOrFalse('options.thresholds.changesPerHour', thresholds.changesPerHour, { min: 0, max: 100_000 });
  check.numberOrFalse('options.thresholds.validationFailureRate', thresholds.validationFailureRate, SHARE);
}
