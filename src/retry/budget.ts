/** How retries are paid for, with nothing left open. */
export interface ResolvedBudgetSettings {
  /** What each success pays in. */
  readonly ratio: number;
  /** What comes in by itself. */
  readonly floorPerSecond: number;
  /** The most that can be saved up. */
  readonly burst: number;
}

/** What a budget holds. */
export interface BudgetSnapshot {
  /** Retries that can be had now; a fraction is on its way to the next one. */
  readonly tokens: number;
  /** The most that can be saved up. */
  readonly burst: number;
}

/** What sums of fractions may lack: ten times 0.1 is a little less than 1. */
const EPSILON = 1e-9;

/**
 * What an operation may spend on retries, so that they cannot multiply an outage. Every retry costs one token;
 * successes pay in a part of one each, and a small floor comes in by itself, so that a quiet service can retry as well.
 * It begins with all it can hold.
 *
 * What came in by itself is worked out when somebody asks: no timer, and each call costs the same.
 */
export class RetryBudget {
  #rules: ResolvedBudgetSettings;
  #tokens: number;
  #countedAtMs = 0;

  constructor(rules: ResolvedBudgetSettings) {
    this.#rules = rules;
    this.#tokens = rules.burst;
  }

  /**
   * Goes by other rules from now on, with what it holds as far as that may be saved up.
   *
   * @param nowMs `performance.now()`: what came in before came in by the old rules.
   */
  updateSettings(rules: ResolvedBudgetSettings, nowMs: number): void {
    this.#tokens = Math.min(this.#tokensAt(nowMs), rules.burst);
    this.#countedAtMs = nowMs;
    this.#rules = rules;
  }

  /**
   * Pays for one retry; `false` when there is not enough left, and then it costs nothing.
   *
   * @param nowMs `performance.now()`.
   */
  take(nowMs: number): boolean {
    this.#tokens = this.#tokensAt(nowMs);
    this.#countedAtMs = nowMs;
    if (this.#tokens < 1 - EPSILON) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }

  /** Pays in for a success. */
  refill(): void {
    const { ratio, burst } = this.#rules;
    this.#tokens = Math.min(this.#tokens + ratio, burst);
  }

  /**
   * What it holds. Looking changes nothing.
   *
   * @param nowMs `performance.now()`.
   */
  snapshot(nowMs: number): BudgetSnapshot {
    return { tokens: this.#tokensAt(nowMs), burst: this.#rules.burst };
  }

  #tokensAt(nowMs: number): number {
    const { floorPerSecond, burst } = this.#rules;
    const passedMs = nowMs - this.#countedAtMs;
    // A clock that reads less than before is another clock (fake timers): no time can be told between the two.
    return passedMs > 0 ? Math.min(this.#tokens + (passedMs * floorPerSecond) / 1000, burst) : this.#tokens;
  }
}
