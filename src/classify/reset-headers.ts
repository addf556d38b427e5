import { durationMs, numberIn } from './duration-text.js';
import type { HeaderLookup } from './headers.js';
import { clockMs, timestampMs, type WallClock } from './instant-text.js';

/** What Anthropic limits, each with a `-remaining` and a `-reset`. */
const ANTHROPIC = ['requests', 'tokens', 'input-tokens', 'output-tokens'].map((limit) => ({
  remaining: `anthropic-ratelimit-${limit}-remaining`,
  reset: `anthropic-ratelimit-${limit}-reset`,
}));

/** Of those who answer in OpenAI's way. */
const REFILLS = ['requests', 'tokens'].map((limit) => ({
  remaining: `x-ratelimit-remaining-${limit}`,
  reset: `x-ratelimit-reset-${limit}`,
}));

/** All that is looked for here. */
export const LIMIT_HEADERS: ReadonlySet<string> = new Set([
  'anthropic-ratelimit-unified-status',
  'anthropic-ratelimit-unified-reset',
  'x-ratelimit-reset',
  ...[...ANTHROPIC, ...REFILLS].flatMap(({ remaining, reset }) => [remaining, reset]),
]);

/** Until Anthropic's window of a subscription ends, unless that is what still had room. */
export function anthropicWindowMs(headers: HeaderLookup, now: WallClock): number | undefined {
  if (headers('anthropic-ratelimit-unified-status')?.startsWith('allowed') === true) return undefined;
  const reading = numberIn(headers('anthropic-ratelimit-unified-reset') ?? '');
  return reading === undefined ? undefined : untilMs(clockMs(reading), now);
}

/** Until the last of Anthropic's used-up limits is full again. */
export function anthropicRefillMs(headers: HeaderLookup, now: WallClock): number {
  let longestMs = 0;
  for (const { remaining, reset } of ANTHROPIC) {
    if (!isUsedUp(headers(remaining))) continue;
    longestMs = Math.max(longestMs, untilMs(timestampMs(headers(reset) ?? ''), now) ?? 0);
  }
  return longestMs;
}

/** Until everything is refilled: of the limits that are used up, or of all when none says so. */
export function refillMs(headers: HeaderLookup, now: WallClock): number | undefined {
  const waits = REFILLS.map(({ remaining, reset }) => ({ remaining, ms: resetMs(headers(reset), now) ?? 0 }));
  const longestFirst = waits.filter(({ ms }) => ms > 0).sort((one, other) => other.ms - one.ms);
  const [longest] = longestFirst;
  // Where there is no choice, what remains is not looked for.
  if (longestFirst.length < 2) return longest?.ms;
  return (longestFirst.find(({ remaining }) => isUsedUp(headers(remaining))) ?? longest)?.ms;
}

/** Until the one window of `x-ratelimit-reset` ends. */
export function plainResetMs(headers: HeaderLookup, now: WallClock): number | undefined {
  return resetMs(headers('x-ratelimit-reset'), now);
}

/** A Go duration, plain seconds, or an instant as a clock's reading or a timestamp. */
function resetMs(text: string | undefined, now: WallClock): number | undefined {
  if (text === undefined) return undefined;
  const number = numberIn(text);
  if (number === undefined) return durationMs(text) ?? untilMs(timestampMs(text), now);
  return untilMs(clockMs(number), now) ?? number * 1_000;
}

function untilMs(instantMs: number | undefined, now: WallClock): number | undefined {
  return instantMs === undefined ? undefined : instantMs - now();
}

function isUsedUp(remaining: string | undefined): boolean {
  return remaining !== undefined && numberIn(remaining) === 0;
}
