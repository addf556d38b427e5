import { LONGEST_TIMER_MS, type Random } from '../runtime/index.js';

/**
 * A reopening lasts between three quarters and the whole of its length, so that many processes do not return at once.
 */
const JITTER = 0.25;

/** A longer hint is more likely a mistake or an attack than intended. */
const LONGEST_HINT_MS = 3_600_000;

/**
 * How long the `nth` opening in a row lasts, in milliseconds: `openMs` at first, then twice as long each time up to
 * `openMaxMs`, jittered downwards but never below `openMs`. A hint can lengthen it up to an hour (or `openMaxMs`,
 * if that is longer), but never shorten it.
 */
export function computeOpenMs(
  { openMs, openMaxMs }: { readonly openMs: number; readonly openMaxMs: number },
  nth: number,
  random: Random,
  retryAfterMs = 0,
): number {
  const full = Math.min(openMs * 2 ** (nth - 1), openMaxMs);
  const waitMs = Math.max(openMs, full * (1 - JITTER * random()));
  const asked = Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs, Math.max(openMaxMs, LONGEST_HINT_MS)) : 0;
  return Math.min(Math.max(waitMs, asked), LONGEST_TIMER_MS);
}
