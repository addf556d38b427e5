import { type ClassifyRule, classify } from '../classify/index.js';
import type { CallHooks, Lane } from '../pipeline/index.js';
import { warnOfHook } from '../runtime/index.js';

/** Hooks of a call without an operation: errors are classified, and nothing is counted. */
export function createStandaloneHooks(name: string, rules: readonly ClassifyRule[] | undefined): CallHooks {
  const onRuleFailed = (rule: ClassifyRule, error: unknown) =>
    warnOfHook(`rule '${rule.name ?? ''}' of retry()`, error);
  return {
    callId: () => name,
    classify: (error, { interruption }) => classify(error, { interruption, rules, onRuleFailed }),
  };
}

/** The lane of a call without an operation, which has no state. */
export function createStandaloneLane(name: string): Lane {
  return { operation: name, key: undefined, enter: doNothing, rest: doNothing, leave: doNothing };
}

function doNothing(): void {
  // There is nothing to count.
}
