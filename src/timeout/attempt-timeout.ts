import { AttemptTimeoutError } from '../errors/errors.js';
import type { Stage } from '../pipeline/pipeline.js';
import { within } from './within.js';

/** Ends an attempt that takes longer than `timeoutMs`: on time, also when the function ignores its signal. */
export function attemptTimeout(timeoutMs: number): Stage {
  return (next) => (call) =>
    within(timeoutMs, next, call, () => {
      call.interrupt({ by: 'attempt_timeout', error: new AttemptTimeoutError(call.operation, timeoutMs) });
    });
}
