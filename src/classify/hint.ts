import type { HintSource } from '../pipeline/index.js';
import { tryRead } from './error-fields.js';
import { findMessageHintMs, readDurationMs, readHttpDateMs, readNumber, type WallClock } from './hint-text.js';
import {
  RATE_LIMIT_HEADERS,
  readAnthropicRefillMs,
  readAnthropicWindowMs,
  readRefillMs,
  readResetMs,
} from './rate-limit-headers.js';
import type { HeaderLookup, ResponseHeaders } from './response.js';

/** How long the provider asked to wait. */
export interface Hint {
  /** In milliseconds, above 0 and at most {@link MAX_HINT_MS}. */
  readonly ms: number;
  readonly source: HintSource;
  /** True if `ms` is the time until the limit is refilled completely. */
  readonly isUpperBound: boolean;
}

/** Where a hint may be found. */
export interface HintPlaces {
  readonly headers?: ResponseHeaders | undefined;
  /** The `retryDelay` of a `google.rpc.RetryInfo`: `'34.07s'`, or `{ seconds, nanos }`. */
  readonly retryDelay?: unknown;
  /** Texts meant for people. */
  readonly texts?: readonly string[] | undefined;
  /** Whether the failure is a rate limit: successes have rate limit headers too. Default false. */
  readonly limited?: boolean | undefined;
}

/** The longest hint that is accepted: a year. A longer one means that the server's clock or arithmetic is wrong. */
export const MAX_HINT_MS: number = 365 * 86_400_000;

/** A header that asks for a wait. */
interface HintHeader {
  readonly name: string & HintSource;
  readonly read: (text: string, now: WallClock) => number | undefined;
}

/** In order of precedence. */
const HINT_HEADERS: readonly HintHeader[] = [
  { name: 'retry-after-ms', read: readNumber },
  { name: 'x-ms-retry-after-ms', read: readNumber },
  { name: 'retry-after', read: readRetryAfterMs },
  { name: 'x-amz-retry-after', read: readNumber },
];

/** Headers that say when a rate limit is refilled. */
interface LimitReader {
  readonly source: HintSource;
  readonly read: (headers: HeaderLookup, now: WallClock) => number | undefined;
  readonly isUpperBound: boolean;
}

/** In order of precedence. */
const LIMIT_READERS: readonly LimitReader[] = [
  { source: 'anthropic-ratelimit-reset', read: readAnthropicWindowMs, isUpperBound: false },
  { source: 'anthropic-ratelimit-reset', read: readAnthropicRefillMs, isUpperBound: true },
  { source: 'x-ratelimit-reset', read: readRefillMs, isUpperBound: true },
  { source: 'x-ratelimit-reset', read: readResetMs, isUpperBound: false },
];

/**
 * Reads the first believable hint of a response. Skips a wait that is negative, zero, in the past, longer than a year or
 * not a number. `Retry-After: 0` comes from servers that do not know the wait, and asks for none.
 *
 * Instants are compared with the `date` of the same response if it has one, so a wrong local clock does not matter.
 */
export function readHint(places: HintPlaces, clock: WallClock): Hint | undefined {
  const { headers, retryDelay, limited, texts } = places;
  const now = () => readHttpDateMs(headers?.get('date') ?? '') ?? clock();
  return (
    (headers === undefined ? undefined : findHeaderHint(headers, now)) ??
    (retryDelay === undefined ? undefined : toHint(readRetryInfoMs(retryDelay), 'retry-info')) ??
    (headers === undefined || limited !== true ? undefined : findLimitHint(headers, now)) ??
    (texts === undefined ? undefined : toHint(findMessageHintMs(texts, clock), 'message'))
  );
}

function findHeaderHint(headers: ResponseHeaders, now: WallClock): Hint | undefined {
  for (const { name, read } of HINT_HEADERS) {
    const text = headers.get(name);
    const hint = text === undefined ? undefined : toHint(read(text, now), name);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function findLimitHint(headers: ResponseHeaders, now: WallClock): Hint | undefined {
  const lookup = headers.readAll(RATE_LIMIT_HEADERS);
  for (const { source, read, isUpperBound } of LIMIT_READERS) {
    const hint = toHint(read(lookup, now), source, isUpperBound);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function toHint(ms: number | undefined, source: HintSource, isUpperBound = false): Hint | undefined {
  return ms !== undefined && isBelievable(ms) ? { ms, source, isUpperBound } : undefined;
}

/** True for a wait above 0 and at most a year. */
export function isBelievable(ms: number): boolean {
  return ms > 0 && ms <= MAX_HINT_MS;
}

/** Reads seconds or a date. If proxies joined several, the longest applies. */
function readRetryAfterMs(text: string, now: WallClock): number | undefined {
  const whole = readNumber(text);
  if (whole !== undefined) return whole * 1_000;
  const dateMs = readHttpDateMs(text);
  if (dateMs !== undefined) return dateMs - now();
  // AWS gateways put a date of their own before the seconds that are meant.
  const parts = text.replace(/^.{5,40} GMT,/, '').split(',');
  const seconds = parts.map((part) => readNumber(part) ?? Number.NaN).filter((number) => !Number.isNaN(number));
  return seconds.length === 0 ? undefined : Math.max(...seconds) * 1_000;
}

function readRetryInfoMs(delay: unknown): number | undefined {
  if (typeof delay === 'string') return readDurationMs(delay);
  if (typeof delay !== 'object' || delay === null) return undefined;
  return tryRead(() => {
    const seconds = 'seconds' in delay ? toNumber(delay.seconds) : 0;
    const nanos = 'nanos' in delay ? toNumber(delay.nanos) : 0;
    return seconds * 1_000 + nanos / 1e6;
  });
}

/** The JSON of protobuf writes large numbers as text. */
function toNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}
