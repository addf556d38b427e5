import type { ErrorFacts } from './error-facts.js';
import { isKind } from './kinds.js';
import { isBelievable } from './retry-after.js';
import type { ClassifyRule, Judgement, Matcher } from './rule.js';

/** What the first rule that fits says; `undefined` when none does. A rule that fails is told, and passed over. */
export function judgementOf(
  rules: readonly ClassifyRule[],
  facts: ErrorFacts,
  error: unknown,
  onRuleFailed: (rule: ClassifyRule, error: unknown) => void,
): Judgement | undefined {
  for (const rule of rules) {
    try {
      if (fits(rule.when, facts, error)) return judgement(rule.means);
    } catch (failure) {
      tell(() => onRuleFailed(rule, failure));
    }
  }
  return undefined;
}

function fits(when: ClassifyRule['when'], facts: ErrorFacts, error: unknown): boolean {
  if (typeof when !== 'function') return matches(when, facts);
  const answer: unknown = when(facts, error);
  if (typeof answer === 'boolean') return answer;
  // Its rejection is of no use to anybody, and unhandled it would end the process.
  if (answer instanceof Promise) answer.catch(() => undefined);
  throw new TypeError('a rule must answer true or false, at once');
}

function matches({ status, code, type, name, message, provider }: Matcher, facts: ErrorFacts): boolean {
  return (
    (status === undefined || isAmong(status, facts.status)) &&
    (provider === undefined || isAmong(provider, facts.provider)) &&
    (code === undefined || facts.codes.some((one) => isAmong(code, one))) &&
    (type === undefined || facts.types.some((one) => isAmong(type, one))) &&
    (name === undefined || facts.names.some((one) => isAmong(name, one))) &&
    (message === undefined || facts.messages.some((one) => says(one, message)))
  );
}

function isAmong<T>(allowed: T | readonly T[], value: T | undefined): boolean {
  if (value === undefined) return false;
  return Array.isArray(allowed) ? allowed.includes(value) : allowed === value;
}

function says(text: string, message: string | RegExp): boolean {
  // Unlike `test`, `search` starts at the beginning each time, also for a global expression.
  return typeof message === 'string' ? text.toLowerCase().includes(message.toLowerCase()) : text.search(message) !== -1;
}

/** What a rule says, if that can be: rules need not have been checked. */
function judgement(means: ClassifyRule['means']): Judgement {
  const said = typeof means === 'string' ? { kind: means } : { ...means };
  const { kind, retry, breaker, failover, retryAfterMs } = said;
  if (!isKind(kind)) throw new TypeError('a rule must give a kind of failure');
  if (retry !== undefined && !RETRIES.includes(retry))
    throw new TypeError(`retry must be one of ${RETRIES.join(', ')}`);
  if (breaker !== undefined && !BREAKERS.includes(breaker)) {
    throw new TypeError(`breaker must be one of ${BREAKERS.join(', ')}`);
  }
  if (failover !== undefined && typeof failover !== 'boolean') throw new TypeError('failover must be a boolean');
  if (retryAfterMs !== undefined && !(Number.isFinite(retryAfterMs) && isBelievable(retryAfterMs))) {
    throw new TypeError('retryAfterMs must be a number of milliseconds above 0, at most a year');
  }
  return said;
}

/** What `retry` of a judgement may be. */
export const RETRIES: readonly string[] = ['never', 'backoff', 'after_hint'];
/** What `breaker` of a judgement may be. */
export const BREAKERS: readonly string[] = ['failure', 'ignored'];

function tell(hook: () => void): void {
  try {
    hook();
  } catch {
    // Whoever hears of failed hooks has failed too; there is nobody left to tell.
  }
}
