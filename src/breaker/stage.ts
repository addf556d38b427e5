import type { Stage, StageAttempt } from '../pipeline/index.js';
import type { BreakerCore } from './breaker-core.js';

/**
 * Admits attempts through the breaker that `breakerOf` returns, and settles each admission with the attempt's outcome.
 *
 * @param leaseMs how long an attempt may take: a trial keeps its place for that long. Default: the breaker's own setting.
 * @param streamLeaseMs the same for an attempt whose value is a stream. Default: `leaseMs`.
 * @param isForced whether attempts pass also while the breaker rejects others. Default `false`.
 */
export function breakerStage(
  breakerOf: (attempt: StageAttempt) => BreakerCore | undefined,
  leaseMs?: number,
  streamLeaseMs: number | undefined = leaseMs,
  isForced = false,
): Stage {
  return (next) => (attempt) => {
    const breaker = breakerOf(attempt);
    if (breaker === undefined) return next(attempt);
    const admission = breaker.tryAdmit(attempt.call.stream === undefined ? leaseMs : streamLeaseMs, attempt, isForced);
    if (admission instanceof Error) return attempt.reject('breaker_open', admission);
    // Listeners of its events may have been called.
    if (breaker.state !== 'closed') attempt.delayStart();
    attempt.onOutcome((outcome) => {
      if (outcome.status === 'success') return breaker.settle(admission, 'success', undefined, attempt);
      if (outcome.status !== 'failure') return breaker.settle(admission, 'ignored');
      const failure = attempt.failureOf(outcome.error);
      breaker.settle(admission, failure.breaker, failure, attempt);
    });
    return next(attempt);
  };
}
