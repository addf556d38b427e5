import { AttemptTimeoutError, DeadlineExceededError } from '../errors/index.js';
import type { OptionalStage, Stage, StageAttempt } from '../pipeline/index.js';
import { startTimer, stopTimer, type Timer } from '../runtime/index.js';

/** Keeps a running function within its time: one stage for both limits, and none where there is neither. */
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
    return (attempt) => {
      const { deadlineMs, startedAtMs } = attempt.call;
      // It has just started, so this is what is left; reading the clock would be a twentieth of a call.
      const leftMs = deadlineMs === undefined ? Infinity : startedAtMs + deadlineMs - attempt.startedAtMs;
      if (leftMs <= timeoutMs) return untilDeadline(attempt);
      const timer = startTimer(timeoutMs, () => {
        // A thread that was blocked meanwhile may have come to the deadline as well, which says more.
        if (attempt.remainingMs() <= 0) interruptAtDeadline(attempt);
        else attempt.interrupt({ by: 'attempt_timeout', error: new AttemptTimeoutError(attempt.operation, timeoutMs) });
      });
      stopAtOutcome(attempt, timer);
      return next(attempt);
    };
  };
}

/** Ends a call whose attempt is under way at the deadline. When that is, the call knows: a caller may bring its own. */
export function deadline(): Stage {
  return (next) => (attempt) => {
    if (attempt.call.deadlineMs === undefined) return next(attempt);
    const timer = startTimer(Math.ceil(attempt.remainingMs()), () => interruptAtDeadline(attempt));
    stopAtOutcome(attempt, timer);
    return next(attempt);
  };
}

function interruptAtDeadline(attempt: StageAttempt): void {
  const { deadlineMs = 0 } = attempt.call;
  attempt.interrupt({ by: 'deadline', error: new DeadlineExceededError(attempt.operation, deadlineMs) });
}

function stopAtOutcome(attempt: StageAttempt, timer: Timer): void {
  attempt.onOutcome(() => stopTimer(timer));
}
