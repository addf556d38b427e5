import { durationMs, numberIn } from './duration-text.js';
import type { WallClock } from './instant-text.js';
import { searchedPartOf } from './searched.js';

/**
 * "Please try again in 20s", "Please retry in 1.2s", "retry after 33 seconds", "retrying in 5 minutes". Not the beginning of
 * a date, of a time of the day or of a number with commas.
 */
const WAIT =
  /\b(?:try again|retry|retrying|wait)(?: your request)? (?:in|after|for) (?:another )?((?:\d{1,12}(?:\.\d{0,18})?[a-zµμ]{1,2}(?![a-z])){1,6}|\d{1,12}(?:\.\d{0,18})?(?!\d|[/:,]\d|-\d\d?-)) ?([a-z]{1,12})?/;

/** What may follow: "1 minute and 30 seconds", "1m 30s". */
const MORE = /,? ?(?:and )?(\d{1,12}(?:\.\d{0,18})?) ?([a-z]{1,12})/y;

/** "You will regain access on 2025-07-01 at 00:00 UTC." */
const ACCESS = /\bregain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) utc/;

const UNITS: Readonly<Record<string, string>> = {
  millisecond: 'ms',
  msec: 'ms',
  second: 's',
  sec: 's',
  minute: 'm',
  min: 'm',
  hour: 'h',
  hr: 'h',
  day: 'd',
};

/** Most texts name no time, nor any other number: to look for one digit takes a fraction of the time. */
const DIGIT = /\d/;

/** The wait that a text asks for, in milliseconds. A number without a unit counts seconds. */
export function messageHintMs(texts: readonly string[], clock: WallClock): number | undefined {
  for (const text of texts) {
    const part = searchedPartOf(text);
    if (!DIGIT.test(part)) continue;
    const ms = hintIn(part.toLowerCase(), clock);
    if (ms !== undefined) return ms;
  }
  return undefined;
}

function hintIn(text: string, clock: WallClock): number | undefined {
  const wait = WAIT.exec(text);
  if (wait !== null) {
    const ms = waitMs(wait[1] ?? '', wait[2] ?? '');
    return ms === undefined ? undefined : ms + moreMs(text, wait.index + wait[0].length);
  }
  const access = ACCESS.exec(text);
  return access === null ? undefined : Date.parse(`${access[1]}T${access[2]}:00Z`) - clock();
}

function moreMs(text: string, from: number): number {
  MORE.lastIndex = from;
  const more = MORE.exec(text);
  const ms = more === null ? undefined : waitMs(more[1] ?? '', more[2] ?? '');
  return ms === undefined ? 0 : ms + moreMs(text, MORE.lastIndex);
}

function waitMs(amount: string, word: string): number | undefined {
  const number = numberIn(amount);
  if (number === undefined) return durationMs(amount);
  return durationMs(`${amount}${UNITS[word.replace(/s$/, '')] ?? (word === '' ? 's' : word)}`);
}
