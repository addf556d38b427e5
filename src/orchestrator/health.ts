import type { Lane } from './lane.js';

/** Whether the callees are well, as far as the breakers know. */
export interface Health {
  /** True while no breaker is open; half-open counts as healthy. */
  readonly healthy: boolean;
  /** `degraded`: some breakers are open. `unhealthy`: all of them are, or everything is closed down. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /**
   * Names of the open ones, but for those that only observe: the operation, with `/` and the key where there is one.
   */
  readonly openBreakers: readonly string[];
  readonly halfOpenBreakers: readonly string[];
  /** How many operations are known. */
  readonly operations: number;
  /** How many breakers are known, one for each key in use. */
  readonly breakers: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** What there is to judge by. */
export interface HealthInput {
  readonly lanes: Iterable<Lane>;
  readonly operations: number;
  readonly isClosed: boolean;
  readonly at: number;
}

/** Judges the whole by its breakers. */
export function healthOf({ lanes, operations, isClosed, at }: HealthInput): Health {
  const openBreakers: string[] = [];
  const halfOpenBreakers: string[] = [];
  let breakers = 0;
  for (const { name, breaker } of lanes) {
    if (breaker === undefined) continue;
    breakers += 1;
    // One that only observes lets everybody pass.
    if (breaker.mode === 'observe') continue;
    if (breaker.state === 'open') openBreakers.push(name);
    if (breaker.state === 'half_open') halfOpenBreakers.push(name);
  }
  const healthy = openBreakers.length === 0 && !isClosed;
  const allDown = isClosed || openBreakers.length === breakers;
  const status = healthy ? 'healthy' : allDown ? 'unhealthy' : 'degraded';
  return { healthy, status, openBreakers, halfOpenBreakers, operations, breakers, at };
}
