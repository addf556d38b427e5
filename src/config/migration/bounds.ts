import { LONGEST_TIMER_MS } from '../../runtime/runtime.js';
import type { Bounds } from './notes.js';

/** What `retry.maxAttempts` may be. */
export const ATTEMPTS: Bounds = { min: 1, max: 1_000 };
/** What a wait may be. */
export const WAIT: Bounds = { min: 0, max: LONGEST_TIMER_MS };
/** What a time limit may be. */
export const DURATION: Bounds = { min: 1, max: LONGEST_TIMER_MS };
/** What `retry.multiplier` may be; nothing that people write is smaller. */
export const MULTIPLIER: Bounds = { min: 1e-6, max: 1_000 };
/** What the window of a breaker may be. */
export const WINDOW: Bounds = { min: 10, max: LONGEST_TIMER_MS };
/** What a count of calls or failures may be. */
export const COUNT: Bounds = { min: 1, max: 1_000_000 };
/** What a share may be; nothing that people write is smaller. */
export const SHARE: Bounds = { min: 1e-6, max: 1 };
