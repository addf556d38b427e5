import {
  type AnyPart,
  type AnySetting,
  type Check,
  formatKeyPath,
  isObject,
  type SettingInfo,
} from '../../input/index.js';
import { LONGEST_TIMER_MS } from '../../runtime/index.js';
import { findUnitMs, parseDurationMs, parseMs, roundWrittenMs } from './written-duration.js';

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
 * Reads durations in a config from outside. A text such as `50ms` says what is meant, and becomes a number. Durations
 * that are not in milliseconds, or do not look it, are refused: text with another unit, keys that say seconds, a deadline
 * of 30. Code has types and completion to prevent them; a file has not.
 *
 * @param value has been parsed from text. It is not changed.
 * @returns the config with every duration as a number.
 */
export function parseDurations(check: Check, source: string, value: object, declared: AnyPart): object;
export function parseDurations(check: Check, source: string, value: unknown, declared: AnyPart): unknown;
export function parseDurations(check: Check, source: string, value: unknown, declared: AnyPart): unknown {
  return mapEntries(value, (key, given) => {
    const setting = Object.hasOwn(declared.settings, key) ? declared.settings[key] : undefined;
    if (setting !== undefined) return parseSetting(check, `${source}.${key}`, given, setting);
    checkKey(check, formatKeyPath(source, key), key, given, declared);
    return given;
  });
}

/**
 * The opposite of {@link parseDurations}: a config with durations as a file accepts them. One that would look like seconds
 * becomes a text that says its unit.
 */
export function formatDurations(value: unknown, declared: AnyPart): unknown {
  return mapEntries(value, (key, given) => {
    const { info, part, each } = declared.settings[key] ?? {};
    if (part !== undefined) return formatDurations(given, part);
    if (each !== undefined) return mapEntries(given, (_, own) => formatDurations(own, each));
    const isShort = info !== undefined && isDuration(info) && typeof given === 'number';
    return isShort ? formatDuration(given, info.refuseBelowMs) : given;
  });
}

function parseSetting(check: Check, path: string, given: unknown, { info, part, each }: AnySetting): unknown {
  if (part !== undefined) return parseDurations(check, path, given, part);
  if (isDuration(info)) return parseDuration(check, path, given, info);
  if (each === undefined) return given;
  return mapEntries(given, (key, own) => parseDurations(check, `${path}.${key}`, own, each));
}

/** An object with another value under each key; anything else as it is. */
function mapEntries(value: unknown, map: (key: string, given: unknown) => unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, given]) => [key, map(key, given)]));
}

function parseDuration(check: Check, path: string, given: unknown, { refuseBelowMs = 0 }: SettingInfo): unknown {
  const meantMs = typeof given === 'string' ? parseMs(given) : undefined;
  if (meantMs !== undefined) return meantMs;
  const otherMs = typeof given === 'string' ? parseDurationMs(given) : undefined;
  if (otherMs !== undefined) {
    const fits = otherMs >= 1 && otherMs <= LONGEST_TIMER_MS;
    const text = formatDuration(otherMs, refuseBelowMs);
    const suggestion = fits ? `Did you mean ${typeof text === 'string' ? `'${text}'` : text}?` : undefined;
    check.addIssue(path, 'must be a number of milliseconds', given, suggestion);
  } else if (looksLikeSeconds(given, refuseBelowMs)) {
    const suggestion = `Did you mean ${convertToMs(given, 1_000)}? If it is meant, write '${convertToMs(given, 1)}ms'.`;
    check.addIssue(path, 'must be in milliseconds, and looks like seconds', given, suggestion);
  }
  return given;
}

/** As a file accepts it: a number that looks like seconds says its unit. */
function formatDuration(ms: number, refuseBelowMs = 0): number | string {
  return ms > 0 && ms < refuseBelowMs ? `${ms}ms` : ms;
}

/** Refuses an unknown key that is another name for a duration. */
function checkKey(check: Check, path: string, key: string, given: unknown, part: AnyPart): void {
  const { measure, unit } = parseKey(key);
  const meant = findDuration(SYNONYMS.get(measure) ?? measure, part);
  if (meant === undefined) return;
  const ms = convertToMs(given, unit ?? (looksLikeSeconds(given) ? 1_000 : 1));
  const { path: name, info } = meant;
  const suggestion =
    ms === undefined
      ? `Did you mean '${name}', in milliseconds?`
      : `Did you mean '${name}: ${formatDuration(ms, info.refuseBelowMs)}'?`;
  check.addIssue(path, 'is not known: durations are in milliseconds, and so are their names', given, suggestion);
}

/** What a key measures, and its unit if the key says it: `timeout_seconds`, `openSec`, `deadline`. */
function parseKey(key: string): { readonly measure: string; readonly unit: number | undefined } {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  const unit = findUnitMs(words.at(-1) ?? '');
  if (unit !== undefined) words.pop();
  if (words.at(-1) === 'in') words.pop();
  return { measure: words.join(''), unit };
}

/** The duration that measures something, by its path: `deadlineMs` for `deadline`, `retry.minDelayMs` for `mindelay`. */
function findDuration(
  measure: string,
  { settings }: AnyPart,
): { readonly path: string; readonly info: SettingInfo } | undefined {
  for (const [path, { info }] of Object.entries(settings))
    if (isDuration(info) && path.toLowerCase() === `${measure}ms`) return { path, info };
  for (const [name, { part, takesTrue }] of Object.entries(settings)) {
    // A kind of failure has the same settings as all kinds.
    const deeper = part === undefined || takesTrue ? undefined : findDuration(measure, part);
    if (deeper !== undefined) return { ...deeper, path: `${name}.${deeper.path}` };
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

function convertToMs(given: unknown, unit: number): number | undefined {
  const written = typeof given === 'string' ? parseDurationMs(given) : undefined;
  const number = numberOf(given);
  return written ?? (number === undefined ? undefined : roundWrittenMs(number * unit));
}

/** A number, or text that is nothing else. */
function numberOf(given: unknown): number | undefined {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
