import { ResilienceClosedError } from '../errors/index.js';
import type { FallbackUse } from '../fallback/index.js';
import type { AttemptRecord, Failure, SkippedTarget, StopReason, StopRule } from '../pipeline/index.js';

/** The record of a finished call, whether it succeeded or failed. */
export interface CallRecord {
  readonly operation: string;
  readonly key: string | undefined;
  readonly callId: string;
  /** What ended the call. */
  readonly stopReason: StopReason;
  /** The rule that forbade another attempt, if any; `undefined` otherwise. */
  readonly stopRule: StopRule | undefined;
  /** What the last error means; `undefined` on success, and when a stage rejected the call. */
  readonly failure: Failure | undefined;
  /** Every attempt, in order. */
  readonly attempts: readonly AttemptRecord[];
  /** The duration of the whole call, in milliseconds. */
  readonly totalMs: number;
  /** The time spent waiting, in milliseconds: between attempts, and for a quota, a turn, a permit or a target. */
  readonly waitedMs: number;
  /** The target that the call ended with; `undefined` if it has none, or went to none. */
  readonly target: string | undefined;
  /** The targets that the call passed over, and why, in order. */
  readonly skippedTargets: readonly SkippedTarget[];
  /** The step of the fallback that gave the value; `false` if none did. The other fields tell why the call failed. */
  readonly fallbackUsed: FallbackUse | false;
  /**
   * Whether the value or the error is that of another call: `hit`, a value that was kept; `shared`, of an execution in
   * progress.
   */
  readonly cached: 'hit' | 'shared' | false;
}

/** What `inspect` resolves to: the value or the error, and the record of the call. */
export type Report<T> = CallRecord &
  ({ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown });

/** The report of a call that did not start, since its input was refused or the `Resilience` is closed. */
export function buildRefusedReport(operation: string, error: unknown): Report<never> {
  return {
    ok: false,
    error,
    operation,
    key: undefined,
    callId: '',
    stopReason: ResilienceClosedError.is(error) ? 'closed' : 'not_retryable',
    stopRule: undefined,
    failure: undefined,
    attempts: [],
    totalMs: 0,
    waitedMs: 0,
    target: undefined,
    skippedTargets: [],
    fallbackUsed: false,
    cached: false,
  };
}
