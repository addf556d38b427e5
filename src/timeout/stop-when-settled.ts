import { stopTimer, type Timer } from '../runtime/runtime.js';

/** Stops a timer when a promise settles, and passes the promise on as it is, so that it settles no tick later. */
export function stopWhenSettled(timer: Timer, settled: Promise<unknown>): Promise<unknown> {
  const stop = () => stopTimer(timer);
  settled.then(stop, stop);
  return settled;
}
