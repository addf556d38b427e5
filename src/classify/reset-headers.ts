import { durationMs, numberIn } from './duration-text.js';
import type { HeaderLookup } from './headers.js';
import { clockMs, timestampMs } from './instant-text.js';

/** What Anthropic limits, each with a `-remaining` and a `-reset`. */
const ANTHROPIC = ['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
  (limit) => [`anthropic-ratelimit-${limit}-remaining`, `anthropic-ratelimit-${limit}-reset`] as const,
);

/** Of those who answer in OpenAI's way. */
const REFILLS = ['requests', 'tokens'].map(
  (limit) => [`x-ratelimit-remaining-${limit}`, `x-ratelimit-reset-${limit}`] as const,
);

/** Until Anthropic's window of a subscription ends, unless that is what still had room. */
export function anthropicWindowMs(headers: HeaderLookup, nowMs: number): number | undefined {
  if (headers('anthropic-ratelimit-unified-status')?.startsWith('allowed') === true) return undefined;
  const reading = numberIn(headers('anthropic-ratelimit-unified-reset') ?? '');
  const instantMs = reading === undefined ? undefined : clockMs(reading);
  return instantMs === undefined ? undefined : instantMs - nowMs;
}

/** Until the last of Anthropic's used-up limits is full again. */
export function anthropicRefillMs(headers: HeaderLookup, nowMs: number): number | undefined {
  return longest(
    ANTHROPIC.map(([remaining, reset]) => {
      const instantMs = isUsedUp(headers(remaining)) ? timestampMs(headers(reset) ?? '') : undefined;
      return instantMs === undefined ? undefined : instantMs - nowMs;
    }),
  );
}

/** Until everything is refilled: of the limits that are used up, or of all when none says so. */
export function refillMs(headers: HeaderLookup, nowMs: number): number | undefined {
  const limits = REFILLS.map(([remaining, reset]) => ({
    usedUp: isUsedUp(headers(remaining)),
    ms: resetMs(headers(reset) ?? '', nowMs),
  }));
  return longest(limits.filter(({ usedUp }) => usedUp).map(({ ms }) => ms)) ?? longest(limits.map(({ ms }) => ms));
}

/** Until the one window of `x-ratelimit-reset` ends. */
export function plainResetMs(headers: HeaderLookup, nowMs: number): number | undefined {
  return resetMs(headers('x-ratelimit-reset') ?? '', nowMs);
}

/** A Go duration, plain seconds, or an instant as a clock's reading or a timestamp. */
function resetMs(text: string, nowMs: number): number | undefined {
  const number = numberIn(text);
  const instantMs = number === undefined ? timestampMs(text) : clockMs(number);
  if (instantMs !== undefined) return instantMs - nowMs;
  return number === undefined ? durationMs(text) : number * 1_000;
}

function isUsedUp(remaining: string | undefined): boolean {
  return remaining !== undefined && numberIn(remaining) === 0;
}

/** The longest wait of those that lie ahead. */
function longest(waits: readonly (number | undefined)[]): number | undefined {
  const ahead = waits.filter((ms) => ms !== undefined && ms > 0);
  return ahead.length === 0 ? undefined : Math.max(...ahead.map((ms) => ms ?? 0));
}
