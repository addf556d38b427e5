import { AttemptTimeoutError } from '../errors/errors.js';
import type { Stage } from '../pipeline/pipeline.js';
import { startTimer } from '../runtime/runtime.js';
import { deadline } from './deadline.js';
import { stopWhenSettled } from './stop-when-settled.js';

/**
 * Ends an attempt that takes longer than `timeoutMs`: on time, also when the function ignores its signal. Of its own
 * limit and the call's deadline it watches the one that comes first, so one timer does for both.
 */
export function attemptTimeout(timeoutMs: number): Stage {
  return (next) => {
    const untilDeadline = deadline()(next);
    return (call) => {
      const { deadlineMs, startedAtMs, beganAtMs } = call;
      // It has just begun, so that is what is left; a look at the clock would be a twentieth of a call.
      const leftMs = deadlineMs === undefined ? Number.POSITIVE_INFINITY : startedAtMs + deadlineMs - beganAtMs;
      if (leftMs <= timeoutMs) return untilDeadline(call);
      const timer = startTimer(timeoutMs, () => {
        call.interrupt({ by: 'attempt_timeout', error: new AttemptTimeoutError(call.operation, timeoutMs) });
      });
      return stopWhenSettled(timer, next(call));
    };
  };
}
