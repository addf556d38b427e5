import { mean } from './statistics.js';

/** Where the figures of one operation go over several runs. */
export interface Trend {
  /** `steady` when it is less than one percent either way, `unknown` with fewer than two samples. */
  readonly verdict: 'improving' | 'degrading' | 'steady' | 'unknown';
  /** The mean of the later half against that of the earlier half, in percent; below 0 is faster. */
  readonly changePercent: number;
}

const STEADY_PERCENT = 1;

/** @param samples figures where less is better, the earliest first. */
export function trendOf(samples: readonly number[]): Trend {
  if (samples.length < 2) return { verdict: 'unknown', changePercent: 0 };
  const middle = Math.floor(samples.length / 2);
  const changePercent = changeInPercent(mean(samples.slice(0, middle)), mean(samples.slice(middle)));
  if (Math.abs(changePercent) < STEADY_PERCENT) return { verdict: 'steady', changePercent };
  return { verdict: changePercent < 0 ? 'improving' : 'degrading', changePercent };
}

/** How much more the second is than the first, in percent. From nothing to something is 100 % more. */
export function changeInPercent(from: number, to: number): number {
  if (from === 0) return to === 0 ? 0 : 100;
  return (to / from - 1) * 100;
}
