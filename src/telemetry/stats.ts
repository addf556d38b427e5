import type { Failure, FailureKind, StopReason } from '../pipeline/index.js';
import { roundMs, wallAt } from '../runtime/index.js';
import { Histogram } from './histogram.js';
import { RunningMedian } from './running-median.js';

/** Rejections by stage. */
export interface Rejections {
  /** Calls whose function was not called. */
  readonly breaker: number;
  /** Calls whose function was not called. */
  readonly quota: number;
  /** Calls whose function was not called. */
  readonly capacity: number;
  /** Calls that no target accepts. */
  readonly target: number;
  /** Rejected retries. Their calls failed for another reason, and are in `failuresByKind`. */
  readonly budget: number;
}

/**
 * The numbers of an operation, or of one of its keys. They add up: `calls = successes + failures`, and `failures` is
 * the sum of `failuresByKind` and `rejections`, except those of the budget.
 */
export interface Stats {
  /** Settled calls. */
  readonly calls: number;
  readonly successes: number;
  readonly failures: number;
  /** Percent of the calls, two decimals; 0 if there were none. */
  readonly successRate: number;
  /** Percent of the calls, two decimals; 0 if there were none. */
  readonly failureRate: number;
  /** How often the function was called. */
  readonly attempts: number;
  /** How often the function was called again after it had failed. */
  readonly retries: number;
  /** How often the function was called again while it was running, by `hedge`. */
  readonly hedges: number;
  /** Failed calls by what their last error meant; kinds that did not occur are absent. */
  readonly failuresByKind: Readonly<Partial<Record<FailureKind, number>>>;
  /** Failed calls that a fallback answered. */
  readonly fallbacks: number;
  /** Calls that got the value of another one, kept or shared. They are counted nowhere else. */
  readonly cacheHits: number;
  /** Rejections by stage. */
  readonly rejections: Rejections;
  readonly breaker: { readonly opens: number; readonly halfOpens: number; readonly closes: number };
  /**
   * Of the calls that were neither rejected nor cancelled; accurate within 5 %, `max` exactly; 0 if there were none.
   */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  /** Milliseconds since 1970, `undefined` if there was none. */
  readonly lastSuccessAt: number | undefined;
  /** Milliseconds since 1970, `undefined` if there was none. */
  readonly lastFailureAt: number | undefined;
}

/** The stage behind a stop reason that means a rejection. */
const REJECTED_BY: Readonly<Partial<Record<StopReason, keyof Rejections>>> = {
  breaker_open: 'breaker',
  quota_held: 'quota',
  capacity: 'capacity',
  no_target: 'target',
};

/** How a call failed. Without a `failure`, a stage rejected the call and the error is not from the function. */
export interface FailedCall {
  readonly failure: Failure | undefined;
  readonly stopReason: StopReason;
  readonly durationMs: number;
  /** By the monotonic clock. */
  readonly endedAtMs: number;
}

/** Counts calls: keeps integers and two instants; everything else is computed when it is read. */
export class CallCounter {
  #successes = 0;
  #failures = 0;
  #attempts = 0;
  #retries = 0;
  #hedges = 0;
  #failuresByKind: Partial<Record<FailureKind, number>> = {};
  #fallbacks = 0;
  #cacheHits = 0;
  #rejections: Record<keyof Rejections, number> = { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 0 };
  #breaker = { opens: 0, halfOpens: 0, closes: 0 };
  #latency: Histogram | undefined;
  readonly #typical = new RunningMedian();
  #lastSuccessAtMs: number | undefined;
  #lastFailureAtMs: number | undefined;

  /**
   * Counts a call of the function.
   *
   * @param invocation 1 for the first one in this call.
   * @param isHedge whether it runs beside another one.
   */
  attempted(invocation: number, isHedge = false): void {
    this.#attempts += 1;
    if (isHedge) this.#hedges += 1;
    else if (invocation > 1) this.#retries += 1;
  }

  /** Counts a call that succeeded; its last attempt took `attemptMs`. */
  succeeded(durationMs: number, endedAtMs: number, attemptMs: number): void {
    this.#successes += 1;
    this.#typical.record(attemptMs);
    this.#lastSuccessAtMs = endedAtMs;
    this.#recordLatency(durationMs);
  }

