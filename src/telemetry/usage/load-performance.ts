import type { UsageEvent } from './event.js';

/** How long loads of one preset took, in milliseconds. */
export interface PresetPerformance {
  readonly avgLoadTimeMs: number;
  readonly minLoadTimeMs: number;
  readonly maxLoadTimeMs: number;
  readonly sampleCount: number;
}

/** How long loads took that worked, in milliseconds; all 0 when there was none. */
export interface LoadPerformance {
  readonly avgLoadTimeMs: number;
  readonly minLoadTimeMs: number;
  readonly maxLoadTimeMs: number;
  /** What 95 of 100 did not exceed: of `n` in order, the one at `floor(0.95 n)`, counted from 0. */
  readonly p95LoadTimeMs: number;
  /** Loads that failed. */
  readonly errorCount: number;
  /** Loads that worked. */
  readonly totalSamples: number;
  readonly presetPerformance: Readonly<Record<string, PresetPerformance>>;
}

/** Works out how loads did. */
export function loadPerformanceOf(events: readonly UsageEvent[]): LoadPerformance {
  const byPreset = new Map<string, number[]>();
  const all: number[] = [];
  for (const { type, preset, value } of events) {
    if (type !== 'config_load') continue;
    all.push(value);
    const own = byPreset.get(preset);
    if (own === undefined) byPreset.set(preset, [value]);
    else own.push(value);
  }
  const { sampleCount, ...times } = timesOf(all);
  return {
    ...times,
    // In whole numbers: 0.95 times a count may lie below the whole number that it is.
    p95LoadTimeMs: all.sort((one, other) => one - other)[Math.floor((all.length * 95) / 100)] ?? 0,
    errorCount: events.filter(({ type }) => type === 'config_error').length,
    totalSamples: sampleCount,
    presetPerformance: Object.fromEntries([...byPreset].map(([preset, own]) => [preset, timesOf(own)])),
  };
}

function timesOf(samples: readonly number[]): PresetPerformance {
  let sum = 0;
  let min = Infinity;
  let max = 0;
  for (const ms of samples) {
    sum += ms;
    min = Math.min(min, ms);
    max = Math.max(max, ms);
  }
  const sampleCount = samples.length;
  if (sampleCount === 0) return { avgLoadTimeMs: 0, minLoadTimeMs: 0, maxLoadTimeMs: 0, sampleCount };
  return { avgLoadTimeMs: sum / sampleCount, minLoadTimeMs: min, maxLoadTimeMs: max, sampleCount };
}
