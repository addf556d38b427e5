import {
  CACHE_KEY,
  cacheKey,
  ENTRIES,
  fillDefaults,
  LONGEST_TTL_MS,
  numberWithin,
  type Part,
  part,
  setting,
} from '../input/index.js';

/** Lets identical calls share one execution of the function, and its value. */
export interface CacheOptions {
  /**
   * Tells calls apart whose values differ, such as a hash of the request: calls of the same operation, the same `key` and the
   * same cache key share a value. At most 10,000 characters.
   */
  readonly key: string;
  /**
   * How long the value is kept, in milliseconds. 0: only calls that are in progress at the same time share it. Default 0.
   */
  readonly ttlMs?: number | undefined;
  /** How many values of the operation are kept, the most recently used ones. Default 1 000. */
  readonly maxEntries?: number | undefined;
}

/** Declares {@link CacheOptions}. */
export const CACHE_OPTIONS: Part<CacheOptions, 'ttlMs' | 'maxEntries'> = part(
  {
    key: setting(cacheKey()),
    ttlMs: setting(numberWithin({ min: 0, max: LONGEST_TTL_MS }), {
      unit: 'milliseconds',
      default: 0,
      description: 'How long the value is kept.',
    }),
    maxEntries: setting(numberWithin(ENTRIES), { default: 1_000, description: 'How many values are kept.' }),
  },
  {
    advice: 'Write a key at least, such as { key: prompt }.',
    requires: ({ key }, refuse) => {
      if (key === undefined) refuse(['key'], CACHE_KEY, key, 'Write what tells requests apart.');
    },
  },
);

/** Cache options with all defaults filled in. */
export interface ResolvedCacheOptions {
  readonly key: string;
  readonly ttlMs: number;
  readonly maxEntries: number;
}

/** Fills in the defaults. The options must be valid. */
export function resolveCacheOptions(options: CacheOptions): ResolvedCacheOptions {
  return fillDefaults(CACHE_OPTIONS, options);
}
