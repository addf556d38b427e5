import {
  checkFallback,
  type Fallback,
  type FallbackPlan,
  listOperations,
  readFallback,
  resolveFallback,
} from '../fallback/index.js';
import { type Check, didYouMean, findCycle, formatKeyPath, isReadableRecord, readOnce } from '../input/index.js';
import type { Call, StreamOpening } from '../pipeline/index.js';
import type { AnyExecuteOptions } from './options.js';

/** An operation that a step of a fallback names. */
export interface AnsweringOperation {
  readonly name: string;
  /**
   * Runs a nested call, like `execute`.
   *
   * @param path the operations whose fallbacks led here.
   * @param stream present if the value is a guarded stream.
   */
  answer(
    fn: (call: Call) => unknown,
    options: AnyExecuteOptions,
    path: readonly string[],
    stream?: StreamOpening,
  ): Promise<unknown>;
}

/** The fallbacks of operations, as users write them. */
export type FallbacksByOperation = Readonly<Record<string, Fallback>>;

/** What answers failed calls, by the own name of the operation. */
export type OperationFallbacks = ReadonlyMap<string, FallbackPlan>;

/** Copies fallbacks, reading every field once. */
export function readFallbacks(path: string, given: FallbacksByOperation): FallbacksByOperation {
  return readOnce(path, given, (own) => {
    if (!isReadableRecord(own)) return own;
    return Object.fromEntries(
      Object.entries(own).map(([name, fallback]) => [name, readFallback(formatKeyPath(path, name), fallback)]),
    );
  });
}

/** Checks each fallback by itself, after they were read. */
export function checkFallbacks(check: Check, path: string, given: unknown): void {
  const fallbacks = check.record(path, given);
  for (const [name, fallback] of Object.entries(fallbacks ?? {})) {
    const place = formatKeyPath(path, name);
    if (check.name(place, name)) checkFallback(check, place, fallback);
  }
}

/** What is known of the names of operations. */
export interface KnownOperations {
  findAlias(name: string): string | undefined;
  /** The names of all operations, if others are refused. */
  readonly all: readonly string[] | undefined;
}

/** Fills in the defaults, and checks how the fallbacks lead from operation to operation. Each must be valid. */
export function resolveFallbacks(
  check: Check,
  path: string,
  given: FallbacksByOperation,
  { findAlias, all }: KnownOperations,
): OperationFallbacks {
  const plans = new Map<string, FallbackPlan>();
  const leadsTo = new Map<string, readonly string[]>();
  const requireKnown = (place: string, name: string) => {
    if (all === undefined || all.includes(name)) return;
    check.addIssue(place, `must name one of ${all.join(', ')}`, name, didYouMean(name, all));
  };
  for (const [name, fallback] of Object.entries(given)) {
    const place = formatKeyPath(path, name);
    const own = findAlias(name) ?? name;
    const plan = resolveFallback(fallback);
    const operations = listOperations(plan).map((each) => findAlias(each) ?? each);
    requireKnown(place, own);
    for (const each of operations) requireKnown(place, each);
    if (plans.has(own)) check.addIssue(place, `must not be given besides that of '${own}', which is the same`, name);
    plans.set(own, plan);
    leadsTo.set(own, operations);
  }
  const cycle = findCycle(leadsTo);
  if (cycle !== undefined) check.addIssue(path, 'must not lead back to an operation', cycle.join(' > '));
  return plans;
}
