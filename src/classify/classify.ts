import type { Failure, Interruption } from '../pipeline/index.js';
import { buildFailure } from './build-failure.js';
import { isControlFlow } from './control-flow.js';
import { ErrorChain } from './error-chain.js';
import { toAbortedFailure, toInterruptedFailure } from './holdfast-errors.js';
import { FAILURE_DEFAULTS } from './kinds.js';
import { ChainFacts, findRuleResult } from './match-rules.js';
import type { ClassifyRule } from './rule.js';

/** What is known about a failed attempt besides its error. Every part is optional. */
export interface ClassifyContext {
  /** The application's rules, tried before the built-in classification. */
  readonly rules?: readonly ClassifyRule[] | undefined;
  /** Why the call was interrupted. It decides: what an interrupted function throws is ignored. */
  readonly interruption?: Interruption | undefined;
  /** The caller's own signal. If it has aborted, it decides. */
  readonly signal?: AbortSignal | undefined;
  /** Called with a rule that threw or returned an invalid result. Errors that it throws are ignored. */
  readonly onRuleFailed?: ((rule: ClassifyRule, error: unknown) => void) | undefined;
}

const NO_CONTEXT: ClassifyContext = {};

/**
 * Classifies the error of a failed attempt: its kind, whether to retry, whether the breaker counts it, and how long the
 * provider asked to wait. Understands errors of Node, AI SDKs and plain HTTP clients by the fields they carry rather than by
 * their classes, so copies and versions of a package do not matter.
 *
 * An interruption decides first, then the caller's signal, then the application's rules, then the built-in classification.
 * Control flow of a framework, such as an interrupt of LangGraph, is always `cancelled`, whatever the rules say.
 * Accepts any value and never throws, even for hostile getters and Proxies.
 *
 * @example
 * ```ts
 * import { setTimeout as sleep } from 'node:timers/promises';
 *
 * try {
 *   await ask(question);
 * } catch (error) {
 *   const { kind, retry, retryAfterMs } = classify(error);
 *   if (kind === 'quota_exhausted') notifyBilling();
 *   if (retry === 'never') throw error;
 *   await sleep(retryAfterMs ?? 1_000);
 * }
 * ```
 */
export function classify(error: unknown, context: ClassifyContext = NO_CONTEXT): Failure {
  try {
    const { interruption, signal, rules, onRuleFailed } = context;
    if (interruption !== undefined) return toInterruptedFailure(interruption);
    if (signal?.aborted === true) return toAbortedFailure(signal.reason);
    if (isControlFlow(error)) return FAILURE_DEFAULTS.cancelled;
    const chain = new ErrorChain(error);
    const result =
      rules === undefined || rules.length === 0
        ? undefined
        : findRuleResult(rules, new ChainFacts(chain.errors), error, onRuleFailed);
    return buildFailure(chain, result);
  } catch {
    // Every known way to throw is handled above; an unknown one must not keep a call from ending.
    return FAILURE_DEFAULTS.unknown;
  }
}
