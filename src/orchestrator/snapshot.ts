import type { BreakerMode, BreakerSnapshot, BreakerStats } from '../breaker/index.js';
import type { HedgeSnapshot } from '../hedge/index.js';
import type { LimitReason, PacingSnapshot, Permits, PermitsSnapshot } from '../limits/index.js';
import type { BudgetSnapshot } from '../retry/index.js';
import { roundMs, wallAt } from '../runtime/index.js';
import type { Stats } from '../telemetry/index.js';
import type { KeyState } from './key-state.js';

/**
 * The state of a `Resilience` at one moment, as plain JSON: for admin pages, exporters and support. Taking it
 * changes nothing.
 */
export interface Snapshot {
  readonly version: 1;
  /** When it was taken, in milliseconds since 1970. */
  readonly at: number;
  /** `closing`: no more calls are accepted, and some are still in progress. */
  readonly state: 'open' | 'closing' | 'closed';
  /** Calls in progress. */
  readonly inFlight: number;
  readonly config: {
    /** Starts at 1, and grows by one with every applied change. */
    readonly version: number;
    readonly preset: string;
  };
  /** Every known operation, by its own name. */
  readonly operations: Readonly<Record<string, OperationSnapshot>>;
}

/** The state of one operation. */
export interface OperationSnapshot {
  /** All keys together, including those that are no longer kept. */
  readonly stats: Stats;
  /** The retry budget; `null` if there is none, or it was not needed yet. */
  readonly retryBudget: BudgetSnapshot | null;
  readonly keys: readonly KeySnapshot[];
}

/** The state of one key of an operation. */
export interface KeySnapshot {
  /** `null` for calls without a key. */
  readonly key: string | null;
  /** The target that it belongs to; `null` if it belongs to none. */
  readonly target: string | null;
  /** Calls in progress; for a target, attempts in progress. */
  readonly inFlight: number;
  readonly stats: Stats;
  /** `null` while it is disabled. */
  readonly breaker: (BreakerSnapshot & { readonly mode: BreakerMode; readonly counts: BreakerStats }) | null;
  /** `null` while requests and tokens are not paced. */
  readonly pacing: PacingSnapshot | null;
  /** `null` while concurrency is not limited. */
  readonly concurrency: ConcurrencySnapshot | null;
  /** `null` while `hedge` is off. */
  readonly hedge: HedgeSnapshot | null;
  /** `null` while the quota is not on hold. */
  readonly quotaHold: { readonly kind: 'rate_limited' | 'quota_exhausted'; readonly releasesInMs: number } | null;
}

/** How full a key is. */
export interface ConcurrencySnapshot extends Omit<PermitsSnapshot, 'history'> {
  /** The latest changes of an adaptive limit, the oldest first; at most 100. */
  readonly history: readonly {
    readonly limit: number;
    /** `refused`: by the provider; `slowed`: answers came more slowly; `bounds`: the settings changed. */
    readonly reason: LimitReason;
    /** Milliseconds since 1970. */
    readonly at: number;
  }[];
}

/** The numbers of an operation, or of one of its keys. */
export interface OperationStats extends Stats {
  /** How full the key is, or the operation for calls without a key; absent while its concurrency is not limited. */
  readonly concurrency?: ConcurrencySnapshot;
}

/** Takes the snapshot of the permits of a key. */
export function takeConcurrencySnapshot(permits: Permits): ConcurrencySnapshot {
  const { history, ...counts } = permits.snapshot();
  return { ...counts, history: history.map(({ limit, reason, atMs }) => ({ limit, reason, at: wallAt(atMs) })) };
}

/** @param nowMs by the monotonic clock. */
export function takeKeySnapshot(state: KeyState, nowMs: number): KeySnapshot {
  const { key, target, inProgress, counter, breaker, pacer, permits, quota } = state;
  const releasesInMs = quota.remainingMs(nowMs);
  const { cause } = quota;
  return {
    key: key ?? null,
    target: target?.name ?? null,
    inFlight: inProgress,
    stats: counter.stats(),
    breaker:
      breaker === undefined ? null : { ...roundWait(breaker.snapshot()), mode: breaker.mode, counts: breaker.stats() },
    pacing: pacer?.snapshot(nowMs) ?? null,
    concurrency: permits === undefined ? null : takeConcurrencySnapshot(permits),
    hedge: state.hedgeSnapshot() ?? null,
    quotaHold: cause === undefined || releasesInMs === 0 ? null : { kind: cause, releasesInMs: roundMs(releasesInMs) },
  };
}

function roundWait(snapshot: BreakerSnapshot): BreakerSnapshot {
  return snapshot.state === 'open' && snapshot.waitMs !== null
    ? { ...snapshot, waitMs: roundMs(snapshot.waitMs) }
    : snapshot;
}
