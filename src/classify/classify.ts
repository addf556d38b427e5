import type { Failure, Interruption } from '../pipeline/index.js';
import { Chain } from './chain.js';
import { ChainFacts } from './error-facts.js';
import { failureOf } from './failure-of.js';
import { USUAL } from './kinds.js';
import { judgementOf } from './matching.js';
import { abortedFailure, interruptedFailure } from './own.js';
import type { ClassifyRule } from './rule.js';

export { checkRules, readRules } from './check-rules.js';
export type { ErrorFacts } from './error-facts.js';
export { type HintPlaces, LONGEST_HINT_MS, readHint } from './retry-after.js';
export type { ClassifyRule, Judgement, Matcher } from './rule.js';

/** What is known beside the error. Every part may be missing. */
export interface ClassifyContext {
  /** The user's rules, asked before all that is built in. */
  readonly rules?: readonly ClassifyRule[] | undefined;
  /** Why the call was told to end; what an interrupted function throws means nothing. */
  readonly interruption?: Interruption | undefined;
  /** The caller's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of a rule that threw or gave nonsense. What it throws itself is dropped. */
  readonly onRuleFailed?: ((rule: ClassifyRule, error: unknown) => void) | undefined;
}

const NOTHING: ClassifyContext = {};

/**
 * Says what a failed attempt means: of which kind it is, whether to try again, whether it speaks against the callee, and how
 * long the callee asked to be left alone. Knows the errors of Node, of the AI SDKs and of plain HTTP clients by what they
 * carry, not by their classes, so that copies and versions of a package make no difference.
 *
 * Why the call was interrupted comes first, then the caller's own signal, then the user's rules, then what is built in.
 * Gives an answer for any value whatsoever and never throws, whatever getters and Proxies do.
 */
export function classify(error: unknown, context: ClassifyContext = NOTHING): Failure {
  try {
    const { interruption, signal, rules, onRuleFailed = ignore } = context;
    if (interruption !== undefined) return interruptedFailure(interruption);
    if (signal?.aborted === true) return abortedFailure(signal.reason);
    const chain = new Chain(error);
    const ruled =
      rules === undefined || rules.length === 0
        ? undefined
        : judgementOf(rules, new ChainFacts(chain.links), error, onRuleFailed);
    return failureOf(chain, ruled);
  } catch {
    // What can be thrown at us has been met; should something be left, a call must end all the same.
    return USUAL.unknown;
  }
}

function ignore(): void {
  // Nobody asked.
}
