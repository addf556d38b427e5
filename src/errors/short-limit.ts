/** A limit below this was probably meant in seconds: no model answers that fast. */
const SUSPECT_BELOW_MS = 100;

/** Asks about a limit so short that it looks like seconds. Code may set one; a file must write the unit `ms`. */
export function askForSeconds(limitMs: number): string {
  const isLikely = Number.isInteger(limitMs) && limitMs > 0 && limitMs < SUSPECT_BELOW_MS;
  return isLikely ? ', which looks like seconds: limits are in milliseconds' : '';
}
