import type { UsageEventType } from './event.js';

/** How bad it is, least first. */
export const ALERT_LEVELS = ['info', 'warning', 'error', 'critical'] as const;

/** How bad it is. */
export type UsageAlertLevel = (typeof ALERT_LEVELS)[number];

/** What an alert is about. The first two stand for one preset each, the others for all of them. */
export type UsageAlertRule = 'load_time' | 'config_error' | 'error_rate' | 'change_frequency' | 'validation_failures';

/** Something about the configuration that somebody should look at. */
export interface UsageAlert {
  readonly rule: UsageAlertRule;
  readonly level: UsageAlertLevel;
  /** When it was raised, in milliseconds since 1970. */
  readonly at: number;
  /** When it was last seen to hold. */
  readonly lastAt: number;
  /** How many events have found it to hold. */
  readonly occurrences: number;
  /** When it had ceased to hold; `undefined` while it is active. */
  readonly clearedAt: number | undefined;
  /** What is wrong, whatever the numbers. */
  readonly title: string;
  /** What is wrong, with the numbers, in one sentence. */
  readonly description: string;
  /** The preset concerned; `undefined` when it stands for all of them. */
  readonly preset: string | undefined;
  /** The type of the events that brought it up. */
  readonly metricType: UsageEventType;
  /** What must not be exceeded. */
  readonly thresholdValue: number;
  /** What it was when last seen to hold. */
  readonly actualValue: number;
}

/** An alert that has come or gone. */
export interface UsageAlertChange {
  readonly type: 'alert.raised' | 'alert.cleared';
  readonly alert: UsageAlert;
}

/** What a rule has to say for now. */
export interface UsageFinding {
  readonly rule: UsageAlertRule;
  readonly preset: string | undefined;
  /** What is wrong; `undefined` when nothing is. */
  readonly trouble: Omit<UsageAlert, 'at' | 'lastAt' | 'occurrences' | 'clearedAt' | 'rule' | 'preset'> | undefined;
}
