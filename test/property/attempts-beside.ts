import assert from 'node:assert/strict';
import type { Call, Report } from 'holdfast';

/** One time that a function was called. It gives itself as its value. */
export interface ObservedAttempt {
  readonly call: Call;
  settled: 'value' | 'error' | undefined;
}

/** The function of one call, as it was called. */
export interface ObservedCall {
  readonly invocations: readonly ObservedAttempt[];
  /** What it threw before it was interrupted. */
  readonly errors: readonly unknown[];
}

/** Checks, in the moment in which the call ends, that one attempt has won if any did, and that no other is left running. */
export function checkWinner({ invocations, errors }: ObservedCall, report: Report<unknown>): void {
  for (const invocation of invocations) {
    const isWinner = report.ok && report.value === invocation;
    if (isWinner) assert.equal(invocation.call.signal.aborted, false, 'the winner was interrupted');
    else if (invocation.settled === undefined) assert(invocation.call.signal.aborted, 'an attempt was left running');
  }
  const winners = report.attempts.filter(({ outcome }) => outcome === 'success');
  if (report.ok) {
    const winner = invocations.find((each) => each === report.value);
    assert.equal(winner?.settled, 'value');
    assert.deepEqual(
      winners.map(({ number }) => number),
      [winner.call.attempt],
    );
    return;
  }
  assert.equal(winners.length, 0, 'a call failed although an attempt has succeeded');
  const own = [undefined, 'deadline', 'cancelled'].includes(report.failure && report.stopReason);
  const isTimeout = report.error instanceof Error && report.error.name === 'AttemptTimeoutError';
  assert(own || isTimeout || errors.includes(report.error), `an error from nowhere: ${String(report.error)}`);
}
