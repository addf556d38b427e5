import { AttemptTimeoutError } from '../errors/errors.js';
import type { Stage } from '../pipeline/pipeline.js';
import { startTimer } from '../runtime/runtime.js';
import { stopWhenSettled } from './stop-when-settled.js';

/** Ends an attempt that takes longer than `timeoutMs`: on time, also when the function ignores its signal. */
export function attemptTimeout(timeoutMs: number): Stage {
  return (next) => (call) => {
    const timer = startTimer(timeoutMs, () => {
      call.interrupt({ by: 'attempt_timeout', error: new AttemptTimeoutError(call.operation, timeoutMs) });
    });
    return stopWhenSettled(timer, next(call));
  };
}
