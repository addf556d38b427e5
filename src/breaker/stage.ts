import type { Stage, StagedCall } from '../pipeline/pipeline.js';
import { rejected } from '../runtime/runtime.js';
import type { CircuitBreaker } from './breaker.js';

/** Lets attempts pass the breaker that `breakerOf` names for the call, and tells it how they ended. */
export function breakerStage(breakerOf: (call: StagedCall) => CircuitBreaker | undefined): Stage {
  return (next) => (call) => {
    const breaker = breakerOf(call);
    if (breaker === undefined) return next(call);
    const admission = breaker.tryAdmit();
    if (admission instanceof Error) {
      call.stopReason ??= 'breaker_open';
      return rejected(admission);
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
