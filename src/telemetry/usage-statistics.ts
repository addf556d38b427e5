import type { UsageEvent, UsageEventType } from './usage-events.js';

/** How configurations were used. Rates are shares from 0 to 1, and 0 if there was nothing to count. */
export interface UsageStatistics {
  /** Loads, failed ones included. */
  readonly totalLoads: number;
  /** How often each preset was used. */
  readonly presetUsageCount: Readonly<Record<string, number>>;
  /** The share of loads that failed. */
  readonly errorRate: number;
  /** The mean time of successful loads, in milliseconds; 0 if there was none. */
  readonly avgLoadTimeMs: number;
  /** If there are several, the one that was used first; `undefined` if none was used. */
  readonly mostUsedPreset: string | undefined;
  readonly leastUsedPreset: string | undefined;
  /** The share of uses with own settings. */
  readonly customConfigUsageRate: number;
  /** The share of uses with settings from legacy variables. */
  readonly legacyConfigUsageRate: number;
  /** Changes per hour of the window. */
  readonly changesPerHour: number;
  readonly validations: number;
  /** The share of validations that failed. */
  readonly validationFailureRate: number;
}

/** How long loads of one preset took, in milliseconds. */
export interface PresetPerformance {
  readonly avgLoadTimeMs: number;
  readonly minLoadTimeMs: number;
  readonly maxLoadTimeMs: number;
  readonly sampleCount: number;
}

/** How long successful loads took, in milliseconds; all 0 if there was none. */
export interface LoadPerformance extends Omit<PresetPerformance, 'sampleCount'> {
  /** The 95th percentile: of `n` sorted times, the one at index `floor(0.95 n)`. */
  readonly p95LoadTimeMs: number;
  /** Loads that failed. */
  readonly errorCount: number;
  /** Loads that succeeded. */
  readonly totalSamples: number;
  readonly presetPerformance: Readonly<Record<string, PresetPerformance>>;
}

/** How often a preset was used within one hour. */
export interface UsageTrendPoint {
  /** When the hour began, in milliseconds since 1970; full hours of UTC. */
  readonly at: number;
  readonly usageCount: number;
}

/** What happened in one session. */
export interface SessionUsage {
  readonly sessionId: string;
  /** When its first and its last event happened, in milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly countByType: Readonly<Record<UsageEventType, number>>;
  /** The presets of its events, in the order in which they came up. */
  readonly presets: readonly string[];
  /** Oldest first. */
  readonly events: readonly UsageEvent[];
}

const HOUR_MS = 3_600_000;

/** Returns true for a load, failed ones included. */
export function isLoad({ type }: UsageEvent): boolean {
  return type === 'config_load' || type === 'config_error';
}

/** Computes the statistics of the events of one window. */
export function computeStatistics(events: readonly UsageEvent[], windowMs: number): UsageStatistics {
  const ofType = (type: UsageEventType) => events.filter((event) => event.type === type);
  const loads = events.filter(isLoad);
  const uses = ofType('preset_usage');
  const validations = ofType('validation_event');
  const useCounts = new Map<string, number>();
  for (const { preset } of uses) useCounts.set(preset, (useCounts.get(preset) ?? 0) + 1);
  // Sorting is stable: of equally used presets, the one that was used first stays first.
  const ranked = [...useCounts].sort(([, one], [, other]) => other - one);
  const fewest = ranked.at(-1)?.[1];
  return Object.freeze({
    totalLoads: loads.length,
    presetUsageCount: Object.freeze(Object.fromEntries(useCounts)),
    errorRate: computeShare(loads, ({ type }) => type === 'config_error'),
    avgLoadTimeMs: computeTimes(ofType('config_load').map(({ value }) => value)).avgLoadTimeMs,
    mostUsedPreset: ranked[0]?.[0],
    leastUsedPreset: ranked.find(([, count]) => count === fewest)?.[0],
    customConfigUsageRate: computeShare(uses, ({ details }) => details['source'] === 'custom'),
    legacyConfigUsageRate: computeShare(uses, ({ details }) => details['source'] === 'legacy'),
    changesPerHour: ofType('config_change').length / (windowMs / HOUR_MS),
    validations: validations.length,
    validationFailureRate: computeShare(validations, ({ value }) => value === 0),
  });
}

/** Computes how long the loads among the events took. */
export function computeLoadPerformance(events: readonly UsageEvent[]): LoadPerformance {
  const timesByPreset = new Map<string, number[]>();
  const all: number[] = [];
  for (const { type, preset, value } of events) {
    if (type !== 'config_load') continue;
    all.push(value);
    const times = timesByPreset.get(preset);
    if (times === undefined) timesByPreset.set(preset, [value]);
    else times.push(value);
  }
  const { sampleCount, ...times } = computeTimes(all);
  return {
    ...times,
    // `all` is sorted by now. In integers, since `0.95 * n` can round to just below a whole number.
    p95LoadTimeMs: all[Math.floor((all.length * 95) / 100)] ?? 0,
    errorCount: events.filter(({ type }) => type === 'config_error').length,
    totalSamples: sampleCount,
    presetPerformance: Object.fromEntries([...timesByPreset].map(([preset, own]) => [preset, computeTimes(own)])),
  };
}

/** Counts the uses of a preset in each of the last hours, the oldest first; the last hour is still running. */
export function computeTrend(
  events: readonly UsageEvent[],
  preset: string,
  hours: number,
  nowMs: number,
): readonly UsageTrendPoint[] {
  const firstHour = Math.floor(nowMs / HOUR_MS) - hours + 1;
  const counts = new Array<number>(hours).fill(0);
  for (const event of events) {
    if (event.type !== 'preset_usage' || event.preset !== preset) continue;
    const index = Math.floor(event.at / HOUR_MS) - firstHour;
    const count = counts[index];
    if (count !== undefined) counts[index] = count + 1;
  }
  return counts.map((usageCount, index) => ({ at: (firstHour + index) * HOUR_MS, usageCount }));
}

/** Sums up a session; `undefined` if there are no events of it. */
export function computeSessionUsage(all: readonly UsageEvent[], sessionId: string): SessionUsage | undefined {
  const events = all.filter((event) => event.sessionId === sessionId);
  if (events.length === 0) return undefined;
  const countByType: Record<UsageEventType, number> = {
    preset_usage: 0,
    config_load: 0,
    config_error: 0,
    config_change: 0,
    validation_event: 0,
    performance_event: 0,
  };
  for (const { type } of events) countByType[type] += 1;
  const presets = [...new Set(events.map(({ preset }) => preset))];
  // Sorted, since the wall clock may have been set back in between.
  const instants = events.map(({ at }) => at).sort((one, other) => one - other);
  return { sessionId, firstAt: instants[0] ?? 0, lastAt: instants.at(-1) ?? 0, countByType, presets, events };
}

function computeShare(events: readonly UsageEvent[], matches: (event: UsageEvent) => boolean): number {
  return events.length === 0 ? 0 : events.filter(matches).length / events.length;
}

/** Sorts the times in place. */
function computeTimes(times: number[]): PresetPerformance {
  times.sort((one, other) => one - other);
  const sum = times.reduce((total, ms) => total + ms, 0);
  return {
    avgLoadTimeMs: times.length === 0 ? 0 : sum / times.length,
    minLoadTimeMs: times[0] ?? 0,
    maxLoadTimeMs: times.at(-1) ?? 0,
    sampleCount: times.length,
  };
}
