import type { UsageEvent } from './event.js';
import { HOUR_MS } from './options.js';

/** One hour of a preset. */
export interface UsageTrendPoint {
  /** When the hour began, in milliseconds since 1970; full hours of UTC. */
  readonly at: number;
  readonly usageCount: number;
}

/** How often a preset was put to use in each of the latest hours, oldest first; the last one is still running. */
export function trendOf(
  events: readonly UsageEvent[],
  preset: string,
  hours: number,
  nowMs: number,
): readonly UsageTrendPoint[] {
  const current = Math.floor(nowMs / HOUR_MS);
  const counts = new Array<number>(hours).fill(0);
  for (const event of events) {
    if (event.type !== 'preset_usage' || event.preset !== preset) continue;
    const index = hours - 1 - (current - Math.floor(event.at / HOUR_MS));
    const count = counts[index];
    if (count !== undefined) counts[index] = count + 1;
  }
  return counts.map((usageCount, index) => ({ at: (current - hours + 1 + index) * HOUR_MS, usageCount }));
}
