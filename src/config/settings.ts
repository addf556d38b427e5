import {
  type BreakerSettings,
  checkBreakerSettings,
  DURATION,
  type ResolvedBreakerSettings,
  readBreakerSettings,
} from '../breaker/options.js';
import { type Check, type Fields, readOnce } from '../input/index.js';
import {
  checkQuotaSettings,
  type QuotaSettings,
  type ResolvedQuotaSettings,
  readQuotaSettings,
} from '../limits/options.js';
import { type RetrySettings, readRetrySettings } from '../retry/options.js';
import { checkRetrySettings } from '../retry/options-check.js';
import type { ResolvedRetrySettings } from '../retry/options-rules.js';

/** How an operation is protected. Every part is optional; `false` switches a stage off. */
export interface Settings {
  /** The longest a call may take, all attempts and waits together, in milliseconds. Default 120 000. */
  readonly deadlineMs?: number | false | undefined;
  /** The longest one attempt may take, in milliseconds. Default 60 000. */
  readonly attemptTimeoutMs?: number | false | undefined;
  /** Whether and how to try again. Default: as the preset says. */
  readonly retry?: RetrySettings | false | undefined;
  /** What happens while a quota is used up. Default: calls wait up to 30 s for it. `false`: nobody takes notice. */
  readonly quota?: QuotaSettings | false | undefined;
  /** When to stop calling what keeps failing. Default: as the preset says. */
  readonly breaker?: BreakerSettings | false | undefined;
}

/** Settings with nothing left open. A stage that is switched off is `false`. */
export interface ResolvedSettings {
  /** The longest a call may take, in milliseconds; `false`: there is no limit. */
  readonly deadlineMs: number | false;
  /** The longest one attempt may take, in milliseconds; `false`: there is no limit. */
  readonly attemptTimeoutMs: number | false;
  readonly retry: ResolvedRetrySettings | false;
  readonly quota: ResolvedQuotaSettings | false;
  readonly breaker: ResolvedBreakerSettings | false;
}

/** The names of settings. */
export const SETTINGS: readonly string[] = ['deadlineMs', 'attemptTimeoutMs', 'retry', 'quota', 'breaker'];

/** A copy of settings, read once: see {@link readOnce}. */
export function readSettings<S extends Settings>(path: string, given: S): S {
  return readOnce(path, given, (own) => ({
    ...own,
    breaker: readPart(own.breaker, (breaker) => readBreakerSettings(`${path}.breaker`, breaker)),
    retry: readPart(own.retry, (retry) => readRetrySettings(`${path}.retry`, retry)),
    quota: readPart(own.quota, (quota) => readQuotaSettings(`${path}.quota`, quota)),
  }));
}

/**
 * Checks the settings of one layer, each value for itself; gives its fields when it has any.
 *
 * @param besides what else may stand there, which is for somebody else to check.
 */
export function checkSettings(
  check: Check,
  path: string,
  value: unknown,
  besides: readonly string[] = [],
): Fields | undefined {
  const fields = check.fields(path, value, [...besides, ...SETTINGS]);
  if (fields === undefined) return undefined;
  check.numberOrFalse(`${path}.deadlineMs`, fields['deadlineMs'], DURATION);
  check.numberOrFalse(`${path}.attemptTimeoutMs`, fields['attemptTimeoutMs'], DURATION);
  const { breaker, retry, quota } = fields;
  if (breaker !== undefined && breaker !== false) checkBreakerSettings(check, `${path}.breaker`, breaker);
  if (retry !== undefined && retry !== false) checkRetrySettings(check, `${path}.retry`, retry);
  if (quota !== undefined && quota !== false) checkQuotaSettings(check, `${path}.quota`, quota);
  return fields;
}

/** One part of settings, where it is there and not switched off. */
function readPart<P extends object>(part: P | false | undefined, read: (part: P) => P): P | false | undefined {
  return part === undefined || part === false ? part : read(part);
}
