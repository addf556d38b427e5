import { callHook, requireAnswer } from '../runtime/index.js';
import { type ChainedError, findFirst } from './chained-error.js';
import { isBelievable } from './hint.js';
import { isKind } from './kinds.js';
import type { ClassifyRule, ErrorFacts, Matcher, RuleResult } from './rule.js';

/** Finds the result of the first matching rule; `undefined` if none matches. A rule that fails is reported and skipped. */
export function findRuleResult(
  rules: readonly ClassifyRule[],
  facts: ErrorFacts,
  error: unknown,
  onRuleFailed: ((rule: ClassifyRule, error: unknown) => void) | undefined,
): RuleResult | undefined {
  for (const rule of rules) {
    try {
      if (shouldApply(rule.when, facts, error)) return parseResult(rule.means);
    } catch (failure) {
      // A handler of failed rules that itself fails is not reported: there is no other handler.
      callHook(onRuleFailed, [rule, failure], () => undefined);
    }
  }
  return undefined;
}

/** The facts of a chain, each computed when a rule reads it. */
export class ChainFacts implements ErrorFacts {
  readonly #errors: readonly ChainedError[];

  constructor(errors: readonly ChainedError[]) {
    this.#errors = errors;
    Object.freeze(this);
  }

  get status(): number | undefined {
    return findFirst(this.#errors, ({ status }) => status);
  }

  get codes(): readonly string[] {
    return this.#errors.flatMap(({ findings }) => findings.codes);
  }

  get types(): readonly string[] {
    return this.#errors.flatMap(({ findings }) => findings.types);
  }

  get names(): readonly string[] {
    return this.#errors.flatMap(({ name, className }) => [...new Set([name, className])]).filter((name) => name !== '');
  }

  get messages(): readonly string[] {
    return this.#errors.flatMap(({ message, findings: { texts } }) =>
      message === '' || texts[0] === message ? texts : [message, ...texts],
    );
  }

  get provider(): string | undefined {
    return findFirst(this.#errors, ({ origin }) => origin.provider);
  }

  get requestId(): string | undefined {
    return findFirst(this.#errors, ({ requestId }) => requestId);
  }

  get body(): unknown {
    return findFirst(this.#errors, ({ findings }) => findings.body);
  }

  // A field rather than a method, since rules destructure facts.
  readonly header = (name: string): string | undefined =>
    findFirst(this.#errors, ({ headers }) => headers)?.get(name.toLowerCase());
}

function shouldApply(when: ClassifyRule['when'], facts: ErrorFacts, error: unknown): boolean {
  if (typeof when !== 'function') return isMatch(when, facts);
  const answer = requireAnswer('a rule', when(facts, error));
  if (typeof answer === 'boolean') return answer;
  throw new TypeError('a rule must return true or false, synchronously');
}

function isMatch({ status, code, type, name, message, provider }: Matcher, facts: ErrorFacts): boolean {
  return (
    (status === undefined || isOneOf(status, facts.status)) &&
    (provider === undefined || isOneOf(provider, facts.provider)) &&
    (code === undefined || facts.codes.some((one) => isOneOf(code, one))) &&
    (type === undefined || facts.types.some((one) => isOneOf(type, one))) &&
    (name === undefined || facts.names.some((one) => isOneOf(name, one))) &&
    (message === undefined || facts.messages.some((one) => hasPart(one, message)))
  );
}

function isOneOf<T>(allowed: T | readonly T[], value: T | undefined): boolean {
  if (value === undefined) return false;
  return Array.isArray(allowed) ? allowed.includes(value) : allowed === value;
}

function hasPart(text: string, part: string | RegExp): boolean {
  // Unlike `test`, `search` starts at the beginning each time, even with a global expression.
  return typeof part === 'string' ? text.toLowerCase().includes(part.toLowerCase()) : text.search(part) !== -1;
}

/** Parses the result of a rule. Rules that were passed to `classify` directly have not been checked. */
function parseResult(means: ClassifyRule['means']): RuleResult {
  const result = typeof means === 'string' ? { kind: means } : { ...means };
  const { kind, retry, breaker, failover, retryAfterMs } = result;
  if (!isKind(kind)) throw new TypeError('a rule must name a kind of failure');
  if (retry !== undefined && !RETRY_VALUES.includes(retry)) {
    throw new TypeError(`retry must be one of ${RETRY_VALUES.join(', ')}`);
  }
  if (breaker !== undefined && !BREAKER_VALUES.includes(breaker)) {
    throw new TypeError(`breaker must be one of ${BREAKER_VALUES.join(', ')}`);
  }
  if (failover !== undefined && typeof failover !== 'boolean') throw new TypeError('failover must be true or false');
  if (retryAfterMs !== undefined && !(Number.isFinite(retryAfterMs) && isBelievable(retryAfterMs))) {
    throw new TypeError('retryAfterMs must be a number of milliseconds above 0 and at most a year');
  }
  return result;
}

/** The values of {@link RuleResult.retry}. */
export const RETRY_VALUES: readonly string[] = ['never', 'backoff', 'after_hint'];
/** The values of {@link RuleResult.breaker}. */
export const BREAKER_VALUES: readonly string[] = ['failure', 'ignored'];
