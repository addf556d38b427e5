import type { Run, StagedCall } from '../pipeline/pipeline.js';
import { startTimer, stopTimer } from '../runtime/runtime.js';

/**
 * Runs `next` and calls `onTime` when it has not settled after `ms`. Adds no tick: the promise is passed on as it is. A call
 * that a later stage has turned away already gets no timer.
 */
export function within(ms: number, next: Run, call: StagedCall, onTime: () => void): Promise<unknown> {
  const settled = next(call);
  if (call.stopReason !== undefined) return settled;
  const timer = startTimer(ms, onTime);
  const stop = () => stopTimer(timer);
  settled.then(stop, stop);
  return settled;
}
