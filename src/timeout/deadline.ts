import { DeadlineExceededError } from '../errors/errors.js';
import type { Stage } from '../pipeline/pipeline.js';
import { startTimer } from '../runtime/runtime.js';
import { stopWhenSettled } from './stop-when-settled.js';

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
