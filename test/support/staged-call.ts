import type { Interruption, StagedCall } from '../../src/pipeline/pipeline.js';

/** A call that notes who interrupts it, and does nothing else. */
export function stagedCall(deadlineMs?: number): StagedCall & { readonly interruptions: Interruption[] } {
  const interruptions: Interruption[] = [];
  const startedAtMs = performance.now();
  return {
    interruptions,
    id: 'call-1',
    operation: 'chat',
    key: undefined,
    attempt: 1,
    signal: new AbortController().signal,
    context: {},
    startedAtMs,
    deadlineMs,
    refusedBy: undefined,
    invoked: true,
    remainingMs: () => (deadlineMs === undefined ? Infinity : startedAtMs + deadlineMs - performance.now()),
    invoke: () => Promise.resolve('invoked'),
    interrupt: (interruption) => {
      interruptions.push(interruption);
    },
    failureOf: () => ({ kind: 'unknown', retry: 'never', breaker: 'failure', failover: true }),
  };
}
