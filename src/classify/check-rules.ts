import { type Check, type Fields, isArray, readOnce } from '../input/index.js';
import { KINDS } from './kinds.js';
import { BREAKERS, RETRIES } from './matching.js';
import { LONGEST_HINT_MS } from './retry-after.js';
import type { ClassifyRule } from './rule.js';

const RULE = ['name', 'when', 'means'];
const MATCHER = ['status', 'code', 'type', 'name', 'message', 'provider'];
const WORDS = ['code', 'type', 'name', 'provider'];
const JUDGEMENT = ['kind', 'retry', 'breaker', 'failover', 'retryAfterMs'];

/** A copy of rules, read once: see {@link readOnce}. */
export function readRules(path: string, given: readonly ClassifyRule[]): readonly ClassifyRule[] {
  if (!isArray(given)) return given;
  return given.map((rule: ClassifyRule, index) =>
    readOnce(`${path}[${index}]`, rule, (own) => readParts(`${path}[${index}]`, own)),
  );
}

/** Checks rules given by a user. */
export function checkRules(check: Check, path: string, value: unknown): void {
  if (isArray(value)) for (const [index, rule] of value.entries()) checkRule(check, `${path}[${index}]`, rule);
  else check.addIssue(path, 'must be an array of rules', value);
}

function readParts(path: string, own: ClassifyRule): ClassifyRule {
  const { when, means } = own;
  return {
    ...own,
    when: typeof when === 'function' ? when : readOnce(`${path}.when`, when),
    means: typeof means === 'string' ? means : readOnce(`${path}.means`, means),
  };
}

function checkRule(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, RULE);
  if (fields === undefined) return;
  const { name, when, means } = fields;
  if (name !== undefined) check.name(`${path}.name`, name);
  if (typeof when !== 'function') checkMatcher(check, `${path}.when`, when);
  if (typeof means === 'object' && means !== null) checkJudgement(check, `${path}.means`, means);
  else check.oneOf(`${path}.means`, means ?? null, KINDS);
}

function checkMatcher(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, MATCHER);
  if (fields === undefined) return;
  if (MATCHER.every((part) => fields[part] === undefined)) {
    check.addIssue(path, `must hold at least one of ${MATCHER.join(', ')}`, value);
  }
  checkStatuses(check, `${path}.status`, fields['status']);
  for (const part of WORDS) checkWords(check, `${path}.${part}`, fields[part]);
  checkMessage(check, `${path}.message`, fields);
}

function checkStatuses(check: Check, path: string, value: unknown): void {
  const allowed = { min: 100, max: 599, integer: true };
  if (!isArray(value)) {
    check.number(path, value, allowed);
    return;
  }
  if (value.length === 0) check.addIssue(path, 'must hold at least one status', value);
  for (const [index, status] of value.entries()) check.number(`${path}[${index}]`, status ?? null, allowed);
}

function checkWords(check: Check, path: string, value: unknown): void {
  if (value === undefined) return;
  const words: readonly unknown[] = isArray(value) ? value : [value];
  if (words.length === 0) check.addIssue(path, 'must hold at least one string', value);
  for (const [index, word] of words.entries()) {
    if (typeof word === 'string' && word !== '') continue;
    check.addIssue(isArray(value) ? `${path}[${index}]` : path, 'must be a string with something in it', word);
  }
}

function checkMessage(check: Check, path: string, { message }: Fields): void {
  if (message === undefined || message instanceof RegExp || (typeof message === 'string' && message !== '')) return;
  check.addIssue(path, 'must be a regular expression, or a string with something in it', message);
}

function checkJudgement(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, JUDGEMENT);
  if (fields === undefined) return;
  const { kind, retry, breaker, failover, retryAfterMs } = fields;
  check.oneOf(`${path}.kind`, kind ?? null, KINDS);
  check.oneOf(`${path}.retry`, retry, RETRIES);
  check.oneOf(`${path}.breaker`, breaker, BREAKERS);
  if (failover !== undefined && typeof failover !== 'boolean') {
    check.addIssue(`${path}.failover`, 'must be true or false', failover);
  }
  check.number(`${path}.retryAfterMs`, retryAfterMs, { above: 0, max: LONGEST_HINT_MS });
}
