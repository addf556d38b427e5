import { fillDefaults, type NumberRule, numberWithin, type Part, part, setting } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';

/** What happens while a quota is used up: plain data, every part optional. */
export interface QuotaSettings {
  /** The longest that an attempt waits for its quota, in milliseconds; one that would wait longer is rejected. Default 30 000. */
  readonly maxWaitMs?: number | undefined;
  /** The shortest time that an exhausted quota is held, in milliseconds. Default 300 000. */
  readonly exhaustedMs?: number | undefined;
  /**
   * The longest that a quota is held at a time, even if the provider asked for more, in milliseconds. Then one attempt
   * tries again. Default 3 600 000, an hour.
   */
  readonly maxHoldMs?: number | undefined;
  /** Attempts that waited are released one by one within this time, in milliseconds. Default 1 000. */
  readonly spreadMs?: number | undefined;
}

/** Quota settings with all defaults filled in. */
export interface ResolvedQuotaSettings {
  readonly maxWaitMs: number;
  readonly exhaustedMs: number;
  readonly maxHoldMs: number;
  readonly spreadMs: number;
}

const WAIT: NumberRule = { min: 0, max: LONGEST_TIMER_MS };

/** Declares {@link QuotaSettings}. */
export const QUOTA_SETTINGS: Part<QuotaSettings, keyof QuotaSettings> = part(
  {
    maxWaitMs: setting(numberWithin(WAIT), {
      unit: 'milliseconds',
      default: 30_000,
      suspectBelowMs: 100,
      description: 'The longest that an attempt waits for its quota. One that would wait longer is rejected at once.',
      advice: 'Write milliseconds: 30000 suits most calls.',
    }),
    exhaustedMs: setting(numberWithin(WAIT), {
      unit: 'milliseconds',
      default: 300_000,
      suspectBelowMs: 1_000,
      description: 'The shortest time that an exhausted quota is held.',
      advice: 'Write milliseconds: 300000 suits most services.',
    }),
    maxHoldMs: setting(numberWithin(WAIT), {
      unit: 'milliseconds',
      default: 3_600_000,
      suspectBelowMs: 1_000,
      description:
        'The longest that a quota is held at a time, even if the provider asked for more. Then one attempt tries again.',
      advice: 'Write milliseconds: 3600000 suits most services.',
    }),
    spreadMs: setting(numberWithin(WAIT), {
      unit: 'milliseconds',
      default: 1_000,
      description: 'Attempts that waited are released one by one within this time.',
      advice: 'Write milliseconds: 1000 suits most services.',
    }),
  },
  { id: 'quota', description: 'What happens while a quota is used up.' },
);

/** Fills in the defaults. The settings must be valid. */
export function resolveQuotaSettings(settings: QuotaSettings): ResolvedQuotaSettings {
  return fillDefaults(QUOTA_SETTINGS, settings);
}
