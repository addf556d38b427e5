import { CROSS_FIELD_RULES } from './cross-field.js';
import type { RuleGroup } from './rule.js';
import { STRATEGY_RULES } from './strategy-fit.js';
import { VALUE_RULES } from './values.js';

export { roomToGrow } from './cross-field.js';
export { HINTS } from './hints.js';
export type { Rule, RuleGroup } from './rule.js';

/** Every rule on settings, in the order of the warnings. */
export const RULE_GROUPS: readonly RuleGroup[] = [
  VALUE_RULES,
  ...[...CROSS_FIELD_RULES, ...STRATEGY_RULES].map((rule) => [rule]),
];
