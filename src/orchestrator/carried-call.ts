import type { CallEnding, LiveCall, Run, StreamOpening } from '../pipeline/index.js';
import type { FinishedCall } from './finished-call.js';
import type { CallRecord } from './report.js';

/** How a call of a stream, one that shares an execution, and the execution itself differ from others. */
export interface KnownPart {
  /** Whether the call was accepted before a `close()`. Default `false`. */
  readonly isAccepted?: boolean;
  readonly run?: Run;
  readonly serial?: number;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly remainingMs?: () => number;
  readonly stream?: StreamOpening;
}

/** Fields of the record that only some calls have. */
export type Details = { readonly [K in 'fallbackUsed' | 'cached']?: CallRecord[K] | undefined };

/** @param known how the call ended, if its value is not that of its own function. */
export type OnValue = (
  value: unknown,
  call: LiveCall,
  endedAtMs: number,
  known?: FinishedCall,
  details?: Details,
) => void;

/** @param finished `undefined` for a call that was refused. */
export type OnError = (error: unknown, finished: FinishedCall | undefined, details?: Details) => void;

export interface Handlers {
  readonly onValue: OnValue;
  readonly onError: OnError;
  readonly cached?: CallRecord['cached'];
}

/** How a call ends that has its value. */
export const SUCCESS: CallEnding = { stopReason: 'success', stopRule: undefined, failure: undefined };
