import {
  HoldfastError,
  type InvalidAnswerError,
  type StreamFailedError,
  UnwantedResultError,
} from '../errors/index.js';
import type { Failure, Interruption } from '../pipeline/index.js';
import { tryRead } from './error-fields.js';
import { FAILURE_DEFAULTS } from './kinds.js';

/** A stage rejected the attempt: not a failure of the provider, and another target may succeed. */
const REJECTED: Failure = Object.freeze({
  ...FAILURE_DEFAULTS.overloaded,
  retry: 'after_hint',
  breaker: 'ignored',
  unexecuted: true,
});

const CALLER_TIMEOUT: Failure = Object.freeze({
  ...FAILURE_DEFAULTS.timeout,
  retry: 'never',
  breaker: 'ignored',
  failover: false,
});

/**
 * What an error of holdfast means if the protected function threw it, from a nested call. An unknown code, from
 * another version, is classified like any other error.
 */
const OWN_FAILURES: ReadonlyMap<string, Failure> = new Map([
  ['HOLDFAST_ATTEMPT_TIMEOUT', FAILURE_DEFAULTS.timeout],
  ['HOLDFAST_DEADLINE_EXCEEDED', FAILURE_DEFAULTS.timeout],
  ['HOLDFAST_BREAKER_OPEN', REJECTED],
  ['HOLDFAST_QUOTA_HELD', REJECTED],
  ['HOLDFAST_CAPACITY', REJECTED],
  ['HOLDFAST_NO_TARGET', FAILURE_DEFAULTS.invalid_request],
  ['HOLDFAST_STREAM_STALLED', FAILURE_DEFAULTS.timeout],
  ['HOLDFAST_STREAM_TRUNCATED', FAILURE_DEFAULTS.network],
  ['HOLDFAST_INVALID_ANSWER', FAILURE_DEFAULTS.server_error],
  ['HOLDFAST_CLOSED', REJECTED],
  ['HOLDFAST_CONFIGURATION', FAILURE_DEFAULTS.invalid_request],
]);

/** Refused by one model, which another model need not do. */
const REFUSED: Failure = Object.freeze({ ...FAILURE_DEFAULTS.content_policy, failover: true });

/** An answer that the application does not want: no failure of the provider. */
const UNWANTED: Failure = Object.freeze({ ...FAILURE_DEFAULTS.unknown, breaker: 'ignored' });

/** What an unwanted answer means, by its reason. Reasons of the application are none of these. */
const UNWANTED_RESULTS: ReadonlyMap<string, Failure> = new Map([
  ['content_filter', REFUSED],
  ['refusal', REFUSED],
  // A model with more room may answer in full.
  ['length', FAILURE_DEFAULTS.context_length],
  ['interrupted', FAILURE_DEFAULTS.network],
  ['empty', FAILURE_DEFAULTS.server_error],
  ['error', FAILURE_DEFAULTS.server_error],
]);

/** Finds what an error of holdfast means, given the code that was read from it; `undefined` for all other errors. */
export function findOwnFailure(error: unknown, code: unknown): Failure | undefined {
  if (code === 'HOLDFAST_UNWANTED_RESULT' && UnwantedResultError.is(error)) {
    return UNWANTED_RESULTS.get(error.reason) ?? UNWANTED;
  }
  const failure = typeof code === 'string' ? OWN_FAILURES.get(code) : undefined;
  return failure !== undefined && HoldfastError.is(error) ? failure : undefined;
}

/**
 * True for an error that only carries what the provider said within a stream or an answer. Its class is not needed here, nor
 * bundled.
 */
export function isCarrier(error: unknown): error is StreamFailedError | InvalidAnswerError {
  return HoldfastError.is(error) && (tryRead(() => carries(error)) ?? false);
}

/** An answer that is merely broken says nothing. */
function carries(error: HoldfastError): boolean {
  if (error.code === 'HOLDFAST_STREAM_FAILED') return true;
  return error.code === 'HOLDFAST_INVALID_ANSWER' && 'error' in error && error.error !== undefined;
}

/** Converts an interruption to a failure, whatever the interrupted function threw. */
export function toInterruptedFailure({ by, error }: Interruption): Failure {
  if (by === 'superseded') return FAILURE_DEFAULTS.cancelled;
  return by === 'caller' ? toAbortedFailure(error) : FAILURE_DEFAULTS.timeout;
}

/**
 * Converts the reason of the caller's signal to a failure: the caller timed out or cancelled. Either way the caller no
 * longer waits, so a retry is pointless; breakers ignore a caller's timeout.
 */
export function toAbortedFailure(reason: unknown): Failure {
  return isTimeout(reason) ? CALLER_TIMEOUT : FAILURE_DEFAULTS.cancelled;
}

function isTimeout(reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null) return false;
  return tryRead(() => 'name' in reason && reason.name === 'TimeoutError') ?? false;
}
