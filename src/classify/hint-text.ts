import { limitText } from './error-fields.js';

const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)$/;
const SECONDS = /^(?:\d+(?:\.\d*)?|\.\d+)s$/;
const DURATION_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/y;
const MAX_DURATION_LENGTH = 64;

/** The length of every unit in milliseconds: those of Go and protobuf, then the words of messages. */
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['msec', 1],
  ['millisecond', 1],
  ['sec', 1_000],
  ['second', 1_000],
  ['min', 60_000],
  ['minute', 60_000],
  ['hr', 3_600_000],
  ['hrs', 3_600_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/** Reads a plain number that is not negative, without sign, exponent or unit; `undefined` for any other text. */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed.length <= MAX_DURATION_LENGTH && NUMBER.test(trimmed) ? Number(trimmed) : undefined;
}

/**
 * Reads a duration as Go and protobuf write it, in milliseconds: `1h2m3.5s`, `6m0s`, `34.07s`, `900ms`. `undefined` for any
 * other text, including negative durations.
 */
export function readDurationMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > MAX_DURATION_LENGTH) return undefined;
  // A shortcut for all that protobuf writes and most of what others do.
  if (SECONDS.test(trimmed)) return Number.parseFloat(trimmed) * 1_000;
  let ms = 0;
  DURATION_PART.lastIndex = 0;
  while (DURATION_PART.lastIndex < trimmed.length) {
    const part = DURATION_PART.exec(trimmed);
    if (part === null) return undefined;
    ms += Number(part[1]) * (UNIT_MS.get(part[2] ?? '') ?? Number.NaN);
  }
  return ms;
}

/** The wall clock, in milliseconds since 1970. A function, because reading the clock is slow and few hints are instants. */
export type WallClock = () => number;

const DAYS = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTHS = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d\\d:\\d\\d:\\d\\d';

/** The three date formats of RFC 9110: the current one, that of RFC 850, and that of C's `asctime`. */
const IMF_FIXDATE = new RegExp(`^${DAYS}, \\d\\d ${MONTHS} \\d{4} ${TIME} GMT$`);
const RFC_850 = new RegExp(`^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, \\d\\d-${MONTHS}-\\d\\d ${TIME} GMT$`);
const ASCTIME = new RegExp(`^${DAYS} ${MONTHS} [ \\d]\\d ${TIME} \\d{4}$`);
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const MAX_INSTANT_LENGTH = 40;

/** From here on a number is Unix time in milliseconds: in seconds it would be the year 5138. */
const MIN_UNIX_MS = 1e11;
/** From here on a number is Unix time in seconds (in 2001), not a wait of thirty years. */
const MIN_UNIX_SECONDS = 1e9;

/** Reads the date of a header, in milliseconds since 1970; `undefined` for any other text. */
export function readHttpDateMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_INSTANT_LENGTH) return undefined;
  if (IMF_FIXDATE.test(trimmed) || RFC_850.test(trimmed)) return parseDateMs(trimmed);
  // This format has no time zone and is always GMT.
  return ASCTIME.test(trimmed) ? parseDateMs(`${trimmed} GMT`) : undefined;
}

/** Reads an RFC 3339 timestamp, in milliseconds since 1970; `undefined` for any other text. */
export function readTimestampMs(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed.length <= MAX_INSTANT_LENGTH && RFC_3339.test(trimmed)
    ? parseDateMs(trimmed.toUpperCase())
    : undefined;
}

/** Converts Unix time in seconds or milliseconds to milliseconds since 1970; `undefined` for a smaller number. */
export function toInstantMs(number: number): number | undefined {
  if (number >= MIN_UNIX_MS) return number;
  return number >= MIN_UNIX_SECONDS ? number * 1_000 : undefined;
}

function parseDateMs(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * "Please try again in 20s", "Please retry in 1.2s", "retry after 33 seconds", "retrying in 5 minutes". Not the beginning of
 * a date, a time of day or a number with commas.
 */
const WAIT =
  /\b(?:try again|retry|retrying|wait)(?: your request)? (?:in|after|for) (?:another )?((?:\d{1,12}(?:\.\d{0,18})?[a-zµμ]{1,2}(?![a-z])){1,6}|\d{1,12}(?:\.\d{0,18})?(?!\d|[/:,]\d|-\d\d?-)) ?([a-z]{1,12})?/;

/** A further part of the wait: "1 minute and 30 seconds", "1m 30s". */
const MORE = /,? ?(?:and )?(\d{1,12}(?:\.\d{0,18})?) ?([a-z]{1,12})/y;

/** "You will regain access on 2025-07-01 at 00:00 UTC." */
const ACCESS = /\bregain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) utc/;

/** Most texts contain no number, and looking for one digit takes a fraction of the time. */
const DIGIT = /\d/;

/** Finds the wait that a text asks for, in milliseconds. A number without a unit counts seconds. */
export function findMessageHintMs(texts: readonly string[], clock: WallClock): number | undefined {
  for (const text of texts) {
    const searched = limitText(text);
    if (!DIGIT.test(searched)) continue;
    const ms = findWaitMs(searched.toLowerCase(), clock);
    if (ms !== undefined) return ms;
  }
  return undefined;
}

function findWaitMs(text: string, clock: WallClock): number | undefined {
  const wait = WAIT.exec(text);
  if (wait !== null) {
    const ms = toWaitMs(wait[1] ?? '', wait[2] ?? 's');
    return ms === undefined ? undefined : ms + readMoreMs(text, wait.index + wait[0].length);
  }
  const access = ACCESS.exec(text);
  return access === null ? undefined : Date.parse(`${access[1]}T${access[2]}:00Z`) - clock();
}

function readMoreMs(text: string, from: number): number {
  MORE.lastIndex = from;
  const more = MORE.exec(text);
  const ms = more === null ? undefined : toWaitMs(more[1] ?? '', more[2] ?? '');
  return ms === undefined ? 0 : ms + readMoreMs(text, MORE.lastIndex);
}

function toWaitMs(amount: string, unit: string): number | undefined {
  const number = readNumber(amount);
  if (number === undefined) return readDurationMs(amount);
  // Longer words may be plurals, as in `seconds`; short units such as `ms` end in an s themselves.
  const unitMs = UNIT_MS.get(unit) ?? (unit.length > 3 ? UNIT_MS.get(unit.replace(/s$/, '')) : undefined);
  return unitMs === undefined ? undefined : number * unitMs;
}
