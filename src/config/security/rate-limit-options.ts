import { Check, type NumberRule, readOnce } from '../../errors/errors.js';

/** How often one client may ask. Every part is optional. */
export interface ClientRateLimitOptions {
  /** How long to wait between two requests, in milliseconds; 0 is not at all. Default 1 000. */
  readonly cooldownMs?: number | undefined;
  /** Requests within any 60 seconds. Default 60. */
  readonly maxPerMinute?: number | undefined;
  /** Requests within any 60 minutes. Default 1 000. */
  readonly maxPerHour?: number | undefined;
  /**
   * How many clients are remembered; beyond it, those that were let through longest ago are forgotten. Default 5 000:
   * about 50 MB when each of them asks as often as it may for an hour, next to nothing when they ask now and then.
   */
  readonly maxClients?: number | undefined;
}

/** Options with nothing left open. */
export interface ClientRateLimitRules {
  readonly cooldownMs: number;
  readonly maxPerMinute: number;
  readonly maxPerHour: number;
  readonly maxClients: number;
}

/** The longest that anything is remembered. */
export const HOUR_MS = 3_600_000;

const OPTIONS = ['cooldownMs', 'maxPerMinute', 'maxPerHour', 'maxClients'];
const COUNT: NumberRule = { min: 1, max: 100_000, integer: true };

/**
 * The options, read once and checked, with defaults filled in.
 *
 * @throws {ConfigurationError} naming everything that is wrong with them.
 */
export function clientRateLimitRules(given: ClientRateLimitOptions): ClientRateLimitRules {
  const options = readOnce('options', given);
  const check = new Check();
  if (check.fields('options', options, OPTIONS) !== undefined) {
    check.number('options.cooldownMs', options.cooldownMs, { min: 0, max: HOUR_MS });
    check.number('options.maxPerMinute', options.maxPerMinute, COUNT);
    check.number('options.maxPerHour', options.maxPerHour, COUNT);
    check.number('options.maxClients', options.maxClients, { min: 1, max: 1_000_000, integer: true });
  }
  check.done();
  return {
    cooldownMs: options.cooldownMs ?? 1_000,
    maxPerMinute: options.maxPerMinute ?? 60,
    maxPerHour: options.maxPerHour ?? 1_000,
    maxClients: options.maxClients ?? 5_000,
  };
}
