import { ErrorChain } from './error-chain.js';
import { readNumber } from './hint-text.js';
import { ANTHROPIC_LIMITS, OPENAI_LIMITS } from './rate-limit-headers.js';
import { type HeaderLookup, ResponseHeaders } from './response.js';

/** What a provider says is left of its limits. Numbers that are missing are unknown. */
export interface RemainingLimits {
  readonly requests?: number | undefined;
  /** The least of what is left of its limits of tokens. */
  readonly tokens?: number | undefined;
}

const LIMITS = [...OPENAI_LIMITS, ...ANTHROPIC_LIMITS];
const REQUESTS = namesOf('requests');
const TOKENS = namesOf('tokens', 'input-tokens', 'output-tokens');
const ALL: ReadonlySet<string> = new Set([...REQUESTS, ...TOKENS]);

/** Reads what is left from the headers of a response, whatever its status. Never throws. */
export function readRemaining(headers: object): RemainingLimits {
  return readLeast(new ResponseHeaders(headers));
}

/** The same from the response that an error carries; `undefined` if it carries none. Never throws. */
export function readErrorRemaining(error: unknown): RemainingLimits | undefined {
  try {
    const found = new ErrorChain(error).errors.find(({ headers }) => headers !== undefined);
    return found?.headers === undefined ? undefined : readLeast(found.headers);
  } catch {
    return undefined;
  }
}

function readLeast(headers: ResponseHeaders): RemainingLimits {
  const lookup = headers.readAll(ALL);
  return { requests: findLeast(lookup, REQUESTS), tokens: findLeast(lookup, TOKENS) };
}

function findLeast(headers: HeaderLookup, names: readonly string[]): number | undefined {
  let least: number | undefined;
  for (const name of names) {
    const number = readNumber(headers(name) ?? '');
    if (number !== undefined && number >= 0 && number < (least ?? Number.POSITIVE_INFINITY)) least = number;
  }
  return least;
}

function namesOf(...limits: readonly string[]): readonly string[] {
  return LIMITS.filter(({ limit }) => limits.includes(limit)).map(({ remaining }) => remaining);
}
