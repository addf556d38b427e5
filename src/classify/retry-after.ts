import type { HintSource } from '../pipeline/pipeline.js';
import { durationMs, numberIn } from './duration-text.js';
import type { HeaderLookup } from './headers.js';
import { httpDateMs } from './instant-text.js';
import { messageHintMs } from './message-hint.js';
import { anthropicRefillMs, anthropicWindowMs, plainResetMs, refillMs } from './reset-headers.js';

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
  readonly headers?: HeaderLookup | undefined;
  /** `retryDelay` of a `google.rpc.RetryInfo`: `'34.07s'`, or `{ seconds, nanos }`. */
  readonly retryDelay?: unknown;
  /** Texts that people read. */
  readonly texts?: readonly string[] | undefined;
  /** Whether a rate limit is what failed: the headers that tell of limits come with successes as well. Default false. */
  readonly limited?: boolean | undefined;
}

/** The longest hint that is believed: a year. Beyond it a server's clock, or its arithmetic, is wrong. */
export const LONGEST_HINT_MS: number = 365 * 86_400_000;

/** Reads one place; `undefined` when it tells nothing. */
type Reader = (places: HintPlaces, nowMs: number) => number | undefined;

interface Place {
  readonly source: HintSource;
  readonly read: Reader;
  readonly ofLimits?: true;
  readonly isUpperBound?: true;
}

/** The places in the order in which they are believed. */
const PLACES: readonly Place[] = [
  { source: 'retry-after-ms', read: inHeader('retry-after-ms', numberIn) },
  { source: 'x-ms-retry-after-ms', read: inHeader('x-ms-retry-after-ms', numberIn) },
  { source: 'retry-after', read: inHeader('retry-after', retryAfterMs) },
  { source: 'x-amz-retry-after', read: inHeader('x-amz-retry-after', numberIn) },
  { source: 'retry-info', read: ({ retryDelay }) => retryInfoMs(retryDelay) },
  { source: 'anthropic-ratelimit-reset', read: inLimits(anthropicWindowMs), ofLimits: true },
  { source: 'anthropic-ratelimit-reset', read: inLimits(anthropicRefillMs), ofLimits: true, isUpperBound: true },
  { source: 'x-ratelimit-reset', read: inLimits(refillMs), ofLimits: true, isUpperBound: true },
  { source: 'x-ratelimit-reset', read: inLimits(plainResetMs), ofLimits: true },
  { source: 'message', read: ({ texts }, nowMs) => messageHintMs(texts ?? [], nowMs) },
];

/**
 * The hint in an answer: the first place that has a believable one. What is negative, zero, past, longer than a year or no
 * number at all is passed over; `Retry-After: 0` comes from servers that do not know, and asks for no wait in any case.
 *
 * Instants are compared with the `date` of the same answer when it has one, so that our clock may be wrong.
 *
 * @param nowMs the wall clock, in milliseconds since 1970.
 */
export function readHint(places: HintPlaces, nowMs: number): Hint | undefined {
  for (const { source, read, ofLimits, isUpperBound } of PLACES) {
    if (ofLimits === true && places.limited !== true) continue;
    const ms = read(places, nowMs);
    if (ms !== undefined && isBelievable(ms)) return { ms, source, isUpperBound: isUpperBound === true };
  }
  return undefined;
}

/** True for a wait in milliseconds that somebody may have meant. */
export function isBelievable(ms: number): boolean {
  return ms > 0 && ms <= LONGEST_HINT_MS;
}

/** Reads a header by its text. */
function inHeader(
  name: string,
  read: (text: string, headers: HeaderLookup, nowMs: number) => number | undefined,
): Reader {
  return ({ headers }, nowMs) => {
    const text = headers?.(name);
    return headers === undefined || text === undefined ? undefined : read(text, headers, nowMs);
  };
}

function inLimits(read: (headers: HeaderLookup, nowMs: number) => number | undefined): Reader {
  return ({ headers }, nowMs) => (headers === undefined ? undefined : read(headers, answeredAt(headers, nowMs)));
}

/** When the answer was made, by the clock of who made it. */
function answeredAt(headers: HeaderLookup, nowMs: number): number {
  return httpDateMs(headers('date') ?? '') ?? nowMs;
}

/** Seconds, a date, or several of them as proxies join them; then the longest counts. */
function retryAfterMs(text: string, headers: HeaderLookup, nowMs: number): number | undefined {
  const whole = numberIn(text);
  if (whole !== undefined) return whole * 1_000;
  const dateMs = httpDateMs(text);
  if (dateMs !== undefined) return dateMs - answeredAt(headers, nowMs);
  // AWS gateways send a date of their own, and behind it the seconds that are meant.
  const parts = text.replace(/^.{5,40} GMT,/, '').split(',');
  const seconds = parts.map((part) => numberIn(part) ?? Number.NaN).filter((number) => !Number.isNaN(number));
  return seconds.length === 0 ? undefined : Math.max(...seconds) * 1_000;
}

function retryInfoMs(delay: unknown): number | undefined {
  if (typeof delay === 'string') return durationMs(delay);
  if (typeof delay !== 'object' || delay === null) return undefined;
  const seconds = 'seconds' in delay ? numberOf(delay.seconds) : 0;
  const nanos = 'nanos' in delay ? numberOf(delay.nanos) : 0;
  return seconds * 1_000 + nanos / 1e6;
}

/** JSON of protobuf writes large numbers as text. */
function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}
