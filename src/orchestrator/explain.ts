import { HoldfastError, type StreamPartial } from '../errors/index.js';
import type { StopRule } from '../pipeline/index.js';
import { findPartial, rememberPartial } from '../streams/index.js';
import { FinishedCall } from './finished-call.js';
import type { CallRecord } from './report.js';

/** What holdfast knows about an error that a call ended with. */
export interface Explanation extends CallRecord {
  /** One line for a log: what failed and why, after how many attempts and how long. */
  readonly summary: string;
  /** What had arrived of the answer, if the error ended a guarded stream; `undefined` otherwise. */
  readonly partial?: StreamPartial;
}

// Kept beside the errors, so that the errors themselves are not changed.
const endedCalls = new WeakMap<object, FinishedCall>();

/** Stores the call that ended with this error, unless the error is a primitive. */
export function remember(error: unknown, ended: FinishedCall): void {
  // Errors of holdfast have a field for it: a WeakMap entry would be a quarter of the cost of a rejection.
  if (isObject(error) && !HoldfastError.keep(error, ended)) endedCalls.set(error, ended);
}

/** Lets `explain` return for a copy of an error what it returns for the error. */
export function rememberCopy(copy: object, error: object): void {
  const ended = HoldfastError.kept(error) ?? endedCalls.get(error);
  if (ended instanceof FinishedCall) remember(copy, ended);
  const partial = findPartial(error);
  if (partial !== undefined) rememberPartial(copy, partial);
}

/**
 * Returns the record of the call that ended with this error: why it ended, every attempt, what the error means. If an error
 * object ended several calls, returns the last of them; use `inspect` if that can happen.
 *
 * @example
 * ```ts
 * try {
 *   await resilience.execute('chat', ask);
 * } catch (error) {
 *   console.error(explain(error)?.summary); // chat ended by attempts_exhausted after 3 attempts in 6021 ms, last failure: ...
 * }
 * ```
 *
 * @returns `undefined` for an error that did not end a call of this copy of the package, and for thrown primitives.
 */
export function explain(error: unknown): Explanation | undefined {
  if (!isObject(error)) return undefined;
  const ended = HoldfastError.kept(error) ?? endedCalls.get(error);
  if (!(ended instanceof FinishedCall)) return undefined;
  const record = ended.record();
  const partial = findPartial(error);
  return { ...record, summary: summarise(record), ...(partial !== undefined && { partial }) };
}

/** Rules that the stop reason implies. */
const REDUNDANT_RULES: ReadonlySet<StopRule> = new Set([
  'never_retried',
  'max_attempts',
  'breaker_open',
  'quota_held',
  'budget',
]);

function summarise({ operation, key, attempts, stopReason, stopRule, totalMs, failure }: CallRecord): string {
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
