export { LONGEST_TIMER_MS, monotonicMs, roundMs, roundUpMs, wallAt, wallMs } from './clock.js';
export { deepFreeze } from './deep-freeze.js';
export { Emitter, type OfType } from './emitter.js';
export { callHook, followAnswer, requireAnswer, warnOfHook } from './hook.js';
export { joinKeys, type KeptValue, LruCache } from './lru-cache.js';
export { type Deferred, defer, rejectLater, runWork } from './promise.js';
export { type Random, safeRandom } from './random.js';
export { isSignal, SignalLinks } from './signals.js';
export { startTimer, startWait, stopTimer, type Timer } from './timer.js';
