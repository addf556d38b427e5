import { DeadlineExceededError } from '../errors/errors.js';
import type { Stage } from '../pipeline/pipeline.js';
import { startTimer } from '../runtime/runtime.js';
import { stopWhenSettled } from './stop-when-settled.js';

/** Ends a call at its deadline, whatever it is doing then. How long that is, the call knows: a caller may bring its own. */
export function deadline(): Stage {
  return (next) => (call) => {
    const settled = next(call);
    const { deadlineMs } = call;
    // A call that was turned away at once needs no timer, which is a fifth of what its rejection would cost.
    if (deadlineMs === undefined || call.refusedBy !== undefined) return settled;
    const timer = startTimer(Math.ceil(call.remainingMs()), () => {
      call.interrupt({ by: 'deadline', error: new DeadlineExceededError(call.operation, deadlineMs) });
    });
    return stopWhenSettled(timer, settled);
  };
}
