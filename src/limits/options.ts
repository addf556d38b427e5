import { type Check, type NumberRule, readOnce } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';

/** What happens while a quota is used up: plain data, every part optional. */
export interface QuotaSettings {
  /** The longest that an attempt waits for its quota, in milliseconds; who would wait longer is refused. Default 30 000. */
  readonly maxWaitMs?: number | undefined;
  /** How long an exhausted quota is held at least, in milliseconds. Default 300 000. */
  readonly exhaustedMs?: number | undefined;
  /**
   * The longest that a quota is held at a time, whatever the callee asked for, in milliseconds. Then one is asked anew. Default
   * 3 600 000, an hour.
   */
  readonly maxHoldMs?: number | undefined;
  /** Those who waited are let go one by one within this time, in milliseconds. Default 1 000. */
  readonly spreadMs?: number | undefined;
}

/** Settings with nothing left open. */
export interface ResolvedQuotaSettings {
  readonly maxWaitMs: number;
  readonly exhaustedMs: number;
  readonly maxHoldMs: number;
  readonly spreadMs: number;
}

const SETTINGS = ['maxWaitMs', 'exhaustedMs', 'maxHoldMs', 'spreadMs'];

/** What a time must be. */
export const WAIT: NumberRule = { min: 0, max: LONGEST_TIMER_MS };

/** A copy of settings, read once: see {@link readOnce}. */
export function readQuotaSettings<S extends QuotaSettings>(path: string, given: S): S {
  return readOnce(path, given);
}

/** Checks settings found in one layer of a config. */
export function checkQuotaSettings(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, SETTINGS);
  if (fields === undefined) return;
  for (const name of SETTINGS) check.number(`${path}.${name}`, fields[name], WAIT);
}

/** What holds when nobody says anything. */
export const QUOTA_DEFAULTS: ResolvedQuotaSettings = {
  maxWaitMs: 30_000,
  exhaustedMs: 300_000,
  maxHoldMs: 3_600_000,
  spreadMs: 1_000,
};

/** Fills in the defaults. The settings must have been checked. */
export function resolveQuotaSettings({
  maxWaitMs,
  exhaustedMs,
  maxHoldMs,
  spreadMs,
}: QuotaSettings): ResolvedQuotaSettings {
  return {
    maxWaitMs: maxWaitMs ?? QUOTA_DEFAULTS.maxWaitMs,
    exhaustedMs: exhaustedMs ?? QUOTA_DEFAULTS.exhaustedMs,
    maxHoldMs: maxHoldMs ?? QUOTA_DEFAULTS.maxHoldMs,
    spreadMs: spreadMs ?? QUOTA_DEFAULTS.spreadMs,
  };
}
