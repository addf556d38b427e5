import { type ClassifyRule, classify } from '../classify/index.js';
import { describe } from '../input/index.js';
import type { CallHost, Failure, TimedAttempt } from '../pipeline/index.js';

/** There is nobody else to tell. */
export function warn(hook: string, error: unknown): void {
  process.emitWarning(`${hook} of retry() has thrown: ${textOf(error)}`, { code: 'HOLDFAST_HOOK_FAILED' });
}

/** Not everything that can be thrown can be put into words. */
function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return describe(error);
  }
}

/** A host for a call that belongs to no operation: nothing is counted, nobody listens. */
export class StandaloneHooks implements CallHost {
  readonly operation: string;
  readonly key: undefined;
  readonly #rules: readonly ClassifyRule[] | undefined;

  constructor(name: string, rules: readonly ClassifyRule[] | undefined) {
    this.operation = name;
    this.#rules = rules;
  }

  callId(): string {
    return this.operation;
  }

  failureOf(error: unknown, { interruption }: TimedAttempt): Failure {
    const onRuleFailed = (rule: ClassifyRule, ruleError: unknown) => warn(`rule '${rule.name ?? ''}'`, ruleError);
    return classify(error, { interruption, rules: this.#rules, onRuleFailed });
  }

  attempted(): void {
    // Nothing is counted.
  }

  attemptFailed(): void {
    // Nobody listens.
  }

  attemptAbandoned(): void {
    // Nobody listens.
  }
}
