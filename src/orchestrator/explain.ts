import { HoldfastError } from '../errors/index.js';
import type { StopRule } from '../pipeline/index.js';
import { FinishedCall } from './ended-call.js';
import type { CallRecord } from './report.js';

/** What holdfast knows of an error that a call ended with. */
export interface Explanation extends CallRecord {
  /** One line for a log: what failed, why it ended, after how many attempts and how long. */
  readonly summary: string;
}

// Kept beside the errors, so that they stay as their makers made them.
const endedCalls = new WeakMap<object, FinishedCall>();

/** Remembers the call that ended with this error. Errors that are no objects cannot be remembered. */
export function remember(error: unknown, ended: FinishedCall): void {
  // In errors of our own there is a place for it: a WeakMap entry would be a quarter of what a rejection costs.
  if (isObject(error) && !HoldfastError.keep(error, ended)) endedCalls.set(error, ended);
}

/**
 * Tells how the call went that ended with this error: why it ended, every attempt, what the error means. An error
 * object that ended several calls is explained by the last of them; where that can be, ask `inspect` instead.
 *
 * @returns `undefined` for an error that came from no call of this copy of the package, and for what is no object (a
 * thrown string, `undefined`).
 */
export function explain(error: unknown): Explanation | undefined {
  if (!isObject(error)) return undefined;
  const ended = HoldfastError.kept(error) ?? endedCalls.get(error);
  if (!(ended instanceof FinishedCall)) return undefined;
  const record = ended.record();
  return { ...record, summary: summaryOf(record) };
}

/** Rules that the stop reason says in other words. */
const REDUNDANT_RULES: ReadonlySet<StopRule> = new Set([
  'never_retried',
  'max_attempts',
  'breaker_open',
  'quota_held',
  'budget',
]);

function summaryOf({ operation, key, attempts, stopReason, stopRule, totalMs, failure }: CallRecord): string {
  const calls = attempts.filter(({ outcome }) => outcome !== 'rejected').length;
  const name = key === undefined ? operation : `${operation}/${key}`;
  const tried = calls === 1 ? '1 attempt' : `${calls} attempts`;
  const kind = failure === undefined ? '' : `, last failure: ${failure.kind}`;
  const rule = stopRule === undefined || REDUNDANT_RULES.has(stopRule) ? '' : ` (${stopRule})`;
  return `${name} ended by ${stopReason}${rule} after ${tried} in ${Math.round(totalMs)} ms${kind}`;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
