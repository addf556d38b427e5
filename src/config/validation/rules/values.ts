import { RANGE_RULES } from './ranges.js';
import type { Rule, RuleGroup } from './rule.js';
import { SECONDS_RULES } from './seconds.js';

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
    message: () => 'keeps everybody out for more than an hour after the service may have recovered',
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

/** What single values can have against them: what looks like another unit first, then what is known by name, then the size. */
export const VALUE_RULES: RuleGroup = [...SECONDS_RULES, ...SINGLE, ...RANGE_RULES];
