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

/** Lets `explain` return for a copy of an error, or for the headers of its response, what it returns for the error. */
export function rememberCopy(copy: object, error: unknown): void {
  const ended = isObject(error) ? findOwn(error) : undefined;
  if (ended !== undefined) remember(copy, ended);
  const partial = findPartial(error);
  if (partial !== undefined) rememberPartial(copy, partial);
}

/**
 * Returns the record of the call that ended with this error: why it ended, every attempt, what the error means. If an error
 * object ended several calls, returns the last of them; use `inspect` if that can happen. An error that an SDK made of it is
 * recognised by its `cause`, or by the headers of the response.
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
  for (const each of listCauses(error)) {
    for (const known of [each, ...listHeaders(each)]) {
      const ended = findOwn(known);
      if (ended === undefined) continue;
      const record = ended.record();
      const partial = findPartial(known);
      return { ...record, summary: summarise(record), ...(partial !== undefined && { partial }) };
    }
  }
  return undefined;
}

function findOwn(error: object): FinishedCall | undefined {
  const ended = HoldfastError.kept(error) ?? endedCalls.get(error);
  return ended instanceof FinishedCall ? ended : undefined;
}

/** The headers of the response that an error of an SDK has, wherever it keeps them. */
function listHeaders(error: object): readonly object[] {
  return [error, read(error, 'response'), read(error, 'rawResponse')]
    .map((holder) => (isObject(holder) ? read(holder, 'headers') : undefined))
    .filter(isObject);
}

/** Causes of causes beyond that are not looked at. */
const DEEPEST_CAUSE = 8;

/** An error and its causes. */
function listCauses(error: unknown): readonly object[] {
  const causes: object[] = [];
  for (let cause = error; isObject(cause) && causes.length < DEEPEST_CAUSE; cause = read(cause, 'cause'))
    causes.push(cause);
  return causes;
}

/** Reads a field of a foreign object, whose code may throw. */
function read(from: object, field: 'cause' | 'headers' | 'response' | 'rawResponse'): unknown {
  try {
    return Reflect.get(from, field);
  } catch {
    return undefined;
  }
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
