import type { Failure } from './failure.js';

/** The record of one attempt. */
export interface AttemptRecord {
  /** From 1. */
  readonly number: number;
  readonly key: string | undefined;
  /** The name of the target, if the operation has several. */
  readonly target?: string;
  /** Present if it ran beside another attempt that took long. */
  readonly hedge?: true;
  /** When it started, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** How long the call waited before it, in milliseconds. */
  readonly waitedMs: number;
  /** `rejected`: a stage rejected it and the function was not called. */
  readonly outcome: 'success' | 'failure' | 'rejected' | 'cancelled';
  /** Present if the function was called and failed, or the attempt was cancelled. */
  readonly failure?: Failure;
}
