import type { Attempt, Failure, Stage, StagedCall } from '../pipeline/pipeline.js';
import { type Audience, monotonicMs, wallMs } from '../runtime/runtime.js';
import type { HoldfastEvent } from '../telemetry/telemetry.js';

/** Writes each attempt into the call's log and tells those that failed. */
export function attemptLog(events: Audience<HoldfastEvent>): Stage {
  return (next) => (call) => {
    const settled = next(call);
    settled.then(
      () => {
        if (call.inspected) call.attempts.push(entry(call, 'success'));
      },
      (error: unknown) => {
        if (!call.invoked) {
          call.attempts.push(entry(call, 'rejected'));
          return;
        }
        const failure = call.failureOf(error);
        const attempt = entry(call, failure.kind === 'cancelled' ? 'cancelled' : 'failure', failure);
        call.attempts.push(attempt);
        if (events.wants('attempt.failed')) events.emit(attemptFailed(call, attempt.durationMs, failure, error));
      },
    );
    return settled;
  };
}

function entry(call: StagedCall, outcome: Attempt['outcome'], failure?: Failure): Attempt {
  const durationMs = monotonicMs() - call.startedAtMs;
  const base = {
    number: call.attempt,
    key: call.key,
    startedAt: wallMs() - durationMs,
    durationMs,
    waitedMs: 0,
    outcome,
  };
  return failure === undefined ? base : { ...base, failure };
}

function attemptFailed(call: StagedCall, durationMs: number, failure: Failure, error: unknown): HoldfastEvent {
  const { operation, key, attempt } = call;
  const about = { at: wallMs(), operation, key, callId: call.id, attempt };
  return { type: 'attempt.failed', ...about, durationMs, failure, error };
}
