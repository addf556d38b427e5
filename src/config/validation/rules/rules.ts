import { MANNER_RULES } from './manner.js';
import type { RuleGroup } from './rule.js';
import { TOGETHER_RULES } from './together.js';
import { VALUE_RULES } from './values.js';

export { HINTS } from './hints.js';
export type { Rule, RuleGroup } from './rule.js';
export { roomToGrow } from './together.js';

/** Every rule on settings, in the order of the warnings. */
export const RULE_GROUPS: readonly RuleGroup[] = [
  VALUE_RULES,
  ...[...TOGETHER_RULES, ...MANNER_RULES].map((rule) => [rule]),
];
