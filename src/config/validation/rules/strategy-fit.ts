import type { Judged } from '../judged.js';
import type { Rule } from './rule.js';

const PATIENT_FROM = 3;

/** Meant for one end of the way from the workbench to the customers, and not for the other. */
const isForProduction = ({ environments }: Judged): boolean =>
  environments.includes('production') && !environments.includes('development');
const isForDevelopment = ({ environments }: Judged): boolean =>
  environments.includes('development') && !environments.includes('production');

/** The manner of one operation is a matter of that operation: presets have aggressive ones in production. */
const isForAll = ({ operation }: Judged): boolean => operation === undefined;

/** What the manner can have against where it is used. */
export const STRATEGY_RULES: readonly Rule[] = [
  {
    id: 'aggressive-production',
    paths: ['strategy', 'preset'],
    when: (judged) => isForAll(judged) && isForProduction(judged) && judged.strategy === 'aggressive',
    message: () => 'is aggressive in production: calls are given up that one more attempt would have saved',
    suggestion: () => "Write 'conservative' or 'balanced', and 'aggressive' for single operations.",
  },
  {
    id: 'patient-development',
    paths: ['strategy', 'retry.maxAttempts', 'preset'],
    when: (judged) =>
      isForAll(judged) &&
      isForDevelopment(judged) &&
      judged.strategy === 'conservative' &&
      (judged.number('retry.maxAttempts') ?? 0) > PATIENT_FROM,
    message: (judged) =>
      `is conservative in development, with ${judged.number('retry.maxAttempts')} attempts: errors show late`,
    suggestion: () => `Write 'aggressive', or ${PATIENT_FROM} for retry.maxAttempts.`,
  },
];
