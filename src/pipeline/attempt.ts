import type { Failure } from './failure.js';

/** What became of one attempt. */
export interface AttemptRecord {
  /** From 1. */
  readonly number: number;
  readonly key: string | undefined;
  /** When it began, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** How long the call waited before it, in milliseconds. */
  readonly waitedMs: number;
  /** `rejected`: a stage refused it and the function was not called. */
  readonly outcome: 'success' | 'failure' | 'rejected' | 'cancelled';
  /** There when the function was called and failed, or the attempt was cancelled. */
  readonly failure?: Failure;
}
