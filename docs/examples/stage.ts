// Written as a file of src/ would be: the contract of a stage is internal, and no export of the package.
import { compose, type Stage, type StagedCall } from '../../src/pipeline/index.js';
import { monotonicMs, rejectLater } from '../../src/runtime/index.js';

// #region stage
/** Lets `most` calls pass at a time, and turns the others away. */
export function limit(most: number, places: { taken: number }, refuse: (call: StagedCall) => Error): Stage {
  return (next) => (call) => {
    if (places.taken >= most) {
      call.refusedBy = 'capacity'; // says which stage it was
      return rejectLater(refuse(call)); // never throws: what goes wrong is in the promise
    }
    places.taken += 1;
    const settled = next(call);
    const free = () => {
      places.taken -= 1;
    };
    settled.then(free, free);
    return settled; // the same promise: an `async` function around it would cost three ticks
  };
}
// #endregion

/** A second one, to show that order is a matter of the list alone. */
export function timed(tell: (ms: number) => void): Stage {
  return (next) => (call) => {
    const beganMs = monotonicMs();
    const settled = next(call);
    const stop = () => tell(monotonicMs() - beganMs);
    settled.then(stop, stop);
    return settled;
  };
}

export const run = compose([limit(2, { taken: 0 }, () => new Error('too many')), timed(() => undefined)], (call) =>
  call.invoke(),
);