  failed({ failure, stopReason, durationMs, endedAtMs }: FailedCall): void {
    this.#failures += 1;
    this.#lastFailureAtMs = endedAtMs;
    const rejectedBy = failure === undefined ? REJECTED_BY[stopReason] : undefined;
    if (rejectedBy !== undefined) {
      this.#rejections[rejectedBy] += 1;
      return;
    }
    const kind = failure?.kind ?? 'unknown';
    this.#failuresByKind[kind] = (this.#failuresByKind[kind] ?? 0) + 1;
    if (kind !== 'cancelled') this.#recordLatency(durationMs);
  }

  /** Counts a failed call that a fallback answered. */
  fellBack(): void {
    this.#fallbacks += 1;
  }

  /** Counts a call that got the value of another one. */
  cacheHit(): void {
    this.#cacheHits += 1;
  }

  /** Counts a retry that the budget refused. */
  retryRefused(): void {
    this.#rejections.budget += 1;
  }

  /** How often the function was called. */
  get attempts(): number {
    return this.#attempts;
  }

  /** How long an attempt that succeeds usually takes, in milliseconds; `undefined` until there are enough samples. */
  get typicalMs(): number | undefined {
    return this.#typical.value;
  }

  breakerMoved(to: 'opens' | 'halfOpens' | 'closes'): void {
    this.#breaker[to] += 1;
  }

  /** Adds the counts of another counter. */
  add(other: CallCounter): void {
    this.#successes += other.#successes;
    this.#failures += other.#failures;
    this.#attempts += other.#attempts;
    this.#retries += other.#retries;
    this.#hedges += other.#hedges;
    this.#fallbacks += other.#fallbacks;
    this.#cacheHits += other.#cacheHits;
    addTo(this.#failuresByKind, other.#failuresByKind);
    addTo(this.#rejections, other.#rejections);
    addTo(this.#breaker, other.#breaker);
    if (other.#latency !== undefined) {
      this.#latency ??= new Histogram();
      this.#latency.add(other.#latency);
    }
    this.#lastSuccessAtMs = later(this.#lastSuccessAtMs, other.#lastSuccessAtMs);
    this.#lastFailureAtMs = later(this.#lastFailureAtMs, other.#lastFailureAtMs);
  }

  /** Resets all counts. */
  reset(): void {
    this.#successes = 0;
    this.#failures = 0;
    this.#attempts = 0;
    this.#retries = 0;
    this.#hedges = 0;
    this.#failuresByKind = {};
    this.#fallbacks = 0;
    this.#cacheHits = 0;
    this.#rejections = { breaker: 0, quota: 0, capacity: 0, target: 0, budget: 0 };
    this.#breaker = { opens: 0, halfOpens: 0, closes: 0 };
    this.#latency = undefined;
    this.#lastSuccessAtMs = undefined;
    this.#lastFailureAtMs = undefined;
  }

  /** Returns the current numbers, which do not change afterwards. */
  stats(): Stats {
    const calls = this.#successes + this.#failures;
    const quantile = (share: number) => roundMs(this.#latency?.quantileMs(share) ?? 0);
    return {
      calls,
      successes: this.#successes,
      failures: this.#failures,
      successRate: percent(this.#successes, calls),
      failureRate: percent(this.#failures, calls),
      attempts: this.#attempts,
      retries: this.#retries,
      hedges: this.#hedges,
      failuresByKind: { ...this.#failuresByKind },
      fallbacks: this.#fallbacks,
      cacheHits: this.#cacheHits,
      rejections: { ...this.#rejections },
      breaker: { ...this.#breaker },
      latencyMs: {
        p50: quantile(0.5),
        p95: quantile(0.95),
        p99: quantile(0.99),
        max: roundMs(this.#latency?.maxMs ?? 0),
      },
      lastSuccessAt: instant(this.#lastSuccessAtMs),
      lastFailureAt: instant(this.#lastFailureAtMs),
    };
  }

  #recordLatency(durationMs: number): void {
    this.#latency ??= new Histogram();
    this.#latency.record(durationMs);
  }
}

function addTo<Name extends string>(sums: Partial<Record<Name, number>>, more: Partial<Record<Name, number>>): void {
  for (const name in more) sums[name] = (sums[name] ?? 0) + (more[name] ?? 0);
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}

/** Reported by the wall clock, but stored by the monotonic one, so that a call reads only one clock. */
function instant(atMs: number | undefined): number | undefined {
  return atMs === undefined ? undefined : wallAt(atMs);
}
