import { AttemptTimeoutError, DeadlineExceededError } from '../errors/index.js';
import type { OptionalStage, Run, Stage, StageAttempt } from '../pipeline/index.js';
import { startTimer, stopTimer, type Timer } from '../runtime/index.js';

/** Limits the time of a running function: one stage for both limits, none if both are off. */
export function timeLimit(attemptTimeoutMs: number | false, deadlineMs: number | false): OptionalStage {
  if (attemptTimeoutMs !== false) return attemptTimeout(attemptTimeoutMs);
  return deadlineMs === false ? undefined : deadline();
}

/**
 * Ends an attempt that takes longer than `timeoutMs`, even if the function ignores its signal. A single timer covers its
 * own limit and the call's deadline, whichever comes first.
 */
export function attemptTimeout(timeoutMs: number): Stage {
  return (next) => {
    const untilDeadline = deadline()(next);
    return (attempt) => {
      const { deadlineMs, startedAtMs } = attempt.call;
      // The time left, since the attempt has just started; reading the clock would be a twentieth of the cost of a call.
      const leftMs = deadlineMs === undefined ? Infinity : startedAtMs + deadlineMs - attempt.startedAtMs;
      if (leftMs <= timeoutMs) return untilDeadline(attempt);
      const timer = startTimer(timeoutMs, () => {
        // If the thread was blocked, the deadline may have passed as well, which takes precedence.
        if (attempt.remainingMs() <= 0) interruptAtDeadline(attempt);
        else attempt.interrupt({ by: 'attempt_timeout', error: new AttemptTimeoutError(attempt.operation, timeoutMs) });
      });
      return runUntil(attempt, timer, next);
    };
  };
}

/** Ends a call whose attempt is in progress at the deadline, which is the call's: a caller may bring its own. */
export function deadline(): Stage {
  return (next) => (attempt) => {
    if (attempt.call.deadlineMs === undefined) return next(attempt);
    const timer = startTimer(Math.ceil(attempt.remainingMs()), () => interruptAtDeadline(attempt));
    return runUntil(attempt, timer, next);
  };
}

function interruptAtDeadline(attempt: StageAttempt): void {
  const { deadlineMs = 0 } = attempt.call;
  attempt.interrupt({ by: 'deadline', error: new DeadlineExceededError(attempt.operation, deadlineMs) });
}

/** Stops the timer at the outcome, and with the first content of a stream that has limits of its own. */
function runUntil(attempt: StageAttempt, timer: Timer, next: Run): Promise<unknown> {
  const stop = () => stopTimer(timer);
  attempt.onOutcome(stop);
  const value = next(attempt);
  if (attempt.call.stream !== undefined) void value.then(stop, stop);
  return value;
}
