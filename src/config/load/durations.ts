import {
  type AnyPart,
  type AnySetting,
  type Check,
  isObject,
  parseDurationMs,
  parseMs,
  roundWrittenMs,
  type SettingInfo,
} from '../../input/index.js';
import { LONGEST_TIMER_MS } from '../../runtime/index.js';

/**
 * Reads durations in a config from outside. Text with a unit, such as `50ms`, becomes a number. Durations that are not in
 * milliseconds, or look like seconds, are refused: text with another unit, a deadline of 30. Only code has types and
 * completion to prevent them.
 *
 * @param value parsed from text; it is not changed.
 * @returns the config with every duration as a number.
 */
export function parseDurations(check: Check, source: string, value: object, declared: AnyPart): object;
export function parseDurations(check: Check, source: string, value: unknown, declared: AnyPart): unknown;
export function parseDurations(check: Check, source: string, value: unknown, declared: AnyPart): unknown {
  return mapEntries(value, (key, given) => {
    const setting = Object.hasOwn(declared.settings, key) ? declared.settings[key] : undefined;
    return setting === undefined ? given : parseSetting(check, `${source}.${key}`, given, setting);
  });
}

/**
 * The opposite of {@link parseDurations}: a config with durations as a file accepts them. One that would look like seconds
 * becomes text with its unit.
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
    const suggestion = `Did you mean ${convertToMs(given, 1_000)}? If it is intended, write '${convertToMs(given, 1)}ms'.`;
    check.addIssue(path, 'must be in milliseconds, and looks like seconds', given, suggestion);
  }
  return given;
}

/** Formats a duration as a file accepts it: one that looks like seconds gets its unit. */
function formatDuration(ms: number, refuseBelowMs = 0): number | string {
  return ms > 0 && ms < refuseBelowMs ? `${ms}ms` : ms;
}

function isDuration({ unit }: SettingInfo): boolean {
  return unit === 'milliseconds';
}

function looksLikeSeconds(given: unknown, belowMs: number): boolean {
  const number = numberOf(given);
  return number !== undefined && number > 0 && number < belowMs;
}

function convertToMs(given: unknown, unit: number): number | undefined {
  const written = typeof given === 'string' ? parseDurationMs(given) : undefined;
  const number = numberOf(given);
  return written ?? (number === undefined ? undefined : roundWrittenMs(number * unit));
}

/** Returns the value of a number, or of text that holds nothing but a number. */
function numberOf(given: unknown): number | undefined {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
