import { type ClassifyRule, classify } from '../classify/index.js';
import { describe } from '../input/index.js';
import type { CallHooks, Lane } from '../pipeline/index.js';

/** Hooks of a call that belongs to no operation: its errors are classified, and nothing is counted. */
export function createStandaloneHooks(name: string, rules: readonly ClassifyRule[] | undefined): CallHooks {
  const onRuleFailed = (rule: ClassifyRule, error: unknown) => warnOfHook(`rule '${rule.name ?? ''}'`, error);
  return {
    callId: () => name,
    classify: (error, { interruption }) => classify(error, { interruption, rules, onRuleFailed }),
  };
}

/** The lane of a call that belongs to no operation: there is no state to keep. */
export function createStandaloneLane(name: string): Lane {
  return { operation: name, key: undefined, target: undefined, enter: doNothing, leave: doNothing };
}

/** Reports a hook that threw: without an operation there is no listener to report it to. */
export function warnOfHook(hook: string, error: unknown): void {
  process.emitWarning(`${hook} of retry() has thrown: ${textOf(error)}`, { code: 'HOLDFAST_HOOK_FAILED' });
}

/** Not everything that can be thrown can be converted to a string. */
function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return describe(error);
  }
}

function doNothing(): void {
  // There is nothing to count.
}
