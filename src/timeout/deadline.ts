import { DeadlineExceededError } from '../errors/errors.js';
import type { Stage } from '../pipeline/pipeline.js';
import { within } from './within.js';

/** Ends a call at its deadline, whatever it is doing then. How long that is, the call knows: a caller may bring its own. */
export function deadline(): Stage {
  return (next) => (call) => {
    const { deadlineMs } = call;
    if (deadlineMs === undefined) return next(call);
    return within(deadlineMs, next, call, () => {
      call.stopReason ??= 'deadline';
      call.interrupt({ by: 'deadline', error: new DeadlineExceededError(call.operation, deadlineMs) });
    });
  };
}
