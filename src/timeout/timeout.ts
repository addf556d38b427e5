import { AttemptTimeoutError, DeadlineExceededError } from '../errors/index.js';
import type { OptionalStage, Stage } from '../pipeline/index.js';
import { startTimer, stopTimer, type Timer } from '../runtime/index.js';

/** What keeps a running function within its time: one stage for both limits, and none where there is neither. */
export function timeLimit(attemptTimeoutMs: number | false, deadlineMs: number | false): OptionalStage {
  if (attemptTimeoutMs !== false) return attemptTimeout(attemptTimeoutMs);
  return deadlineMs === false ? undefined : deadline();
}

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

/** Ends a call whose attempt is under way at the deadline. When that is, the call knows: a caller may bring its own. */
export function deadline(): Stage {
  return (next) => (call) => {
    const { deadlineMs } = call;
    if (deadlineMs === undefined) return next(call);
    const timer = startTimer(Math.ceil(call.remainingMs()), () => {
      call.interrupt({ by: 'deadline', error: new DeadlineExceededError(call.operation, deadlineMs) });
    });
    return stopWhenSettled(timer, next(call));
  };
}

/** Stops a timer when a promise settles, and passes the promise on as it is, so that it settles no tick later. */
function stopWhenSettled(timer: Timer, settled: Promise<unknown>): Promise<unknown> {
  const stop = () => stopTimer(timer);
  settled.then(stop, stop);
  return settled;
}
