/** Why a quota is held: too many requests for now, or nothing left of it. */
export type HoldCause = 'rate_limited' | 'quota_exhausted';

/** A quota that the callee has closed for a while, for everybody who shares it. */
export class QuotaHold {
  #untilMs = Number.NEGATIVE_INFINITY;
  #cause: HoldCause | undefined;

  /** Why it is or was held; `undefined` once it has been let go. */
  get cause(): HoldCause | undefined {
    return this.#cause;
  }

  /**
   * Holds it from now on for at least this long. The longest of several wins: a short failure never shortens a long hold.
   *
   * @returns whether it is held for longer now than before.
   */
  hold(cause: HoldCause, forMs: number, nowMs: number): boolean {
    if (nowMs + forMs <= this.#untilMs) return false;
    this.#untilMs = nowMs + forMs;
    this.#cause = cause;
    return true;
  }

  /** How long it is still held, in milliseconds; 0 when it is not. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** Lets it go. */
  release(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
    this.#cause = undefined;
  }
}
