/** Why a quota is on hold: rate limited, or exhausted. */
export type HoldCause = 'rate_limited' | 'quota_exhausted';

/** The quota of one key, which the provider can put on hold for all attempts that use it. */
export class QuotaHold {
  #untilMs = Number.NEGATIVE_INFINITY;
  #cause: HoldCause | undefined;
  /** Attempts and calls that wait for its end. */
  #waiting: Set<() => void> | undefined;
  readonly #onChange: (() => void) | undefined;

  /** @param onChange called when the hold has become longer, or has been ended before its time. */
  constructor(onChange?: () => void) {
    this.#onChange = onChange;
  }

  /** Why it is or was on hold; `undefined` once it has been released. */
  get cause(): HoldCause | undefined {
    return this.#cause;
  }

  /**
   * Holds the quota for at least this long from now. If there are several holds, the longest applies.
   *
   * @returns whether the hold is longer now than before.
   */
  hold(cause: HoldCause, forMs: number, nowMs: number): boolean {
    if (nowMs + forMs <= this.#untilMs) return false;
    this.#untilMs = nowMs + forMs;
    this.#cause = cause;
    this.#onChange?.();
    return true;
  }

  /** When it ends, by the monotonic clock; in the past, or `-Infinity`, without a hold. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** How long the hold still lasts, in milliseconds; 0 without one. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** Ends the hold. If its time is not over, those that wait for it are woken. */
  release(nowMs: number): void {
    const isEarly = this.remainingMs(nowMs) > 0;
    this.#untilMs = Number.NEGATIVE_INFINITY;
    this.#cause = undefined;
    if (!isEarly) return;
    for (const wake of [...(this.#waiting ?? [])]) wake();
    this.#onChange?.();
  }

  /** Calls `wake` when the hold is ended before its time. Returns the end of this. */
  onEarlyRelease(wake: () => void): () => void {
    this.#waiting ??= new Set();
    const waiting = this.#waiting.add(wake);
    return () => waiting.delete(wake);
  }
}
