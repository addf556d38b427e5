import { HoldfastError } from '../errors/errors.js';
import type { Attempt, Failure, StopReason } from '../pipeline/pipeline.js';
import { EndedCall } from './ended-call.js';
import type { CallRecord } from './report.js';

/** What holdfast knows of an error that a call ended with. */
export class Explanation implements CallRecord {
  readonly operation: string;
  readonly key: string | undefined;
  readonly callId: string;
  readonly stopReason: StopReason;
  readonly failure: Failure | undefined;
  readonly attempts: readonly Attempt[];
  readonly totalMs: number;
  readonly waitedMs: number;

  constructor(record: CallRecord) {
    this.operation = record.operation;
    this.key = record.key;
    this.callId = record.callId;
    this.stopReason = record.stopReason;
    this.failure = record.failure;
    this.attempts = record.attempts;
    this.totalMs = record.totalMs;
    this.waitedMs = record.waitedMs;
  }

  /** One line for a log: what failed, why it ended, after how many attempts and how long. */
  get summary(): string {
    const calls = this.attempts.filter(({ outcome }) => outcome !== 'rejected').length;
    const name = this.key === undefined ? this.operation : `${this.operation}/${this.key}`;
    const kind = this.failure === undefined ? '' : `, last failure: ${this.failure.kind}`;
    const tried = calls === 1 ? '1 attempt' : `${calls} attempts`;
    return `${name} ended by ${this.stopReason} after ${tried} in ${Math.round(this.totalMs)} ms${kind}`;
  }
}

// Kept beside the errors, so that they stay as their makers made them. An error that is thrown again by a later call is
// explained by that one.
const endedCalls = new WeakMap<object, EndedCall>();

/** Remembers the call that ended with this error. Errors that are no objects cannot be remembered. */
export function remember(error: unknown, ended: EndedCall): void {
  if (error instanceof HoldfastError) error.know(ended);
  else if (isObject(error)) endedCalls.set(error, ended);
}

/**
 * Tells how the call went that ended with this error: why it ended, every attempt, what the error means.
 *
 * @returns `undefined` for an error that came from no call, and for what is no object (a thrown string, `undefined`):
 * use `inspect` where such things are thrown.
 */
export function explain(error: unknown): Explanation | undefined {
  if (!isObject(error)) return undefined;
  const ended = error instanceof HoldfastError ? error.known : endedCalls.get(error);
  return ended instanceof EndedCall ? new Explanation(ended.record()) : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
