import { HoldfastError } from './holdfast-error.js';

/**
 * Why an attempt had no permit: no place in the queue, too long a wait there, or its place was given to an attempt of
 * higher priority. Or why its turn did not come: by `pacing` it would have waited too long, or there was no place in that
 * queue.
 */
export type CapacityRefusal = 'queue_full' | 'queue_timeout' | 'shed' | 'pacing' | 'pacing_queue_full';

/** What a {@link CapacityError} says. */
export interface CapacityDetails {
  readonly operation: string;
  readonly key: string | undefined;
  readonly refusal: CapacityRefusal;
  /** How many attempts may run at a time; `undefined` if pacing rejected it. */
  readonly limit: number | undefined;
  /** How many attempts are waiting. */
  readonly waiting: number;
  /** Permits of attempts that were given up and whose function has not ended. */
  readonly abandoned: number;
  readonly retryAfterMs: number;
}

const BECAUSE: Readonly<Record<CapacityRefusal, string>> = {
  queue_full: 'the queue is full',
  queue_timeout: 'the wait in the queue took too long',
  shed: 'an attempt of higher priority took its place in the queue',
  pacing: 'the wait for its turn would be too long',
  pacing_queue_full: 'the queue is full',
};

/**
 * As many attempts were running as `concurrency.limit` allows, and the attempt got no permit; or `pacing` could not send it
 * soon enough. The function was not called. Carries no stack trace: it would show holdfast alone.
 */
export class CapacityError extends HoldfastError {
  override readonly name = 'CapacityError';
  override readonly code = 'HOLDFAST_CAPACITY';
  /** The operation whose call was rejected. */
  readonly operation: string;
  /** The key of the call; `undefined` when it had none. */
  readonly key: string | undefined;
  /** Why it could not run. */
  readonly refusal: CapacityRefusal;
  /** How many attempts may run at a time; `undefined` if pacing rejected it. */
  readonly limit: number | undefined;
  /** How many attempts were waiting. */
  readonly waiting: number;
  /** Permits of attempts that were given up and whose function has not ended: it ignores its signal. */
  readonly abandoned: number;
  /** An estimate of when it could run, in milliseconds; 0 while attempts are too few to estimate it. */
  readonly retryAfterMs: number;

  constructor(details: CapacityDetails) {
    const { operation, key, refusal, limit, waiting, abandoned, retryAfterMs } = details;
    const name = key === undefined ? operation : `${operation}/${key}`;
    const given = abandoned === 0 ? '' : `, ${abandoned} of them given up and still running`;
    const running = limit === undefined ? '' : `${limit} running${given}, `;
    super(`'${name}' has no capacity: ${running}${waiting} waiting, and ${BECAUSE[refusal]}`);
    this.operation = operation;
    this.key = key;
    this.refusal = refusal;
    this.limit = limit;
    this.waiting = waiting;
    this.abandoned = abandoned;
    this.retryAfterMs = retryAfterMs;
  }

  static override is(error: unknown): error is CapacityError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_CAPACITY';
  }
}
