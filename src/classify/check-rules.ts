import { types } from 'node:util';
import { type Check, type Fields, isArray, readOnce } from '../input/index.js';
import { MAX_HINT_MS } from './hint.js';
import { KINDS } from './kinds.js';
import { BREAKER_VALUES, RETRY_VALUES } from './match-rules.js';
import type { ClassifyRule } from './rule.js';

const RULE_FIELDS = ['name', 'when', 'means'];
const TEXT_FIELDS = ['code', 'type', 'name', 'provider'];
const MATCHER_FIELDS = ['status', 'code', 'type', 'name', 'message', 'provider'];
const RESULT_FIELDS = ['kind', 'retry', 'breaker', 'failover', 'retryAfterMs'];

/** Copies rules, reading every field once: see {@link readOnce}. */
export function readRules(path: string, rules: readonly ClassifyRule[]): readonly ClassifyRule[] {
  if (!isArray(rules)) return rules;
  return rules.map((rule: ClassifyRule, index) =>
    readOnce(`${path}[${index}]`, rule, (copy) => readNestedFields(`${path}[${index}]`, copy)),
  );
}

/** Checks the rules that a user gives. */
export function checkRules(check: Check, path: string, value: unknown): void {
  if (isArray(value)) for (const [index, rule] of value.entries()) checkRule(check, `${path}[${index}]`, rule);
  else check.addIssue(path, 'must be an array of rules', value);
}

function readNestedFields(path: string, rule: ClassifyRule): ClassifyRule {
  const { when, means } = rule;
  return {
    ...rule,
    when: typeof when === 'function' ? when : readOnce(`${path}.when`, when),
    means: typeof means === 'string' ? means : readOnce(`${path}.means`, means),
  };
}

function checkRule(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, RULE_FIELDS);
  if (fields === undefined) return;
  const { name, when, means } = fields;
  if (name !== undefined) check.name(`${path}.name`, name);
  if (typeof when !== 'function') checkMatcher(check, `${path}.when`, when);
  if (typeof means === 'object' && means !== null) checkResult(check, `${path}.means`, means);
  else check.oneOf(`${path}.means`, means ?? null, KINDS);
}

function checkMatcher(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, MATCHER_FIELDS);
  if (fields === undefined) return;
  if (MATCHER_FIELDS.every((field) => fields[field] === undefined)) {
    check.addIssue(path, `must hold at least one of ${MATCHER_FIELDS.join(', ')}`, value);
  }
  checkStatuses(check, `${path}.status`, fields['status']);
  for (const field of TEXT_FIELDS) checkTexts(check, `${path}.${field}`, fields[field]);
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

function checkTexts(check: Check, path: string, value: unknown): void {
  if (value === undefined) return;
  const texts: readonly unknown[] = isArray(value) ? value : [value];
  if (texts.length === 0) check.addIssue(path, 'must hold at least one string', value);
  for (const [index, text] of texts.entries()) {
    if (typeof text === 'string' && text !== '') continue;
    check.addIssue(isArray(value) ? `${path}[${index}]` : path, 'must be a non-empty string', text);
  }
}

function checkMessage(check: Check, path: string, { message }: Fields): void {
  if (message === undefined || types.isRegExp(message) || (typeof message === 'string' && message !== '')) return;
  check.addIssue(path, 'must be a non-empty string or a regular expression', message);
}

function checkResult(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, RESULT_FIELDS);
  if (fields === undefined) return;
  const { kind, retry, breaker, failover, retryAfterMs } = fields;
  check.oneOf(`${path}.kind`, kind ?? null, KINDS);
  check.oneOf(`${path}.retry`, retry, RETRY_VALUES);
  check.oneOf(`${path}.breaker`, breaker, BREAKER_VALUES);
  if (failover !== undefined && typeof failover !== 'boolean') {
    check.addIssue(`${path}.failover`, 'must be true or false', failover);
  }
  check.number(`${path}.retryAfterMs`, retryAfterMs, { above: 0, max: MAX_HINT_MS });
}
