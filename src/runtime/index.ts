export { LONGEST_TIMER_MS, monotonicMs, wallAt, wallMs } from './clock.js';
export { deepFreeze } from './deep-freeze.js';
export { Emitter, type OfType } from './emitter.js';
export { isSignal } from './is-signal.js';
export { toPromise } from './promise-of.js';
export { type Random, safeRandom } from './random.js';
export { rejectLater } from './rejected.js';
export { SignalLinks } from './signal-links.js';
export { startTimer, startWait, stopTimer, type Timer } from './timer.js';
