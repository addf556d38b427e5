import type { UsageAlertLevel, UsageAlertRule, UsageFinding } from './alert.js';
import type { UsageEvent, UsageEventType } from './event.js';
import type { UsageMonitorRules, UsageThresholdRules } from './options.js';
import { errorRateOf, isLoad, validationFailureRateOf } from './rates.js';

/** A rule about events that pile up, whatever their preset. */
interface RuleTogether {
  readonly rule: UsageAlertRule;
  readonly level: UsageAlertLevel;
  readonly title: string;
  readonly metricType: UsageEventType;
  readonly threshold: keyof UsageThresholdRules;
  readonly concerns: (event: Pick<UsageEvent, 'type'>) => boolean;
  /** What is compared with the threshold, of the events that it concerns. */
  readonly measure: (events: readonly UsageEvent[]) => number;
  /** What is counted when the measure is a share of it. A share says nothing before there are enough. */
  readonly shareOf?: string;
}

const TOGETHER: readonly RuleTogether[] = [
  {
    rule: 'error_rate',
    level: 'critical',
    title: 'Many configurations fail to load',
    metricType: 'config_error',
    threshold: 'errorRate',
    concerns: isLoad,
    measure: errorRateOf,
    shareOf: 'loads',
  },
  {
    rule: 'change_frequency',
    level: 'warning',
    title: 'Configuration changes often',
    metricType: 'config_change',
    threshold: 'changesPerHour',
    concerns: ({ type }) => type === 'config_change',
    measure: ({ length }) => length,
  },
  {
    rule: 'validation_failures',
    level: 'warning',
    title: 'Many configurations are not valid',
    metricType: 'validation_event',
    threshold: 'validationFailureRate',
    concerns: ({ type }) => type === 'validation_event',
    measure: validationFailureRateOf,
    shareOf: 'validations',
  },
];

/** What one event says by itself. */
export function findingsOf(
  { type, preset, value, details }: UsageEvent,
  { loadMs }: UsageThresholdRules,
): readonly UsageFinding[] {
  if (type === 'config_error') return [{ rule: 'config_error', preset, trouble: failed(preset, details['error']) }];
  if (type !== 'config_load') return [];
  const isSlow = loadMs !== false && value > loadMs;
  return [
    // A load that worked ends the alert of the one that did not.
    { rule: 'config_error', preset, trouble: undefined },
    { rule: 'load_time', preset, trouble: isSlow ? slow(preset, value, loadMs) : undefined },
  ];
}

/**
 * What the events of the last hour say together.
 *
 * @param lastHour gives them.
 * @param type looks only at what an event of this type can change; `undefined` looks at all.
 */
export function findingsTogether(
  lastHour: () => readonly UsageEvent[],
  rules: Pick<UsageMonitorRules, 'thresholds' | 'minimumSamples'>,
  type?: UsageEventType,
): readonly UsageFinding[] {
  const concerned = TOGETHER.filter(({ concerns }) => type === undefined || concerns({ type }));
  if (concerned.length === 0) return [];
  const events = lastHour();
  return concerned.map((one) => together(one, events.filter(one.concerns), rules));
}

function together(
  { rule, level, title, metricType, threshold, measure, shareOf }: RuleTogether,
  events: readonly UsageEvent[],
  { thresholds, minimumSamples }: Pick<UsageMonitorRules, 'thresholds' | 'minimumSamples'>,
): UsageFinding {
  const thresholdValue = thresholds[threshold];
  const actualValue = measure(events);
  const isEnough = shareOf === undefined || events.length >= minimumSamples;
  if (thresholdValue === false || !isEnough || actualValue <= thresholdValue) {
    return { rule, preset: undefined, trouble: undefined };
  }
  const description =
    shareOf === undefined
      ? `It was changed ${actualValue} times within an hour; ${thresholdValue} times are allowed`
      : `${percent(actualValue)} of ${events.length} ${shareOf} failed within an hour; ${percent(thresholdValue)} are allowed`;
  return { rule, preset: undefined, trouble: { level, title, description, metricType, thresholdValue, actualValue } };
}

function failed(preset: string, reason: unknown): UsageFinding['trouble'] {
  return {
    level: 'error',
    title: 'Configuration failed to load',
    description: `The configuration of preset '${preset}' failed to load: ${String(reason)}`,
    metricType: 'config_error',
    thresholdValue: 0,
    actualValue: 1,
  };
}

function slow(preset: string, actualValue: number, thresholdValue: number): UsageFinding['trouble'] {
  return {
    level: 'warning',
    title: 'Configuration loads slowly',
    description: `The configuration of preset '${preset}' took ${actualValue} ms to load; ${thresholdValue} ms are allowed`,
    metricType: 'config_load',
    thresholdValue,
    actualValue,
  };
}

function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`;
}
