import type { Stage, StagedCall } from '../pipeline/index.js';
import { rejectLater } from '../runtime/index.js';
import type { CircuitBreaker } from './breaker.js';

/**
 * Lets attempts pass the breaker that `breakerOf` names for the call, and tells it how they ended.
 *
 * @param leaseMs how long an attempt may take, so that a trial keeps its place for as long. Default: the breaker's own.
 */
export function breakerStage(breakerOf: (call: StagedCall) => CircuitBreaker | undefined, leaseMs?: number): Stage {
  return (next) => (call) => {
    const breaker = breakerOf(call);
    if (breaker === undefined) return next(call);
    const admission = breaker.tryAdmit(leaseMs);
    if (admission instanceof Error) {
      call.refusedBy = 'breaker_open';
      return rejectLater(admission);
    }
    const settled = next(call);
    settled.then(
      () => breaker.settle(admission, 'success'),
      (error: unknown) => {
        const failure = call.failureOf(error);
        breaker.settle(admission, failure.breaker, failure);
      },
    );
    return settled;
  };
}
