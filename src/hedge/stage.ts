import type { Stage } from '../pipeline/index.js';
import { type HedgeParts, Race } from './race.js';

/**
 * Starts another attempt beside one that takes long, and uses the value that arrives first. Has no effect on a call whose
 * request must not be executed twice, or cannot be sent twice. A call that ends before the delay has passed costs one timer.
 */
export function hedgeStage(parts: HedgeParts): Stage {
  return (next) => (attempt) => {
    const value = next(attempt);
    const { call, rejectedBy } = attempt;
    if (rejectedBy !== undefined || !call.idempotent || !call.replayable) return value;
    const race = new Race(parts, next, attempt);
    return value.then(
      (first) => race.onFirstValue(first),
      // Returning the rejected promise is a third of the cost of throwing its error again.
      (error: unknown) => race.onFirstError(error) ?? value,
    );
  };
}
