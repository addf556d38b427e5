import { type Setting, type Settled, strengthOf } from './layers.js';

/** The shorter of two times, and the one that must not be shorter. */
const ORDERED = [
  { short: 'minDelayMs', long: 'maxDelayMs' },
  { short: 'openMs', long: 'openMaxMs' },
];

/**
 * What is given makes room for itself: where two layers give times that do not fit together, the weaker one follows the
 * stronger. What one layer says about itself is left as it is, for the check to refuse.
 */
export function makeRoom(settled: Settled): Settled {
  const changed = new Map(settled);
  for (const [path, setting] of settled) {
    for (const { short, long } of ORDERED) {
      if (path.endsWith(`.${short}`)) adjust(changed, path, setting, path.slice(0, -short.length) + long);
    }
  }
  letWaitsElapse(changed);
  return changed;
}

function adjust(changed: Map<string, Setting>, shortPath: string, short: Setting, longPath: string): void {
  const long = changed.get(longPath);
  if (long === undefined || !isMore(short, long)) return;
  const difference = strengthOf(short) - strengthOf(long);
  if (difference > 0) changed.set(longPath, short);
  if (difference < 0) changed.set(shortPath, long);
}

/** A limit of elapsed time below the shortest wait allows no retry. Where the wait is meant, the limit follows the waits. */
function letWaitsElapse(changed: Map<string, Setting>): void {
  const wait = changed.get('retry.minDelayMs');
  const limit = changed.get('retry.maxElapsedMs');
  if (wait === undefined || limit === undefined || !isMore(wait, limit)) return;
  const difference = strengthOf(wait) - strengthOf(limit);
  if (difference > 0) changed.delete('retry.maxElapsedMs');
  if (difference < 0) changed.set('retry.minDelayMs', limit);
}

function isMore({ value: one }: Setting, { value: other }: Setting): boolean {
  return typeof one === 'number' && typeof other === 'number' && one > other;
}
