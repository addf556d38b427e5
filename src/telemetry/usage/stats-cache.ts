/** How many windows are kept at once. */
const MOST_WINDOWS = 16;

/** Gives a result again for a while, one for each window asked for. */
export class StatsCache<T> {
  readonly #forMs: number;
  readonly #kept = new Map<number, { readonly at: number; readonly result: T }>();

  /** @param forMs for how long a result is good. */
  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** What is kept for this window, or what is worked out now. */
  get(windowMs: number, nowMs: number, workOut: () => T): T {
    const kept = this.#kept.get(windowMs);
    // A clock that reads less than before has been put back: how old it is cannot be told.
    if (kept !== undefined && nowMs >= kept.at && nowMs - kept.at < this.#forMs) return kept.result;
    const result = workOut();
    if (this.#kept.size >= MOST_WINDOWS) this.#kept.clear();
    this.#kept.set(windowMs, { at: nowMs, result });
    return result;
  }

  /** Forgets everything, since something has been recorded. */
  clear(): void {
    this.#kept.clear();
  }
}
