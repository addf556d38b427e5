export { checkRules, readRules } from './check-rules.js';
export { type ClassifyContext, classify } from './classify.js';
export { isKind, KINDS } from './kinds.js';
export { readErrorRemaining, readRemaining } from './remaining.js';
export type { ClassifyRule, ErrorFacts, Matcher, RuleResult } from './rule.js';
