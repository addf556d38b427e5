import type { Interruption, StagedCall, StopReason } from '../../src/pipeline/index.js';

/** A call that notes what is done to it, and does nothing by itself. */
export interface NotedCall extends StagedCall {
  readonly interruptions: readonly Interruption[];
  readonly stops: readonly StopReason[];
}

/** A first attempt that has just begun. */
export function stagedCall(deadlineMs?: number, own: Partial<StagedCall> = {}): NotedCall {
  const interruptions: Interruption[] = [];
  const stops: StopReason[] = [];
  const startedAtMs = performance.now();
  return {
    interruptions,
    stops,
    id: 'call-1',
    operation: 'chat',
    key: undefined,
    attempt: 1,
    signal: new AbortController().signal,
    context: {},
    startedAtMs,
    beganAtMs: startedAtMs,
    beginByMs: Number.POSITIVE_INFINITY,
    deadlineMs,
    idempotent: true,
    replayable: true,
    refusedBy: undefined,
    invoked: true,
    interruption: undefined,
    remainingMs: () => (deadlineMs === undefined ? Infinity : startedAtMs + deadlineMs - performance.now()),
    invoke: () => Promise.resolve('invoked'),
    interrupt: (interruption) => {
      interruptions.push(interruption);
    },
    failureOf: () => ({ kind: 'unknown', retry: 'never', breaker: 'failure', failover: true }),
    pause: () => Promise.resolve(),
    again: () => {
      throw new Error('is asked for no other attempt');
    },
    stop: (reason) => {
      stops.push(reason);
    },
    ...own,
  };
}
