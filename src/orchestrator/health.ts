import type { BreakerState } from '../breaker/index.js';
import type { BudgetSnapshot } from '../retry/index.js';
import type { KeyState } from './lane.js';

/** A quota that a callee has closed for a while. */
export interface Hold {
  /** The operation, with `/` and the key where there is one. */
  readonly name: string;
  /** Too many requests for now, or nothing left of it. */
  readonly kind: 'rate_limited' | 'quota_exhausted';
  /** How much longer, in milliseconds. */
  readonly releasesInMs: number;
}

/** Whether the callees are well, as far as breakers and quotas tell. */
export interface Health {
  /** True while no breaker is open and no quota is held; half-open counts as healthy. */
  readonly healthy: boolean;
  /**
   * `degraded`: some breakers are open, or quotas held. `unhealthy`: all breakers are open, or everything is closed down.
   */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /**
   * Names of the open ones, but for those that only observe: the operation, with `/` and the key where there is one.
   */
  readonly openBreakers: readonly string[];
  readonly halfOpenBreakers: readonly string[];
  /** The quotas that nobody may use now. */
  readonly holds: readonly Hold[];
  /** Names of the operations that cannot pay for another retry now. */
  readonly spentBudgets: readonly string[];
  /** How many operations are known. */
  readonly operations: number;
  /** How many breakers are known, one for each key in use. */
  readonly breakers: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** An operation, as far as its health goes. */
export interface HealthSource {
  readonly name: string;
  /** False while holds are switched off: what its quotas still know keeps nobody out. */
  readonly holdsQuotas: boolean;
  /** The state of every key that is known. */
  lanes(): Iterable<KeyState>;
  /** What is left for retries; `undefined` where nothing bounds them. */
  budget(): BudgetSnapshot | undefined;
}

/** What there is to judge by. */
export interface HealthInput {
  readonly operations: readonly HealthSource[];
  readonly isClosed: boolean;
  /** By the wall clock. */
  readonly at: number;
  /** By the monotonic clock. */
  readonly nowMs: number;
}

/** Judges the whole by its breakers and quotas. */
export function healthOf({ operations, isClosed, at, nowMs }: HealthInput): Health {
  const lanes = lanesOf(operations);
  const breakers = lanes.filter(({ breaker }) => breaker !== undefined).length;
  const openBreakers = breakersIn('open', lanes);
  const holding = operations.filter(({ holdsQuotas }) => holdsQuotas);
  const holds = lanesOf(holding).flatMap((lane) => holdOf(lane, nowMs));
  const healthy = openBreakers.length === 0 && holds.length === 0 && !isClosed;
  const allDown = isClosed || (breakers > 0 && openBreakers.length === breakers);
  return {
    healthy,
    status: healthy ? 'healthy' : allDown ? 'unhealthy' : 'degraded',
    openBreakers,
    halfOpenBreakers: breakersIn('half_open', lanes),
    holds,
    spentBudgets: operations.filter((each) => (each.budget()?.tokens ?? 1) < 1).map(({ name }) => name),
    operations: operations.length,
    breakers,
    at,
  };
}

function lanesOf(operations: readonly HealthSource[]): KeyState[] {
  return operations.flatMap((operation) => [...operation.lanes()]);
}

/** Those that only observe let everybody pass. */
function breakersIn(state: BreakerState, lanes: readonly KeyState[]): string[] {
  return lanes
    .filter(({ breaker }) => breaker !== undefined && breaker.mode !== 'observe' && breaker.state === state)
    .map(({ name }) => name);
}

function holdOf({ name, quota }: KeyState, nowMs: number): Hold[] {
  const releasesInMs = quota.remainingMs(nowMs);
  return quota.cause === undefined || releasesInMs === 0 ? [] : [{ name, kind: quota.cause, releasesInMs }];
}
