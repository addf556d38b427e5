import { type AnyPart, type AnySetting, type Check, isObject, pathOfKey, type SettingInfo } from '../../input/index.js';
import { LONGEST_TIMER_MS } from '../../runtime/index.js';
import { roundedMs, unitMs, writtenDurationMs } from './written-duration.js';

/** A number below this is taken for seconds if its name is not one of ours. */
const SECONDS_BELOW = 100;

/** What others call what we measure. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['timeout', 'attempttimeout'],
  ['totaltimeout', 'deadline'],
  ['recoverytimeout', 'open'],
  ['resettimeout', 'open'],
]);

/**
 * Refuses durations in a config from outside that are not in milliseconds, or do not look it: text with a unit, keys
 * that say seconds, a deadline of 30. Code has types and completion to prevent them; a file has not.
 */
export function checkUnits(check: Check, source: string, value: unknown, declared: AnyPart): void {
  checkPart(check, source, value, declared);
}

function checkPart(check: Check, path: string, value: unknown, part: AnyPart): void {
  for (const [key, given] of entriesOf(value)) {
    const setting = Object.hasOwn(part.settings, key) ? part.settings[key] : undefined;
    if (setting === undefined) checkKey(check, pathOfKey(path, key), key, given, part);
    else checkSetting(check, `${path}.${key}`, given, setting);
  }
}

function checkSetting(check: Check, path: string, given: unknown, { info, part, each }: AnySetting): void {
  if (part !== undefined) checkPart(check, path, given, part);
  else if (isDuration(info)) checkDuration(check, path, given, info);
  else if (each !== undefined) for (const [key, own] of entriesOf(given)) checkPart(check, `${path}.${key}`, own, each);
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function checkDuration(check: Check, path: string, given: unknown, { refuseBelowMs = 0 }: SettingInfo): void {
  const written = typeof given === 'string' ? writtenDurationMs(given) : undefined;
  if (written !== undefined) {
    const fits = written >= Math.max(refuseBelowMs, 1) && written <= LONGEST_TIMER_MS;
    check.addIssue(path, 'must be a number of milliseconds', given, fits ? `Did you mean ${written}?` : undefined);
  } else if (looksLikeSeconds(given, refuseBelowMs)) {
    check.addIssue(
      path,
      'must be in milliseconds, and looks like seconds',
      given,
      `Did you mean ${inMs(given, 1_000)}?`,
    );
  }
}

/** Refuses an unknown key that is another name for a duration. */
function checkKey(check: Check, path: string, key: string, given: unknown, part: AnyPart): void {
  const { measure, unit } = read(key);
  const meant = durationNamed(SYNONYMS.get(measure) ?? measure, part);
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

/** The path of the duration that measures something: `deadlineMs` of `deadline`, `retry.minDelayMs` of `mindelay`. */
function durationNamed(measure: string, { settings }: AnyPart): string | undefined {
  const own = Object.entries(settings).find(
    ([name, { info }]) => isDuration(info) && name.toLowerCase() === `${measure}ms`,
  );
  if (own !== undefined) return own[0];
  for (const [name, { part, takesTrue }] of Object.entries(settings)) {
    // A kind of failure has the same settings as all kinds.
    const deeper = part === undefined || takesTrue ? undefined : durationNamed(measure, part);
    if (deeper !== undefined) return `${name}.${deeper}`;
  }
  return undefined;
}

function isDuration({ unit }: SettingInfo): boolean {
  return unit === 'milliseconds';
}

function looksLikeSeconds(given: unknown, belowMs = SECONDS_BELOW): boolean {
  const number = numberOf(given);
  return number !== undefined && number > 0 && number < belowMs;
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
