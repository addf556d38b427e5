import { type Check, isObject, pathOfKey } from '../../input/index.js';
import { LONGEST_TIMER_MS } from '../../runtime/index.js';
import { CONFIG, keyOf, type Place, SECONDS_BELOW } from './durations.js';
import { roundedMs, unitMs, writtenDurationMs } from './written-duration.js';

/** What others call what we measure. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['timeout', 'attempttimeout'],
  ['totaltimeout', 'deadline'],
  ['recoverytimeout', 'open'],
  ['resettimeout', 'open'],
]);

/**
 * Refuses durations in a config from outside that are not in milliseconds, or do not look it: text with a unit, keys
 * that say seconds, a deadline of 30. Whoever writes code has types and names before their eyes; whoever edits a file
 * has not.
 */
export function checkUnits(check: Check, source: string, value: unknown): void {
  checkPlace(check, source, value, CONFIG);
}

function checkPlace(check: Check, path: string, value: unknown, place: Place): void {
  if (!isObject(value)) return;
  for (const [key, given] of Object.entries(value)) {
    const at = `${path}.${key}`;
    const inner = place.parts?.get(key) ?? place.each;
    if (inner !== undefined) checkPlace(check, at, given, inner);
    else if (place.durations?.includes(key) === true)
      checkDuration(check, at, given, place.long?.includes(key) === true);
    else checkKey(check, pathOfKey(path, key), key, given, place);
  }
}

function checkDuration(check: Check, path: string, given: unknown, isLong: boolean): void {
  const written = typeof given === 'string' ? writtenDurationMs(given) : undefined;
  if (written !== undefined) {
    const fits = written >= (isLong ? SECONDS_BELOW : 1) && written <= LONGEST_TIMER_MS;
    check.addIssue(path, 'must be a number of milliseconds', given, fits ? `Did you mean ${written}?` : undefined);
  } else if (isLong && looksLikeSeconds(given)) {
    check.addIssue(
      path,
      'must be in milliseconds, and looks like seconds',
      given,
      `Did you mean ${inMs(given, 1_000)}?`,
    );
  }
}

/** Refuses a key that nobody knows when it is one for a duration, under another name. */
function checkKey(check: Check, path: string, key: string, given: unknown, place: Place): void {
  const { measure, unit } = read(key);
  const meant = keyOf(SYNONYMS.get(measure) ?? measure, place);
  if (meant === undefined) return;
  const ms = inMs(given, unit ?? (looksLikeSeconds(given) ? 1_000 : 1));
  const suggestion = ms === undefined ? `Did you mean '${meant}', in milliseconds?` : `Did you mean '${meant}: ${ms}'?`;
  check.addIssue(path, 'is not known: durations are in milliseconds, and so are their names', given, suggestion);
}

/** What a key measures, and in what unit, when it says: `timeout_seconds`, `openSec`, `deadline`. */
function read(key: string): { readonly measure: string; readonly unit: number | undefined } {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  const unit = unitMs(words.at(-1) ?? '');
  if (unit !== undefined) words.pop();
  if (words.at(-1) === 'in') words.pop();
  return { measure: words.join(''), unit };
}

function looksLikeSeconds(given: unknown): boolean {
  const number = numberOf(given);
  return number !== undefined && number > 0 && number < SECONDS_BELOW;
}

function inMs(given: unknown, unit: number): number | undefined {
  const written = typeof given === 'string' ? writtenDurationMs(given) : undefined;
  const number = numberOf(given);
  return written ?? (number === undefined ? undefined : roundedMs(number * unit));
}

/** A number, or text that is nothing else. */
function numberOf(given: unknown): number | undefined {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
