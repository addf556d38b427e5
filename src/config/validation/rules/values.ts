import type { SettingInfo } from '../../../input/index.js';
import { SETTING_PATHS } from '../../settings.js';
import type { Judged } from '../judged.js';
import type { Rule, RuleGroup } from './rule.js';

const MS_PER_S = 1_000;
const HOUR_MS = 3_600_000;
const MANY_ATTEMPTS = 7;
const MOST_ATTEMPTS = 10;
const FEW_FAILURES = 3;

const SINGLE: readonly Rule[] = [
  {
    id: 'no-wait',
    paths: ['retry.minDelayMs'],
    when: (judged) =>
      judged.number('retry.minDelayMs') === 0 &&
      (judged.value('retry.jitter') !== 'additive' || judged.number('retry.jitterMaxMs') === 0),
    message: () => 'is 0, and no jitter is added: retries come without any wait',
    suggestion: () => "Write 500 at least, or 'jitter: additive'.",
  },
  {
    id: 'open-for-hours',
    paths: ['breaker.openMs'],
    when: (judged) => (judged.number('breaker.openMs') ?? 0) > HOUR_MS,
    message: () => 'rejects every call for more than an hour after the service may have recovered',
    suggestion: () => 'Write 300000 at most: after that, one trial finds out.',
  },
  {
    id: 'many-attempts',
    paths: ['retry.maxAttempts'],
    when: (judged) => {
      const attempts = judged.number('retry.maxAttempts') ?? 0;
      return attempts > MANY_ATTEMPTS && attempts <= MOST_ATTEMPTS;
    },
    message: (judged) =>
      `is many: ${judged.number('retry.maxAttempts')} attempts take long, and burden what is failing`,
    suggestion: () => `Write ${MANY_ATTEMPTS} at most; 3 suit most calls.`,
  },
  {
    id: 'sensitive-breaker',
    paths: ['breaker.trip.consecutiveFailures'],
    when: (judged) => (judged.number('breaker.trip.consecutiveFailures') ?? FEW_FAILURES) < FEW_FAILURES,
    message: () => 'is few: the breaker opens at failures that happen now and then',
    suggestion: () => `Write ${FEW_FAILURES} at least; 5 suit most services.`,
  },
];

/** Those of one kind of failure are judged as those of `retry`. */
const DECLARED: readonly (readonly [path: string, info: SettingInfo])[] = [...SETTING_PATHS]
  .filter(([path]) => !path.startsWith('retry.kinds.'))
  .map(([path, { info }]) => [path, info]);

const SECONDS_RULES: readonly Rule[] = DECLARED.flatMap(([path, { suspectBelowMs }]) =>
  suspectBelowMs === undefined ? [] : [secondsRule(path, suspectBelowMs)],
);

const RANGE_RULES: readonly Rule[] = DECLARED.flatMap(([path, { recommended }]) =>
  recommended === undefined ? [] : [rangeRule(path, recommended)],
);

/** A duration so short that seconds were probably meant. 0 is not a duration. */
function secondsRule(path: string, belowMs: number): Rule {
  return {
    id: 'looks-like-seconds',
    paths: [path],
    when: (judged) => {
      const value = judged.number(path) ?? 0;
      return value > 0 && value < belowMs;
    },
    message: (judged) => `is in milliseconds, and ${judged.number(path)} of them look like seconds`,
    suggestion: (judged) => `Write ${(judged.number(path) ?? 0) * MS_PER_S} for ${judged.number(path)} s.`,
  };
}

/** A value outside the recommended range. */
function rangeRule(path: string, [min, max]: readonly [number, number]): Rule {
  const isLess = (judged: Judged): boolean => (judged.number(path) ?? min) < min;
  return {
    id: 'recommended-range',
    paths: [path],
    when: (judged) => isLess(judged) || (judged.number(path) ?? max) > max,
    message: (judged) => `is ${isLess(judged) ? 'less' : 'more'} than what is recommended, ${min} to ${max}`,
    suggestion: (judged) => `Write ${isLess(judged) ? min : max}, or leave it out.`,
  };
}

/** What can be wrong with a single value. Of several rules that match, the first one speaks. */
export const VALUE_RULES: RuleGroup = [...SECONDS_RULES, ...SINGLE, ...RANGE_RULES];
