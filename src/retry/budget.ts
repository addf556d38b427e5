import { monotonicMs } from '../runtime/index.js';

/** Budget settings with all defaults filled in. */
export interface ResolvedBudgetSettings {
  /** Tokens that each success adds. */
  readonly ratio: number;
  /** Tokens that are added per second, without any success. */
  readonly floorPerSecond: number;
  /** The most tokens that it can hold. */
  readonly burst: number;
}

/** The content of a budget. */
export interface BudgetSnapshot {
  /** Retries that are available now; may be a fraction. */
  readonly tokens: number;
  /** The most tokens that it can hold. */
  readonly burst: number;
}

/** A retry budget that calls of `retry()` share, created by `retryBudget()`. Only calls spend from it. */
export interface RetryBudget {
  /** Returns its content. Reading changes nothing. */
  snapshot(): BudgetSnapshot;
}

/** A class, since plain objects in options are copied. */
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

/** Builds the public view of a bucket. */
export function buildRetryBudget(bucket: TokenBucket): RetryBudget {
  return new SharedBudget(bucket);
}

/** Finds the bucket of a budget; `undefined` for anything else. */
export function findBucket(budget: unknown): TokenBucket | undefined {
  return SharedBudget.find(budget);
}

/** Tolerance for rounding: ten times 0.1 adds up to slightly less than 1. */
const EPSILON = 1e-9;

/**
 * The retry budget of an operation, so that retries cannot amplify an outage. Each retry costs one token; each success
 * adds a fraction of one, and a few are added per second, so that a quiet service can retry as well. Starts full.
 *
 * Tokens added over time are computed when the bucket is read: no timer, and constant cost per call.
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
   * Replaces the settings, and keeps the tokens up to the new `burst`.
   *
   * @param nowMs `performance.now()`: tokens up to then are added by the old settings.
   */
  updateSettings(rules: ResolvedBudgetSettings, nowMs: number): void {
    this.#tokens = Math.min(this.#tokensAt(nowMs), rules.burst);
    this.#countedAtMs = nowMs;
    this.#rules = rules;
  }

  /**
   * Takes the token of one retry. Returns `false` and takes nothing if there is not enough left.
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

  /** Adds the tokens of one success. */
  refill(): void {
    const { ratio, burst } = this.#rules;
    this.#tokens = Math.min(this.#tokens + ratio, burst);
  }

  /**
   * Returns its content. Reading changes nothing.
   *
   * @param nowMs `performance.now()`.
   */
  snapshot(nowMs: number): BudgetSnapshot {
    return { tokens: this.#tokensAt(nowMs), burst: this.#rules.burst };
  }

  #tokensAt(nowMs: number): number {
    const { floorPerSecond, burst } = this.#rules;
    const passedMs = nowMs - this.#countedAtMs;
    // A clock that went backwards is another clock (fake timers): the time between the two is unknown.
    return passedMs > 0 ? Math.min(this.#tokens + (passedMs * floorPerSecond) / 1000, burst) : this.#tokens;
  }
}
