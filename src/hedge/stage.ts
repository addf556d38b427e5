import type { Stage } from '../pipeline/index.js';
import { LONGEST_TIMER_MS, startTimer, stopTimer } from '../runtime/index.js';
import { type HedgeParts, learn, Race } from './race.js';

/**
 * Starts another attempt beside one that takes long, and uses the value that arrives first. Has no effect on a call whose
 * request must not be executed twice, or cannot be sent twice. A call that ends before the delay has passed costs one timer.
 */
export function hedgeStage(parts: HedgeParts): Stage {
  return (next) => (attempt) => {
    const value = next(attempt);
    const { call, rejectedBy } = attempt;
    if (rejectedBy !== undefined || !call.idempotent || !call.replayable) return value;
    const delayMs = parts.hedgesOf(attempt).delayMs(parts.settings);
    if (delayMs === undefined) {
      return value.then((first) => {
        learn(parts, attempt, true);
        return first;
      });
    }
    // Most calls end before the delay has passed, and need no more than this.
    let race: Race | undefined;
    const timer = startTimer(Math.min(Math.ceil(delayMs), LONGEST_TIMER_MS), () => {
      race = new Race(parts, next, attempt, delayMs);
      race.onTime();
    });
    return value.then(
      (first) => {
        if (race !== undefined) return race.onFirstValue(first) ?? first;
        stopTimer(timer);
        learn(parts, attempt, true);
        return first;
      },
      (error: unknown) => {
        stopTimer(timer);
        // Returning the rejected promise is a third of the cost of throwing its error again.
        return race?.onFirstError(error) ?? value;
      },
    );
  };
}
