import { monotonicMs } from '../runtime/index.js';

/** Settings of a budget with nothing left open. */
export interface ResolvedBudgetSettings {
  /** Tokens that each success adds. */
  readonly ratio: number;
  /** Tokens that are added by themselves. */
  readonly floorPerSecond: number;
  /** The most tokens that it can hold. */
  readonly burst: number;
}

/** What a budget holds. */
export interface BudgetSnapshot {
  /** Retries that are available now; a fraction is on its way to the next one. */
  readonly tokens: number;
  /** The most tokens that it can hold. */
  readonly burst: number;
}

/** What calls of `retry()` may spend on retries together: made by `retryBudget()`. Calls alone take from it. */
export interface RetryBudget {
  /** What it holds. Reading changes nothing. */
  snapshot(): BudgetSnapshot;
}

/** An instance of a class, since options are copied and plain objects with them. */
class SharedBudget implements RetryBudget {
  readonly #bucket: TokenBucket;

  constructor(bucket: TokenBucket) {
    this.#bucket = bucket;
  }

  snapshot(): BudgetSnapshot {
    return this.#bucket.snapshot(monotonicMs());
  }

  static find(budget: unknown): TokenBucket | undefined {
    return typeof budget === 'object' && budget !== null && #bucket in budget ? budget.#bucket : undefined;
  }
}

/** Builds what users see of a bucket. */
export function buildRetryBudget(bucket: TokenBucket): RetryBudget {
  return new SharedBudget(bucket);
}

/** Finds the bucket of a budget; `undefined` for anything else. */
export function findBucket(budget: unknown): TokenBucket | undefined {
  return SharedBudget.find(budget);
}

/** Rounding of sums of fractions: ten times 0.1 is a little less than 1. */
const EPSILON = 1e-9;

/**
 * What an operation may spend on retries, so that they cannot multiply an outage. Every retry costs one token;
 * each success adds a part of one, and a small floor is added by itself, so that a quiet service can retry as well. It
 * starts full.
 *
 * What was added by itself is computed when it is read: no timer, and each call costs the same.
 */
export class TokenBucket {
  #rules: ResolvedBudgetSettings;
  #tokens: number;
  #countedAtMs = 0;

  constructor(rules: ResolvedBudgetSettings) {
    this.#rules = rules;
    this.#tokens = rules.burst;
  }

  /**
   * Applies other settings from now on, and keeps the tokens that fit into them.
   *
   * @param nowMs `performance.now()`: what was added before counts by the old settings.
   */
  updateSettings(rules: ResolvedBudgetSettings, nowMs: number): void {
    this.#tokens = Math.min(this.#tokensAt(nowMs), rules.burst);
    this.#countedAtMs = nowMs;
    this.#rules = rules;
  }

  /**
   * Takes the token of one retry; returns `false`, and takes nothing, when there is not enough left.
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

  /** Adds what a success is worth. */
  refill(): void {
    const { ratio, burst } = this.#rules;
    this.#tokens = Math.min(this.#tokens + ratio, burst);
  }

  /**
   * What it holds. Reading changes nothing.
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
