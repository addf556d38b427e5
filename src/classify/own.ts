import { HoldfastError } from '../errors/index.js';
import type { Failure, Interruption } from '../pipeline/index.js';
import { USUAL } from './kinds.js';
import { safely } from './sight.js';

/** A stage refused: the callee is not to blame, and another one may do. */
const REFUSED: Failure = { ...USUAL.overloaded, retry: 'after_hint', breaker: 'ignored', unexecuted: true };

const CALLERS_TIMEOUT: Failure = { ...USUAL.timeout, retry: 'never', breaker: 'ignored', failover: false };

/**
 * What an error of holdfast's own means when the protected function threw it, from a nested call. One of another version,
 * whose code is missing here, is read as anybody else's.
 */
const OWN: ReadonlyMap<string, Failure> = new Map([
  ['HOLDFAST_ATTEMPT_TIMEOUT', USUAL.timeout],
  ['HOLDFAST_DEADLINE_EXCEEDED', USUAL.timeout],
  ['HOLDFAST_BREAKER_OPEN', REFUSED],
  ['HOLDFAST_QUOTA_HELD', REFUSED],
  ['HOLDFAST_CLOSED', REFUSED],
  ['HOLDFAST_CONFIGURATION', USUAL.invalid_request],
]);

/** What an error of holdfast's own means, whose code has been read; `undefined` for all others. */
export function ownFailure(error: unknown, code: unknown): Failure | undefined {
  const failure = typeof code === 'string' ? OWN.get(code) : undefined;
  return failure !== undefined && HoldfastError.is(error) ? failure : undefined;
}

/** What an interruption means, whatever the interrupted function threw. */
export function interruptedFailure({ by, error }: Interruption): Failure {
  if (by === 'superseded') return USUAL.cancelled;
  return by === 'caller' ? abortedFailure(error) : USUAL.timeout;
}

/**
 * What it means that the caller's own signal has aborted: its time is up, or nobody wants the answer any more. Either way
 * there is nobody left to try again for, and how patient a caller is says nothing of the callee.
 */
export function abortedFailure(reason: unknown): Failure {
  return isTimeout(reason) ? CALLERS_TIMEOUT : USUAL.cancelled;
}

function isTimeout(reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null) return false;
  return safely(() => 'name' in reason && reason.name === 'TimeoutError') ?? false;
}
