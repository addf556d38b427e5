import type { UsageEvent } from './event.js';
import { HOUR_MS } from './options.js';
import { errorRateOf, isLoad, sourceRateOf, validationFailureRateOf } from './rates.js';

/** How configurations were used within a time. Rates are shares from 0 to 1. */
export interface UsageStatistics {
  /** Loads, whether they worked or not. */
  readonly totalLoads: number;
  /** How often each preset was put to use. */
  readonly presetUsageCount: Readonly<Record<string, number>>;
  /** The share of loads that failed. */
  readonly errorRate: number;
  /** How long a load that worked took on average, in milliseconds; 0 when there was none. */
  readonly avgLoadTimeMs: number;
  /** Of several, the one that came first; `undefined` when none was used. */
  readonly mostUsedPreset: string | undefined;
  readonly leastUsedPreset: string | undefined;
  /** The share of uses with settings of one's own. */
  readonly customConfigUsageRate: number;
  /** The share of uses with settings of old variables. */
  readonly legacyConfigUsageRate: number;
  /** Changes for each hour of the time looked at. */
  readonly changesPerHour: number;
  readonly validations: number;
  /** The share of validations that found something wrong. */
  readonly validationFailureRate: number;
}

/** Works out the statistics of events that all lie within `windowMs`. */
export function statisticsOf(events: readonly UsageEvent[], windowMs: number): UsageStatistics {
  const uses = usesOf(events);
  const loadMs = events.filter(({ type }) => type === 'config_load').map(({ value }) => value);
  const changes = events.filter(({ type }) => type === 'config_change').length;
  return Object.freeze({
    totalLoads: events.filter(isLoad).length,
    presetUsageCount: Object.freeze(Object.fromEntries(uses)),
    errorRate: errorRateOf(events),
    avgLoadTimeMs: loadMs.length === 0 ? 0 : loadMs.reduce((sum, ms) => sum + ms, 0) / loadMs.length,
    mostUsedPreset: first(uses, (count, best) => count > best),
    leastUsedPreset: first(uses, (count, best) => count < best),
    customConfigUsageRate: sourceRateOf(events, 'custom'),
    legacyConfigUsageRate: sourceRateOf(events, 'legacy'),
    changesPerHour: changes / (windowMs / HOUR_MS),
    validations: events.filter(({ type }) => type === 'validation_event').length,
    validationFailureRate: validationFailureRateOf(events),
  });
}

function usesOf(events: readonly UsageEvent[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const { type, preset } of events) {
    if (type === 'preset_usage') uses.set(preset, (uses.get(preset) ?? 0) + 1);
  }
  return uses;
}

function first(
  uses: ReadonlyMap<string, number>,
  isBetter: (count: number, best: number) => boolean,
): string | undefined {
  let name: string | undefined;
  let best = 0;
  for (const [preset, count] of uses) {
    if (name !== undefined && !isBetter(count, best)) continue;
    name = preset;
    best = count;
  }
  return name;
}
