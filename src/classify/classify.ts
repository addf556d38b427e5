import { HoldfastError, type HoldfastErrorCode } from '../errors/errors.js';
import type { Failure, Interruption } from '../pipeline/pipeline.js';

const CANCELLED: Failure = { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false };
const TIMEOUT: Failure = { kind: 'timeout', retry: 'backoff', breaker: 'failure', failover: true };
const UNKNOWN: Failure = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };
const INVALID: Failure = { kind: 'invalid_request', retry: 'never', breaker: 'ignored', failover: false };
const REFUSED: Failure = { kind: 'overloaded', retry: 'after_hint', breaker: 'ignored', failover: true };

/** What an interruption means, whatever the interrupted function threw. */
const INTERRUPTED: Readonly<Record<Interruption['by'], Failure>> = {
  caller: CANCELLED,
  deadline: TIMEOUT,
  attempt_timeout: TIMEOUT,
};

/**
 * What an error of holdfast's own means when the protected function threw it, from a nested call. A code that is
 * missing here comes from another version of the package.
 */
const OWN: ReadonlyMap<HoldfastErrorCode, Failure> = new Map([
  ['HOLDFAST_ATTEMPT_TIMEOUT', TIMEOUT],
  ['HOLDFAST_DEADLINE_EXCEEDED', TIMEOUT],
  ['HOLDFAST_BREAKER_OPEN', REFUSED],
  ['HOLDFAST_CLOSED', REFUSED],
  ['HOLDFAST_CONFIGURATION', INVALID],
]);

/**
 * Says what a failed attempt means. Why it was interrupted comes before what was thrown, since an interrupted function
 * may throw anything.
 */
export function classify(error: unknown, interruption: Interruption | undefined): Failure {
  if (interruption !== undefined) return INTERRUPTED[interruption.by];
  try {
    return (HoldfastError.is(error) ? OWN.get(error.code) : undefined) ?? UNKNOWN;
  } catch {
    // Getters and Proxies may throw whatever they like; a call must end all the same.
    return UNKNOWN;
  }
}
