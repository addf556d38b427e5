import { type Call, createResilience, type FailureKind } from 'holdfast';
import { type RetryNotice, type RetryOptions, retry } from 'holdfast/retry';
import { httpError, networkError } from './failures.js';

/** What belongs to a single call at either door. */
export type DoorCall = Pick<RetryOptions, 'signal' | 'idempotent' | 'replayable'>;

/** What both doors of retry take for all calls. A budget is given to each in a way of its own. */
export type DoorOptions = Omit<RetryOptions, 'budget' | keyof DoorCall>;

/** Calls a function, and calls it again as the options of the door say. */
export type Retrying = <T>(work: (call: Call) => T | PromiseLike<T>, own?: DoorCall) => Promise<T>;

/** One of the two ways to retry. */
export interface RetryDoor {
  readonly door: string;
  readonly open: (options?: DoorOptions) => Retrying;
}

/** `retry()`, and an operation whose only other stages are the time limits that it is given. */
export const RETRY_DOORS: readonly RetryDoor[] = [
  { door: 'resilience.execute()', open: openExecute },
  { door: 'retry()', open: openRetry },
];

function openExecute(options: DoorOptions = {}): Retrying {
  const {
    name = 'chat',
    deadlineMs = false,
    attemptTimeoutMs = false,
    classify,
    onRetry,
    random,
    ...settings
  } = options;
  const defaults = {
    deadlineMs,
    attemptTimeoutMs,
    retry: { ...settings, budget: false },
    quota: false,
    breaker: false,
  } as const;
  const resilience = createResilience({ config: { defaults }, classify, random });
  if (onRetry !== undefined) {
    resilience.on('retry.scheduled', ({ attempt, error, failure, delayMs, waitFor }) => {
      const notice: RetryNotice = { attempt, error, failure, delayMs, waitFor };
      onRetry(notice);
    });
  }
  return (work, own) => resilience.execute(name, work, own);
}

function openRetry(options: DoorOptions = {}): Retrying {
  return (work, own) => retry(work, { ...options, ...own });
}

/** A failure of some kind, and how often a function is called by default that may be called five times. */
export interface FailureByKind {
  readonly kind: Exclude<FailureKind, 'cancelled'>;
  readonly error: Error;
  readonly times: number;
}

/** One failure of each kind that clients cause most. */
export const FAILURES_BY_KIND: readonly FailureByKind[] = [
  { kind: 'server_error', error: httpError(500), times: 5 },
  { kind: 'overloaded', error: httpError(529), times: 5 },
  { kind: 'rate_limited', error: httpError(429), times: 5 },
  { kind: 'network', error: networkError('ECONNRESET'), times: 5 },
  { kind: 'timeout', error: networkError('ETIMEDOUT'), times: 5 },
  { kind: 'auth', error: httpError(401), times: 1 },
  { kind: 'not_found', error: httpError(404), times: 1 },
  { kind: 'invalid_request', error: httpError(400), times: 1 },
  { kind: 'unknown', error: new Error('who knows'), times: 1 },
];
