import { fillDefaults, listOf, type NumberRule, numberWithin, type Part, part, setting } from '../input/index.js';
import type { FailureKind } from '../pipeline/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';

/** When another attempt starts beside one that takes long: plain data, every part optional. */
export interface HedgeSettings {
  /**
   * How long an attempt runs before a hedge starts, in milliseconds. Default: learned, as the `quantile` of the latency of
   * attempts that succeeded.
   */
  readonly delayMs?: number | undefined;
  /** The share of attempts that end before a learned delay has passed, 0.5 to 0.999. Default 0.95. */
  readonly quantile?: number | undefined;
  /** A learned delay is never shorter, in milliseconds. Default 50. */
  readonly minDelayMs?: number | undefined;
  /** The most hedges beside one attempt, 1 to 4. Each starts one delay after the one before. Default 1. */
  readonly max?: number | undefined;
  /**
   * The kinds of failure that end all attempts at once. After any other failure the call waits for those in progress.
   * Default: `cancelled`, `context_length`, `content_policy`, `auth`, `not_found` and `invalid_request`.
   */
  readonly fatalKinds?: readonly FailureKind[] | undefined;
}

/** Hedge settings with all defaults filled in. */
export interface ResolvedHedgeSettings {
  /** `undefined`: learned. */
  readonly delayMs: number | undefined;
  readonly quantile: number;
  readonly minDelayMs: number;
  readonly max: number;
  readonly fatalKinds: readonly FailureKind[];
}

/** Whether each kind means that the other attempts would fail as well. */
const FATAL: Readonly<Record<FailureKind, boolean>> = {
  cancelled: true,
  timeout: false,
  quota_exhausted: false,
  context_length: true,
  content_policy: true,
  overloaded: false,
  rate_limited: false,
  auth: true,
  not_found: true,
  invalid_request: true,
  network: false,
  server_error: false,
  unknown: false,
};
const KINDS = Object.keys(FATAL).filter(isKind);

const DELAY: NumberRule = { min: 1, max: LONGEST_TIMER_MS };
const QUANTILE: NumberRule = { min: 0.5, max: 0.999 };
const HEDGES: NumberRule = { min: 1, max: 4, integer: true };

/** Declares {@link HedgeSettings}. */
export const HEDGE_SETTINGS: Part<HedgeSettings, Exclude<keyof HedgeSettings, 'delayMs'>> = part(
  {
    delayMs: setting(numberWithin(DELAY), {
      unit: 'milliseconds',
      absent: 'learned from the latency of attempts',
      suspectBelowMs: 20,
      description: 'How long an attempt runs before a hedge starts.',
      advice: 'Leave it out to learn it, or write milliseconds: the 95th percentile of the latency.',
    }),
    quantile: setting(numberWithin(QUANTILE), {
      default: 0.95,
      recommended: [0.9, 0.99],
      description: 'The share of attempts that end before a learned delay has passed.',
      advice: 'Write a share: 0.95 hedges about every twentieth attempt.',
    }),
    minDelayMs: setting(numberWithin(DELAY), {
      unit: 'milliseconds',
      default: 50,
      description: 'A learned delay is never shorter.',
      advice: 'Write milliseconds: 50 suits most services.',
    }),
    max: setting(numberWithin(HEDGES), {
      default: 1,
      recommended: [1, 2],
      description: 'The most hedges beside one attempt. Each starts one delay after the one before.',
      advice: 'Write a whole number: 1 suits most services.',
      alsoCalled: { maxHedges: '', maxHedgedAttempts: '' },
    }),
    fatalKinds: setting(listOf(KINDS), {
      default: KINDS.filter((kind) => FATAL[kind]),
      description:
        'The kinds of failure that end all attempts at once. After any other failure the call waits for those in progress.',
      advice: "Write an array of kinds, such as ['auth', 'invalid_request'].",
      alsoCalled: { nonFatalStatusCodes: ', which lists the opposite, by kind' },
    }),
  },
  { id: 'hedge', description: 'When another attempt starts beside one that takes long.' },
);

/** Fills in the defaults. The settings must be valid. */
export function resolveHedgeSettings(settings: HedgeSettings): ResolvedHedgeSettings {
  const { delayMs, ...others } = fillDefaults(HEDGE_SETTINGS, settings);
  return { delayMs, ...others };
}

function isKind(name: string): name is FailureKind {
  return Object.hasOwn(FATAL, name);
}
