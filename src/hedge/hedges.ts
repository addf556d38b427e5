import type { Usage } from '../pipeline/index.js';
import { roundMs } from '../runtime/index.js';
import { MovingQuantile } from './moving-quantile.js';
import type { ResolvedHedgeSettings } from './settings.js';

/** What attempts consumed whose value was not used, since another attempt was faster. */
export interface WastedUsage {
  /** How often the function was called in vain. */
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** The hedges of a key. */
export interface HedgeSnapshot {
  /** How long an attempt runs before a hedge starts, fixed or learned; `null` while too few attempts have succeeded. */
  readonly delayMs: number | null;
  /** Hedges that were started; those that an inner stage rejected at once do not count. */
  readonly sent: number;
  /** Hedges that had the value of their call. */
  readonly won: number;
  /** What attempts reported by `call.settleUsage()` that another one superseded. */
  readonly wasted: WastedUsage;
}

/** Nothing wasted. */
export const NO_WASTE: WastedUsage = Object.freeze({ attempts: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 });

/** The state of hedging that the attempts of a key share: the learned delay, and counts. */
export class Hedges {
  readonly #latency = new MovingQuantile();
  #sent = 0;
  #won = 0;
  #wasted: WastedUsage = NO_WASTE;

  /** How long an attempt runs before a hedge starts; `undefined` while that is not known. */
  delayMs({ delayMs, minDelayMs }: ResolvedHedgeSettings): number | undefined {
    if (delayMs !== undefined) return delayMs;
    const learnedMs = this.#latency.value;
    return learnedMs === undefined ? undefined : Math.max(learnedMs, minDelayMs);
  }

  /** Learns from an attempt that succeeded. */
  recordLatency(latencyMs: number, { quantile }: ResolvedHedgeSettings): void {
    this.#latency.record(latencyMs, quantile);
  }

  /**
   * Learns from an attempt that was superseded after this time. Without those, the slowest attempts would be missing, and the
   * delay would shrink without end.
   */
  recordSuperseded(afterMs: number, { quantile }: ResolvedHedgeSettings): void {
    this.#latency.recordAtLeast(afterMs, quantile);
  }

  recordSent(): void {
    this.#sent += 1;
  }

  recordWon(): void {
    this.#won += 1;
  }

  recordWaste(waste: WastedUsage): void {
    this.#wasted = addWaste(this.#wasted, waste);
  }

  /** Resets the counts, and keeps what it has learned. */
  resetCounts(): void {
    this.#sent = 0;
    this.#won = 0;
    this.#wasted = NO_WASTE;
  }

  snapshot(settings: ResolvedHedgeSettings): HedgeSnapshot {
    const delayMs = this.delayMs(settings);
    return {
      delayMs: delayMs === undefined ? null : roundMs(delayMs),
      sent: this.#sent,
      won: this.#won,
      wasted: this.#wasted,
    };
  }
}

/** Adds up what was wasted. */
export function addWaste(one: WastedUsage, other: WastedUsage): WastedUsage {
  return {
    attempts: one.attempts + other.attempts,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costUsd: one.costUsd + other.costUsd,
  };
}

/** What has been reported since the report before; numbers that cannot be added up count as nothing. */
export function computeWaste(attempts: number, now: Usage = {}, before: Usage = {}): WastedUsage {
  return {
    attempts,
    inputTokens: computeGrowth(now.inputTokens, before.inputTokens),
    outputTokens: computeGrowth(now.outputTokens, before.outputTokens),
    costUsd: computeGrowth(now.costUsd, before.costUsd),
  };
}

function computeGrowth(now: unknown, before: unknown): number {
  return toAmount(now) - toAmount(before);
}

/** The function reports it, and may report anything. */
function toAmount(reported: unknown): number {
  return typeof reported === 'number' && reported > 0 && Number.isFinite(reported) ? reported : 0;
}
