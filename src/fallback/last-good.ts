import {
  anyThat,
  CACHE_KEY,
  ENTRIES,
  fillDefaults,
  isCacheKey,
  LONGEST_TTL_MS,
  numberWithin,
  type Part,
  part,
  setting,
} from '../input/index.js';
import { type Call, isStream } from '../pipeline/index.js';
import { joinKeys, LruCache, requireAnswer } from '../runtime/index.js';
import type { LastGood } from './fallback.js';

/** How the last good value is kept, with all defaults filled in. */
export interface ResolvedLastGood {
  readonly key: LastGood['key'];
  readonly ttlMs: number;
  readonly maxEntries: number;
}

/** Declares {@link LastGood}. */
export const LAST_GOOD: Part<LastGood, 'ttlMs' | 'maxEntries'> = part(
  {
    key: setting(
      anyThat<LastGood['key']>(
        (value) => typeof value === 'function' || isCacheKey(value),
        `${CACHE_KEY}, or a function that returns one`,
      ),
    ),
    ttlMs: setting(numberWithin({ min: 1, max: LONGEST_TTL_MS }), {
      unit: 'milliseconds',
      default: 3_600_000,
      description: 'How long the last good value is kept.',
    }),
    maxEntries: setting(numberWithin(ENTRIES), { default: 1_000, description: 'How many values are kept.' }),
  },
  {
    advice: 'Write a key at least, such as { key: prompt }.',
    requires: ({ key }, refuse) => {
      if (key !== undefined) return;
      refuse(
        ['key'],
        `${CACHE_KEY}, or a function that returns one`,
        key,
        'An answer to another prompt would be wrong.',
      );
    },
  },
);

/** Fills in the defaults. */
export function resolveLastGood(lastGood: LastGood): ResolvedLastGood {
  return fillDefaults(LAST_GOOD, lastGood);
}

/** A value that was found. */
export interface FoundValue {
  readonly value: unknown;
}

/** The last good values of one operation. */
export class LastGoodValues {
  readonly #values = new LruCache<unknown>();

  get size(): number {
    return this.#values.size;
  }

  /**
   * Stores the value of a successful call, unless it is a stream, which can be read once.
   *
   * @throws what the user's key function throws, and a TypeError if it returns anything but a key.
   */
  store(
    lastGood: ResolvedLastGood,
    callKey: string | undefined,
    value: unknown,
    call: () => Call,
    nowMs: number,
  ): void {
    if (isStream(value)) return;
    const key = readKey(lastGood, call);
    if (key !== undefined) this.#values.store(joinKeys(callKey, key), value, { ...lastGood, nowMs });
  }

  /** Finds the value for a call that has failed. Throws like {@link store}. */
  find(
    lastGood: ResolvedLastGood,
    callKey: string | undefined,
    call: () => Call,
    nowMs: number,
  ): FoundValue | undefined {
    const key = readKey(lastGood, call);
    return key === undefined ? undefined : this.#values.find(joinKeys(callKey, key), nowMs, lastGood.ttlMs);
  }
}

function readKey({ key }: ResolvedLastGood, call: () => Call): string | undefined {
  if (typeof key === 'string') return key;
  const answer = requireAnswer('the key of lastGood', key(call()));
  if (answer === undefined || isCacheKey(answer)) return answer;
  throw new TypeError(`the key of lastGood ${CACHE_KEY}`);
}
