import type { Check, NumberRule } from '../input/index.js';
import type { Alert, AlertChange, AlertRule } from './alerts.js';
import type { UsageEvent, UsageEventType } from './usage-events.js';
import { isLoad } from './usage-statistics.js';

/** The rules of a usage monitor. The first two raise an alert for each preset, the others one for all presets. */
export type UsageAlertRule = 'load_time' | 'config_error' | 'error_rate' | 'change_frequency' | 'validation_failures';

/** A problem with the configuration. */
export interface UsageAlert extends Omit<Alert<UsageAlertRule>, 'group'> {
  /** The preset concerned; `undefined` for all presets. */
  readonly preset: string | undefined;
  /** The type of the events that raised it. */
  readonly metricType: UsageEventType;
}

/** An alert about the configuration was raised or cleared. */
export type UsageAlertChange = AlertChange<UsageAlert>;

/** Values above which an alert is raised. `false` switches an alert off. */
export interface UsageThresholds {
  /** The share of loads that failed within the last hour, 0 to 1. Default 0.05. */
  readonly errorRate?: number | false | undefined;
  /** The time of one load, in milliseconds. Default 100. */
  readonly loadMs?: number | false | undefined;
  /** Changes within the last hour. Default 10. */
  readonly changesPerHour?: number | false | undefined;
  /** The share of validations that failed within the last hour, 0 to 1. Default 0.1. */
  readonly validationFailureRate?: number | false | undefined;
}

type Rule = AlertRule<UsageEvent, UsageAlertRule>;

const HOUR_MS = 3_600_000;

/** The thresholds of a usage monitor. */
export const USAGE_THRESHOLDS: Readonly<Record<keyof UsageThresholds, NumberRule & { readonly default: number }>> = {
  errorRate: { default: 0.05, min: 0, max: 1 },
  loadMs: { default: 100, min: 0, max: HOUR_MS },
  changesPerHour: { default: 10, min: 0, max: 100_000 },
  validationFailureRate: { default: 0.1, min: 0, max: 1 },
};

const NAMES = ['errorRate', 'loadMs', 'changesPerHour', 'validationFailureRate'] as const;

const METRIC_TYPES: Readonly<Record<UsageAlertRule, UsageEventType>> = {
  load_time: 'config_load',
  config_error: 'config_error',
  error_rate: 'config_error',
  change_frequency: 'config_change',
  validation_failures: 'validation_event',
};

/** Collects the issues of thresholds. */
export function checkThresholds(check: Check, path: string, thresholds: UsageThresholds): void {
  if (check.fields(path, thresholds, NAMES) === undefined) return;
  for (const name of NAMES) check.numberOrFalse(`${path}.${name}`, thresholds[name], USAGE_THRESHOLDS[name]);
}

/** Builds the rules of a usage monitor, without those that are switched off. */
export function buildUsageRules(thresholds: UsageThresholds, minSamples: number): readonly Rule[] {
  const thresholdOf = (name: keyof UsageThresholds) => thresholds[name] ?? USAGE_THRESHOLDS[name].default;
  const rules: readonly (Omit<Rule, 'threshold' | 'compare'> & { readonly threshold: number | false })[] = [
    {
      name: 'config_error',
      level: 'error',
      title: 'Configuration failed to load',
      describe: ({ preset, details }) =>
        `The configuration of preset '${preset}' failed to load: ${String(details['error'])}`,
      // A successful load clears the alert.
      matches: isLoad,
      group: ({ preset }) => preset,
      measure: 'mean',
      value: isFailedLoad,
      threshold: 0,
    },
    {
      name: 'load_time',
      level: 'warning',
      title: 'Configuration loads slowly',
      describe: ({ preset }, { value }, threshold) =>
        `The configuration of preset '${preset}' took ${value} ms to load; ${threshold} ms are allowed`,
      matches: ({ type }) => type === 'config_load',
      group: ({ preset }) => preset,
      measure: 'mean',
      value: ({ value }) => value,
      threshold: thresholdOf('loadMs'),
    },
    {
      name: 'error_rate',
      level: 'critical',
      title: 'Many configurations fail to load',
      describe: (_, { value, samples }, threshold) =>
        `${formatPercent(value)} of ${samples} loads failed within an hour; ${formatPercent(threshold)} are allowed`,
      matches: isLoad,
      measure: 'mean',
      value: isFailedLoad,
      windowMs: HOUR_MS,
      minSamples,
      threshold: thresholdOf('errorRate'),
    },
    {
      name: 'change_frequency',
      level: 'warning',
      title: 'Configuration changes often',
      describe: (_, { value }, threshold) =>
        `The configuration was changed ${value} times within an hour; ${threshold} times are allowed`,
      matches: ({ type }) => type === 'config_change',
      measure: 'count',
      windowMs: HOUR_MS,
      threshold: thresholdOf('changesPerHour'),
    },
    {
      name: 'validation_failures',
      level: 'warning',
      title: 'Many configurations are not valid',
      describe: (_, { value, samples }, threshold) =>
        `${formatPercent(value)} of ${samples} validations failed within an hour; ${formatPercent(threshold)} are allowed`,
      matches: ({ type }) => type === 'validation_event',
      measure: 'mean',
      value: ({ value }) => (value === 0 ? 1 : 0),
      windowMs: HOUR_MS,
      minSamples,
      threshold: thresholdOf('validationFailureRate'),
    },
  ];
  return rules.flatMap(({ threshold, ...rule }) =>
    threshold === false ? [] : [{ ...rule, compare: 'gt', threshold }],
  );
}

/** Adds the fields of an alert about the configuration to the general ones. */
export function toUsageAlert({ group, ...alert }: Alert<UsageAlertRule>): UsageAlert {
  return Object.freeze({ ...alert, preset: group, metricType: METRIC_TYPES[alert.rule] });
}

function isFailedLoad({ type }: UsageEvent): number {
  return type === 'config_error' ? 1 : 0;
}

function formatPercent(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`;
}
