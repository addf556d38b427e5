import type { ConfigInput } from '../config/document.js';
import type { BuiltInPreset } from '../config/presets/presets.js';
import type { Settings } from '../config/settings.js';
import { describe, type Fields } from '../input/index.js';
import type { RetrySettings } from '../retry/settings.js';
import type { Notes } from './notes.js';

/** What the old library never did stays off, so that no call is treated otherwise on the day of the move. */
export const NOTHING_ELSE: Settings = {
  deadlineMs: false,
  attemptTimeoutMs: false,
  retry: false,
  quota: false,
  breaker: false,
};

/** Peers retry errors that nobody recognises, and count no retries of all calls together. */
export const RETRIED: RetrySettings = { kinds: { unknown: true }, budget: false };

/** What that changes all the same. */
export const RETRIED_WHY: string =
  'what will not get better by itself (auth, invalid_request, quota_exhausted, ...) is not retried; ' +
  'what the callee asks for (Retry-After) is waited for, and while it is overloaded waits begin at twice the length';

/** What a breaker of ours does not count. */
export const COUNTED_WHY: string =
  'what says nothing against the callee (a request of ours that is wrong, a quota that is used up, a call that was ' +
  'cancelled) does not count; rules in createResilience({ classify: rules }) say what an error means';

/** The config of settings that hold for one operation, or for all. */
export function configWith(preset: BuiltInPreset, settings: Settings, operation: string | undefined): ConfigInput {
  if (operation === undefined) return { preset, defaults: settings };
  return { preset, operations: { [operation]: settings } };
}

/** Notes every option that was given and stands nowhere in a config. */
export function noteLost(fields: Fields, reasons: Readonly<Record<string, string>>, notes: Notes): void {
  for (const [option, why] of Object.entries(reasons)) {
    const value = fields[option];
    if (value !== undefined) notes.lost(option, describe(value), why);
  }
}

/** What there is without a limit, to be warned of. */
export function limitWarnings({ attemptTimeoutMs, deadlineMs }: Settings): string[] {
  if (attemptTimeoutMs !== false || deadlineMs !== false) return [];
  return ['Nothing limits the time of a call, as before: set attemptTimeoutMs and deadlineMs.'];
}
