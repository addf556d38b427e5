import type { HintSource } from '../pipeline/index.js';
import { durationMs, numberIn } from './duration-text.js';
import type { AnswerHeaders, HeaderLookup } from './headers.js';
import { httpDateMs, type WallClock } from './instant-text.js';
import { messageHintMs } from './message-hint.js';
import { anthropicRefillMs, anthropicWindowMs, LIMIT_HEADERS, plainResetMs, refillMs } from './reset-headers.js';
import { safely } from './sight.js';

/** How long the callee asked to be left alone. */
export interface Hint {
  /** In milliseconds, above 0 and at most {@link LONGEST_HINT_MS}. */
  readonly ms: number;
  readonly source: HintSource;
  /** It is only the time until everything is free again. */
  readonly isUpperBound: boolean;
}

/** Where a hint may be found. */
export interface HintPlaces {
  readonly headers?: AnswerHeaders | undefined;
  /** `retryDelay` of a `google.rpc.RetryInfo`: `'34.07s'`, or `{ seconds, nanos }`. */
  readonly retryDelay?: unknown;
  /** Texts that people read. */
  readonly texts?: readonly string[] | undefined;
  /** Whether a rate limit is what failed: the headers that tell of limits come with successes as well. Default false. */
  readonly limited?: boolean | undefined;
}

/** The longest hint that is believed: a year. Beyond it a server's clock, or its arithmetic, is wrong. */
export const LONGEST_HINT_MS: number = 365 * 86_400_000;

/** A header that asks for a wait. */
interface HintHeader {
  readonly name: string & HintSource;
  readonly read: (text: string, now: WallClock) => number | undefined;
}

/** In the order in which they are believed. */
const HEADERS: readonly HintHeader[] = [
  { name: 'retry-after-ms', read: numberIn },
  { name: 'x-ms-retry-after-ms', read: numberIn },
  { name: 'retry-after', read: retryAfterMs },
  { name: 'x-amz-retry-after', read: numberIn },
];

/** Headers that tell when a limit is full again. They are read only where a limit is what failed. */
interface LimitHeaders {
  readonly source: HintSource;
  readonly read: (headers: HeaderLookup, now: WallClock) => number | undefined;
  readonly isUpperBound: boolean;
}

/** In the order in which they are believed. */
const LIMITS: readonly LimitHeaders[] = [
  { source: 'anthropic-ratelimit-reset', read: anthropicWindowMs, isUpperBound: false },
  { source: 'anthropic-ratelimit-reset', read: anthropicRefillMs, isUpperBound: true },
  { source: 'x-ratelimit-reset', read: refillMs, isUpperBound: true },
  { source: 'x-ratelimit-reset', read: plainResetMs, isUpperBound: false },
];

/**
 * The hint in an answer: the first place that has a believable one. What is negative, zero, past, longer than a year or no
 * number at all is passed over; `Retry-After: 0` comes from servers that do not know, and asks for no wait in any case.
 *
 * Instants are compared with the `date` of the same answer when it has one, so that our clock may be wrong.
 */
export function readHint(places: HintPlaces, clock: WallClock): Hint | undefined {
  const { headers, retryDelay, limited, texts } = places;
  const now = () => httpDateMs(headers?.get('date') ?? '') ?? clock();
  return (
    (headers === undefined ? undefined : inHeaders(headers, now)) ??
    (retryDelay === undefined ? undefined : believed(retryInfoMs(retryDelay), 'retry-info')) ??
    (headers === undefined || limited !== true ? undefined : inLimits(headers, now)) ??
    (texts === undefined ? undefined : believed(messageHintMs(texts, clock), 'message'))
  );
}

function inHeaders(headers: AnswerHeaders, now: WallClock): Hint | undefined {
  for (const { name, read } of HEADERS) {
    const text = headers.get(name);
    const hint = text === undefined ? undefined : believed(read(text, now), name);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function inLimits(headers: AnswerHeaders, now: WallClock): Hint | undefined {
  const lookup = headers.only(LIMIT_HEADERS);
  for (const { source, read, isUpperBound } of LIMITS) {
    const hint = believed(read(lookup, now), source, isUpperBound);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function believed(ms: number | undefined, source: HintSource, isUpperBound = false): Hint | undefined {
  return ms !== undefined && isBelievable(ms) ? { ms, source, isUpperBound } : undefined;
}

/** True for a wait in milliseconds that somebody may have meant. */
export function isBelievable(ms: number): boolean {
  return ms > 0 && ms <= LONGEST_HINT_MS;
}

/** Seconds, a date, or several of them as proxies join them; then the longest counts. */
function retryAfterMs(text: string, now: WallClock): number | undefined {
  const whole = numberIn(text);
  if (whole !== undefined) return whole * 1_000;
  const dateMs = httpDateMs(text);
  if (dateMs !== undefined) return dateMs - now();
  // AWS gateways send a date of their own, and behind it the seconds that are meant.
  const parts = text.replace(/^.{5,40} GMT,/, '').split(',');
  const seconds = parts.map((part) => numberIn(part) ?? Number.NaN).filter((number) => !Number.isNaN(number));
  return seconds.length === 0 ? undefined : Math.max(...seconds) * 1_000;
}

function retryInfoMs(delay: unknown): number | undefined {
  if (typeof delay === 'string') return durationMs(delay);
  if (typeof delay !== 'object' || delay === null) return undefined;
  return safely(() => {
    const seconds = 'seconds' in delay ? numberOf(delay.seconds) : 0;
    const nanos = 'nanos' in delay ? numberOf(delay.nanos) : 0;
    return seconds * 1_000 + nanos / 1e6;
  });
}

/** JSON of protobuf writes large numbers as text. */
function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}
