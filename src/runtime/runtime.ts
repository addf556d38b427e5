export { LONGEST_TIMER_MS, monotonicMs, wallAt, wallMs } from './clock.js';
export { type Audience, Emitter, type OfType } from './emitter.js';
export { isSignal } from './is-signal.js';
export { promiseOf } from './promise-of.js';
export { type Random, steady } from './random.js';
export { rejected } from './rejected.js';
export { SignalLinks } from './signal-links.js';
export { startTimer, startWait, stopTimer, type Timer } from './timer.js';
