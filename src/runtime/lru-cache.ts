/** A value that is kept, and since when. */
export interface KeptValue<V> {
  readonly value: V;
  /** By the monotonic clock. */
  readonly storedAtMs: number;
  readonly ttlMs: number;
}

/** How long and with how many others a value is kept. */
export interface Keeping {
  /** By the monotonic clock. */
  readonly nowMs: number;
  readonly ttlMs: number;
  /** With more entries than this, those that were used longest ago are removed. */
  readonly maxEntries: number;
}

/**
 * Keeps values by key for a limited time, the most recently used ones. Every method takes constant time, but that storing
 * with a lower bound than before removes what is beyond it. No timer removes what has expired: the bound does.
 */
export class LruCache<V> {
  /** The one used longest ago is the first. */
  readonly #kept = new Map<string, KeptValue<V>>();

  get size(): number {
    return this.#kept.size;
  }

  /** Returns the value of a key and marks it as used; `undefined` if there is none, or it is older than `maxAgeMs`. */
  find(key: string, nowMs: number, maxAgeMs: number = Number.POSITIVE_INFINITY): KeptValue<V> | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    const ageMs = nowMs - kept.storedAtMs;
    if (ageMs >= kept.ttlMs) {
      this.#kept.delete(key);
      return undefined;
    }
    if (ageMs >= maxAgeMs) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  /** Stores a value, in place of the one that the key had. */
  store(key: string, value: V, { nowMs, ttlMs, maxEntries }: Keeping): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, storedAtMs: nowMs, ttlMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxEntries) return;
      this.#kept.delete(oldest);
    }
  }
}

/** Joins two keys to one that no other two have. */
export function joinKeys(first: string | undefined, second: string): string {
  return first === undefined ? `-${second}` : `${first.length}:${first}${second}`;
}
