import { Check, readOnce } from '../../input/index.js';

/** Options of an {@link AuditTrail}; every part is optional. */
export interface AuditTrailOptions {
  /** How many entries are kept, 100 to 100 000. Default 10 000. */
  readonly maxEntries?: number | undefined;
  /** For how long they are kept, in milliseconds, an hour to ten years. Default 2 592 000 000, 30 days. */
  readonly retentionMs?: number | undefined;
}

/** Options with nothing left open. */
export interface AuditTrailRules {
  readonly maxEntries: number;
  readonly retentionMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_RETENTION_MS = 3_653 * DAY_MS;

/**
 * The options, read once and checked, with defaults filled in.
 *
 * @throws {ConfigurationError} naming everything that is wrong with them.
 */
export function auditTrailRules(given: AuditTrailOptions): AuditTrailRules {
  const options = readOnce('options', given);
  const check = new Check();
  if (check.fields('options', options, ['maxEntries', 'retentionMs']) !== undefined) {
    check.number('options.maxEntries', options.maxEntries, { min: 100, max: 100_000, integer: true });
    check.number('options.retentionMs', options.retentionMs, { min: HOUR_MS, max: LONGEST_RETENTION_MS });
  }
  check.throwIfInvalid();
  return {
    maxEntries: options.maxEntries ?? 10_000,
    retentionMs: options.retentionMs ?? 30 * DAY_MS,
  };
}
