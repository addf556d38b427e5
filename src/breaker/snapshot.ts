import type { Check, Fields } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';

/** Consecutive openings without a closing in between; they determine the length of the next one. */
type Openings = number;

/** The state of a breaker as plain JSON, for a later process. The rate window is not part of it. */
export type BreakerSnapshot = {
  readonly version: 1;
} & (
  | { readonly state: 'closed'; readonly consecutiveFailures: number }
  | {
      readonly state: 'open';
      readonly openings: Openings;
      /** When it opened, in milliseconds since 1970. */
      readonly openedAt: number;
      /** The duration of the opening, in milliseconds; `null` if it is held open by hand. */
      readonly waitMs: number | null;
    }
  | { readonly state: 'half_open'; readonly openings: Openings }
);

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
const FIELDS = {
  closed: ['version', 'state', 'consecutiveFailures'],
  open: ['version', 'state', 'openings', 'openedAt', 'waitMs'],
  half_open: ['version', 'state', 'openings'],
};

/**
 * Computes what is left of an opening: at least 0 and at most its duration, even if the wall clock was changed since.
 */
export function remainingTimes(
  { openedAt, waitMs }: { readonly openedAt: number; readonly waitMs: number | null },
  nowMs: number,
): { waitMs: number | undefined; passedMs: number } {
  const passedMs = Math.max(nowMs - openedAt, 0);
  return waitMs === null ? { waitMs: undefined, passedMs } : { waitMs, passedMs: Math.min(passedMs, waitMs) };
}

/** Refuses a value that is not a snapshot: it may come from a file or a store. */
export function checkSnapshot(check: Check, value: unknown): void {
  const path = 'snapshot';
  const fields = check.record(path, value);
  if (fields === undefined) return;
  if (fields['version'] !== 1) check.addIssue(`${path}.version`, 'must be 1', fields['version']);
  const state = fields['state'];
  if (state !== 'closed' && state !== 'open' && state !== 'half_open') {
    check.addIssue(`${path}.state`, 'must be one of closed, open, half_open', state);
    return;
  }
  check.fields(path, value, FIELDS[state]);
  required(check, path, fields, state === 'closed' ? 'consecutiveFailures' : 'openings', COUNT);
  if (state !== 'open') return;
  required(check, path, fields, 'openedAt', COUNT);
  if (fields['waitMs'] !== null) required(check, path, fields, 'waitMs', { min: 0, max: LONGEST_TIMER_MS });
}

function required(
  check: Check,
  path: string,
  fields: Fields,
  name: string,
  rule: Parameters<Check['number']>[2],
): void {
  const value = fields[name];
  if (value === undefined) check.addIssue(`${path}.${name}`, 'must be present', value);
  check.number(`${path}.${name}`, value, rule);
}
