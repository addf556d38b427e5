/** Why a quota is on hold: rate limited, or exhausted. */
export type HoldCause = 'rate_limited' | 'quota_exhausted';

/** The quota of one key, which the provider can put on hold for all attempts that use it. */
export class QuotaHold {
  #untilMs = Number.NEGATIVE_INFINITY;
  #cause: HoldCause | undefined;

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
    return true;
  }

  /** How long the hold still lasts, in milliseconds; 0 without one. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** Ends the hold. */
  release(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
    this.#cause = undefined;
  }
}
