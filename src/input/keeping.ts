import { anyThat, type Values } from './settings.js';
import type { NumberRule } from './values.js';

/** How many UTF-16 units a key of a kept value may have: a hash or a short prompt, not a whole document. */
const LONGEST_CACHE_KEY = 10_000;

/** What is allowed for the key of a kept value. */
export const CACHE_KEY: string = `must be a string of 1 to ${LONGEST_CACHE_KEY} characters`;

/** How many values may be kept. */
export const ENTRIES: NumberRule = { min: 1, max: 1_000_000, integer: true };

/** The longest that a value may be kept: a year. */
export const LONGEST_TTL_MS: number = 365 * 24 * 60 * 60_000;

/** True for the key of a kept value. Any characters are allowed, since it is shown nowhere. */
export function isCacheKey(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_CACHE_KEY;
}

/** Declares keys of kept values. */
// @__NO_SIDE_EFFECTS__
export function cacheKey(): Values<string> {
  return anyThat(isCacheKey, CACHE_KEY);
}
