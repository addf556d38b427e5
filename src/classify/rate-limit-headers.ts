import { readDurationMs, readNumber, readTimestampMs, toInstantMs, type WallClock } from './hint-text.js';
import type { HeaderLookup } from './response.js';

/** The headers of one limit. */
interface LimitHeaders {
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

/** Anthropic's limits, each with a `-remaining` and a `-reset`. */
export const ANTHROPIC_LIMITS: readonly LimitHeaders[] = ['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
  (limit) => ({
    limit,
    remaining: `anthropic-ratelimit-${limit}-remaining`,
    reset: `anthropic-ratelimit-${limit}-reset`,
  }),
);

/** The limits of OpenAI and of providers with its API. */
export const OPENAI_LIMITS: readonly LimitHeaders[] = ['requests', 'tokens'].map((limit) => ({
  limit,
  remaining: `x-ratelimit-remaining-${limit}`,
  reset: `x-ratelimit-reset-${limit}`,
}));

/** Every header that this file looks up. */
export const RATE_LIMIT_HEADERS: ReadonlySet<string> = new Set([
  'anthropic-ratelimit-unified-status',
  'anthropic-ratelimit-unified-reset',
  'x-ratelimit-reset',
  ...[...ANTHROPIC_LIMITS, ...OPENAI_LIMITS].flatMap(({ remaining, reset }) => [remaining, reset]),
]);

/** Reads the time until the window of an Anthropic subscription ends; `undefined` if that window still has room. */
export function readAnthropicWindowMs(headers: HeaderLookup, now: WallClock): number | undefined {
  if (headers('anthropic-ratelimit-unified-status')?.startsWith('allowed') === true) return undefined;
  const number = readNumber(headers('anthropic-ratelimit-unified-reset') ?? '');
  return number === undefined ? undefined : computeWaitMs(toInstantMs(number), now);
}

/** Reads the time until the last of Anthropic's exhausted limits is refilled. */
export function readAnthropicRefillMs(headers: HeaderLookup, now: WallClock): number {
  let longestMs = 0;
  for (const { remaining, reset } of ANTHROPIC_LIMITS) {
    if (!isExhausted(headers(remaining))) continue;
    longestMs = Math.max(longestMs, computeWaitMs(readTimestampMs(headers(reset) ?? ''), now) ?? 0);
  }
  return longestMs;
}

/** Reads the time until OpenAI's limits are refilled: the exhausted ones, or all of them if none is marked so. */
export function readRefillMs(headers: HeaderLookup, now: WallClock): number | undefined {
  const waits = OPENAI_LIMITS.map(({ remaining, reset }) => ({ remaining, ms: readWaitMs(headers(reset), now) ?? 0 }));
  const longestFirst = waits.filter(({ ms }) => ms > 0).sort((one, other) => other.ms - one.ms);
  const [longest] = longestFirst;
  // A single wait needs no choice, so the remaining counts need not be read.
  if (longestFirst.length < 2) return longest?.ms;
  return (longestFirst.find(({ remaining }) => isExhausted(headers(remaining))) ?? longest)?.ms;
}

/** Reads the time until the single window of `x-ratelimit-reset` ends. */
export function readResetMs(headers: HeaderLookup, now: WallClock): number | undefined {
  return readWaitMs(headers('x-ratelimit-reset'), now);
}

/** Reads a Go duration, plain seconds, or an instant as Unix time or timestamp. */
function readWaitMs(text: string | undefined, now: WallClock): number | undefined {
  if (text === undefined) return undefined;
  const number = readNumber(text);
  if (number === undefined) return readDurationMs(text) ?? computeWaitMs(readTimestampMs(text), now);
  return computeWaitMs(toInstantMs(number), now) ?? number * 1_000;
}

function computeWaitMs(instantMs: number | undefined, now: WallClock): number | undefined {
  return instantMs === undefined ? undefined : instantMs - now();
}

function isExhausted(remaining: string | undefined): boolean {
  return remaining !== undefined && readNumber(remaining) === 0;
}
