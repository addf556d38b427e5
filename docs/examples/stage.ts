// Written as a file of src/ would be: the contract of a stage is internal, and no export of the package.
import { compose, type Stage, type StageAttempt } from '../../src/pipeline/index.js';
import { monotonicMs } from '../../src/runtime/index.js';

// #region stage
/** Lets `limit` attempts run at a time, and rejects the others. */
export function limitAttempts(limit: number, permits: { inUse: number }, toError: (a: StageAttempt) => Error): Stage {
  return (next) => (attempt) => {
    if (permits.inUse >= limit) return attempt.reject('capacity', toError(attempt)); // ends it, and says which stage it was
    permits.inUse += 1;
    // Called once, however the attempt ends: by its function, by an interruption, or by a stage further in.
    attempt.onOutcome(() => {
      permits.inUse -= 1;
    });
    return next(attempt); // the same promise: an `async` function around it would cost three ticks
  };
}
// #endregion

/** A second one, to show that order is a matter of the list alone. */
export function measureAttempts(record: (ms: number) => void): Stage {
  return (next) => (attempt) => {
    const startedMs = monotonicMs();
    attempt.onOutcome(() => record(monotonicMs() - startedMs));
    return next(attempt);
  };
}

export const run = compose(
  [limitAttempts(2, { inUse: 0 }, () => new Error('too many')), measureAttempts(() => undefined)],
  (attempt) => attempt.invoke(),
);
