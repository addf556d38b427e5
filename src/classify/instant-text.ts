/** The wall clock, in milliseconds since 1970. Reading it is slow, and few hints are instants: it is read only for those. */
export type WallClock = () => number;

const DAYS = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTHS = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '\\d\\d:\\d\\d:\\d\\d';

/** The three forms of RFC 9110: today's, that of RFC 850, and that of C's `asctime`. */
const TODAYS = new RegExp(`^${DAYS}, \\d\\d ${MONTHS} \\d{4} ${TIME} GMT$`);
const RFC_850 = new RegExp(`^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, \\d\\d-${MONTHS}-\\d\\d ${TIME} GMT$`);
const ASCTIME = new RegExp(`^${DAYS} ${MONTHS} [ \\d]\\d ${TIME} \\d{4}$`);
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const LONGEST = 40;

/** From here on a number of a clock is meant in milliseconds: in seconds it would be the year 5138. */
const LEAST_IN_MS = 1e11;
/** From here on a number is the reading of a clock (that of 2001), not a wait of thirty years. */
const LEAST_IN_SECONDS = 1e9;

/** The instant of a date in a header, in milliseconds since 1970; `undefined` for all other text. */
export function httpDateMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST) return undefined;
  if (TODAYS.test(trimmed) || RFC_850.test(trimmed)) return parsed(trimmed);
  // It names no zone, and means GMT.
  return ASCTIME.test(trimmed) ? parsed(`${trimmed} GMT`) : undefined;
}

/** The instant of an RFC 3339 timestamp, in milliseconds since 1970; `undefined` for all other text. */
export function timestampMs(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed.length <= LONGEST && RFC_3339.test(trimmed) ? parsed(trimmed.toUpperCase()) : undefined;
}

/** The instant of a number that is a clock's reading in seconds or milliseconds; `undefined` for a smaller number. */
export function clockMs(number: number): number | undefined {
  if (number >= LEAST_IN_MS) return number;
  return number >= LEAST_IN_SECONDS ? number * 1_000 : undefined;
}

function parsed(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
