import type { BreakerState } from '../breaker/index.js';
import type { BudgetSnapshot } from '../retry/index.js';
import { roundMs } from '../runtime/index.js';
import type { KeyState } from './key-state.js';

/** A quota that is on hold. */
export interface Hold {
  /** The operation, with `/` and the key if there is one. */
  readonly name: string;
  /** Rate limited, or exhausted. */
  readonly kind: 'rate_limited' | 'quota_exhausted';
  /** The time until it ends, in milliseconds. */
  readonly releasesInMs: number;
}

/** Whether the providers are available, by the state of breakers and quotas. */
export interface Health {
  /** True while no breaker is open and no quota is on hold; half-open counts as healthy. */
  readonly healthy: boolean;
  /**
   * `degraded`: some breakers are open, or quotas are on hold. `unhealthy`: all breakers are open, or the `Resilience` is
   * closed.
   */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /**
   * Names of the open breakers, except those that only observe: the operation, with `/` and the key if there is one.
   */
  readonly openBreakers: readonly string[];
  readonly halfOpenBreakers: readonly string[];
  /** The quotas that are on hold. */
  readonly holds: readonly Hold[];
  /** Names of the operations whose retry budget is spent. */
  readonly spentBudgets: readonly string[];
  /** How many operations are known. */
  readonly operations: number;
  /** How many breakers are known, one for each key in use. */
  readonly breakers: number;
  /** When it was computed, in milliseconds since 1970. */
  readonly at: number;
}

/** The data of one operation that health is computed from. */
export interface HealthSource {
  readonly name: string;
  /** The state of every known key. */
  keyStates(): Iterable<KeyState>;
  /** The retry budget; `undefined` if there is none. */
  budget(): BudgetSnapshot | undefined;
}

/** The data that health is computed from. */
export interface HealthInput {
  readonly operations: readonly HealthSource[];
  readonly isClosed: boolean;
  /** By the wall clock. */
  readonly at: number;
  /** By the monotonic clock. */
  readonly nowMs: number;
}

/** Computes the health of a `Resilience` from its breakers and quotas. */
export function computeHealth({ operations, isClosed, at, nowMs }: HealthInput): Health {
  const states = listKeyStates(operations);
  const breakers = states.filter(({ breaker }) => breaker !== undefined).length;
  const openBreakers = listBreakers('open', states);
  // While holds are disabled, an earlier one delays no call.
  const holds = states.filter(({ holdsQuota }) => holdsQuota).flatMap((state) => findHold(state, nowMs));
  const healthy = openBreakers.length === 0 && holds.length === 0 && !isClosed;
  const allDown = isClosed || (breakers > 0 && openBreakers.length === breakers);
  return {
    healthy,
    status: healthy ? 'healthy' : allDown ? 'unhealthy' : 'degraded',
    openBreakers,
    halfOpenBreakers: listBreakers('half_open', states),
    holds,
    spentBudgets: operations.filter((each) => (each.budget()?.tokens ?? 1) < 1).map(({ name }) => name),
    operations: operations.length,
    breakers,
    at,
  };
}

function listKeyStates(operations: readonly HealthSource[]): KeyState[] {
  return operations.flatMap((operation) => [...operation.keyStates()]);
}

/** Breakers that only observe reject no call. */
function listBreakers(state: BreakerState, states: readonly KeyState[]): string[] {
  return states
    .filter(({ breaker }) => breaker !== undefined && breaker.mode !== 'observe' && breaker.state === state)
    .map(({ name }) => name);
}

function findHold({ name, quota }: KeyState, nowMs: number): Hold[] {
  const releasesInMs = quota.remainingMs(nowMs);
  return quota.cause === undefined || releasesInMs === 0
    ? []
    : [{ name, kind: quota.cause, releasesInMs: roundMs(releasesInMs) }];
}
