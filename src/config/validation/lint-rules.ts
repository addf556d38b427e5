import type { SettingInfo } from '../../input/index.js';
import { suggestDelays } from '../../retry/settings.js';
import { SETTING_PATHS } from '../settings.js';
import { countAttempts, type EffectiveView, sumWaits } from './effective-view.js';
import { INSECURE_RULES } from './insecure-rules.js';
import type { Advice, LintRule } from './lint-rule.js';

/** A rule whose advice is a suggestion rather than a warning. */
export interface Hint extends LintRule {
  /** The most places at which it is given. */
  readonly most: number;
}

const HOUR_MS = 3_600_000;
const MS_PER_SECOND = 1_000;
/** The shortest time that a failing attempt is assumed to take. */
const ATTEMPT_MS = 2_000;
const MANY_ATTEMPTS = 7;
/** More attempts than this are outside the recommended range, which has a rule of its own. */
const MOST_ATTEMPTS = 10;
const FEW_FAILURES = 3;
const SYNCHRONISED_FROM = 3;
/** Attempts that suit development. */
const QUICK_ATTEMPTS = 3;
/** Requests that an SDK with its usual two retries makes for one attempt. */
const SDK_REQUESTS = 3;
const ENFORCED_MODES: readonly unknown[] = ['enforce', 'observe'];

/** Rules about one value. */
const VALUE_RULES: readonly LintRule[] = [
  {
    id: 'no-wait',
    paths: ['retry.minDelayMs'],
    check: (view) =>
      view.value('retry.minDelayMs') === 0 &&
      (view.value('retry.jitter') !== 'additive' || view.value('retry.jitterMaxMs') === 0) && {
        message: 'is 0 and no jitter is added, so retries do not wait at all',
        suggestion: "Write at least 500, or set jitter to 'additive'.",
      },
  },
  {
    id: 'open-for-hours',
    paths: ['breaker.openMs'],
    check: (view) =>
      view.number('breaker.openMs', 0) > HOUR_MS && {
        message: 'rejects calls for more than an hour, even if the service has recovered',
        suggestion: 'Write at most 300000: after that, one trial shows whether the service has recovered.',
      },
  },
  {
    id: 'many-attempts',
    paths: ['retry.maxAttempts'],
    check: (view) => {
      const attempts = countAttempts(view);
      if (attempts <= MANY_ATTEMPTS || attempts > MOST_ATTEMPTS) return false;
      return {
        message: `is high: ${attempts} attempts take long and burden a failing service`,
        suggestion: `Write at most ${MANY_ATTEMPTS}; 3 suits most calls.`,
      };
    },
  },
  {
    id: 'sensitive-breaker',
    paths: ['breaker.trip.consecutiveFailures'],
    check: (view) =>
      view.number('breaker.trip.consecutiveFailures', FEW_FAILURES) < FEW_FAILURES && {
        message: 'is low: the breaker opens on occasional failures',
        suggestion: `Write at least ${FEW_FAILURES}; 5 suits most services.`,
      },
  },
];

/** Rules about how settings work together. */
const CROSS_FIELD_RULES: readonly LintRule[] = [
  {
    id: 'attempts-open-breaker',
    paths: ['retry.maxAttempts', 'breaker.trip.consecutiveFailures'],
    check: (view) => {
      const attempts = countAttempts(view);
      const failures = view.number('breaker.trip.consecutiveFailures', Infinity);
      if (attempts <= failures || !ENFORCED_MODES.includes(view.value('breaker.mode'))) return false;
      return {
        message: `lets one failing call open the breaker: ${attempts} attempts, and it opens after ${failures} failures`,
        suggestion: `Write ${attempts + 2} for breaker.trip.consecutiveFailures.`,
      };
    },
  },
  {
    id: 'short-elapsed',
    paths: ['retry.maxElapsedMs', 'retry.maxAttempts'],
    check: (view) => {
      const attempts = countAttempts(view);
      const elapsedMs = view.number('retry.maxElapsedMs', Infinity);
      if (attempts === 1 || elapsedMs >= attempts * ATTEMPT_MS) return false;
      return {
        message: `leaves too little time for ${attempts} attempts: maxElapsedMs is ${elapsedMs}`,
        suggestion: `Write at least ${attempts * ATTEMPT_MS} for retry.maxElapsedMs.`,
      };
    },
  },
  {
    id: 'deadline-cuts-waits',
    paths: ['deadlineMs', 'retry.maxAttempts', 'retry.minDelayMs', 'retry.maxDelayMs', 'retry.multiplier'],
    check: (view) => {
      const waitsMs = sumWaits(view);
      const deadlineMs = view.number('deadlineMs', Infinity);
      if (waitsMs === 0 || waitsMs < deadlineMs) return false;
      const waits = `the waits between ${countAttempts(view)} attempts add up to ${Math.round(waitsMs)} ms`;
      return {
        message: `cuts retries off: ${waits}, and deadlineMs is ${deadlineMs}`,
        suggestion: 'Write a longer deadlineMs, fewer attempts, or shorter waits.',
      };
    },
  },
  {
    id: 'attempt-outlasts-deadline',
    paths: ['attemptTimeoutMs'],
    check: (view) => {
      const deadlineMs = view.number('deadlineMs', Infinity);
      if (view.number('attemptTimeoutMs', 0) < deadlineMs) return false;
      return {
        message: `has no effect: deadlineMs, which is ${deadlineMs}, passes first`,
        suggestion: `Write less, such as ${Math.floor(deadlineMs / 2)}.`,
      };
    },
  },
  {
    id: 'no-time-limit',
    paths: ['deadlineMs', 'attemptTimeoutMs'],
    check: (view) =>
      view.value('deadlineMs') === false &&
      view.value('attemptTimeoutMs') === false && {
        message: 'lets a call hang forever: neither the call nor an attempt has a time limit',
        suggestion: 'Leave deadlineMs or attemptTimeoutMs on.',
      },
  },
  {
    id: 'no-growth',
    paths: ['retry.minDelayMs', 'retry.maxDelayMs'],
    check: (view) => {
      const minDelayMs = view.number('retry.minDelayMs', 0);
      const maxDelayMs = view.number('retry.maxDelayMs', 0);
      const shouldGrow = view.value('retry.strategy') !== 'fixed' && countAttempts(view) > 2;
      if (!shouldGrow || minDelayMs === 0 || minDelayMs !== maxDelayMs) return false;
      return {
        message: 'leaves the waits no room to grow: minDelayMs and maxDelayMs are the same',
        suggestion: suggestDelays(minDelayMs, maxDelayMs),
      };
    },
  },
  {
    id: 'synchronised-retries',
    paths: ['retry.jitter', 'retry.maxAttempts'],
    check: (view) => {
      const attempts = countAttempts(view);
      if (view.value('retry.jitter') !== 'none' || attempts < SYNCHRONISED_FROM) return false;
      const message = `synchronises retries: without jitter, calls that fail together retry together, ${attempts - 1} times`;
      return { message, suggestion: "Write 'equal' for retry.jitter." };
    },
  },
  {
    id: 'unbounded-retries',
    paths: ['retry.budget'],
    check: (view) =>
      view.value('retry.budget') === false &&
      countAttempts(view) > 1 && {
        message: `lets retries multiply the load of an outage by ${countAttempts(view)}: no budget limits them`,
        suggestion: 'Leave it out: by default, each success pays for a fifth of a retry.',
      },
  },
];

/**
 * Rules about whether the strategy suits the environments of the preset. They are about all operations only: presets use
 * `aggressive` for single operations in production.
 */
const STRATEGY_RULES: readonly LintRule[] = [
  {
    id: 'aggressive-production',
    paths: ['strategy', 'preset'],
    check: ({ operation, strategy, environments }) =>
      operation === undefined &&
      strategy === 'aggressive' &&
      environments.includes('production') &&
      !environments.includes('development') && {
        message: 'is aggressive in production: calls fail that one more attempt would have saved',
        suggestion: "Write 'conservative' or 'balanced', and 'aggressive' for single operations.",
      },
  },
  {
    id: 'patient-development',
    paths: ['strategy', 'retry.maxAttempts', 'preset'],
    check: (view) =>
      view.operation === undefined &&
      view.strategy === 'conservative' &&
      view.environments.includes('development') &&
      !view.environments.includes('production') &&
      countAttempts(view) > QUICK_ATTEMPTS && {
        message: `is conservative in development, with ${countAttempts(view)} attempts: errors take long to show`,
        suggestion: `Write 'aggressive', or ${QUICK_ATTEMPTS} for retry.maxAttempts.`,
      },
  },
];

/** The settings of one kind of failure are checked like those of `retry`. */
const DECLARED = [...SETTING_PATHS].filter(([path]) => !path.startsWith('retry.kinds.'));
const SECONDS_RULES = DECLARED.flatMap(([path, { info }]) => buildSecondsRule(path, info));
const RANGE_RULES = DECLARED.flatMap(([path, { info }]) => buildRangeRule(path, info));

function buildSecondsRule(path: string, { suspectBelowMs }: SettingInfo): LintRule[] {
  if (suspectBelowMs === undefined) return [];
  const check = (view: EffectiveView): Advice | false => {
    const value = view.number(path, 0);
    // 0 is not a duration.
    if (value <= 0 || value >= suspectBelowMs) return false;
    return {
      message: `is in milliseconds, and ${value} looks like seconds`,
      suggestion: `Write ${value * MS_PER_SECOND} for ${value} s.`,
    };
  };
  return [{ id: 'looks-like-seconds', paths: [path], check }];
}

function buildRangeRule(path: string, { recommended }: SettingInfo): LintRule[] {
  if (recommended === undefined) return [];
  const [min, max] = recommended;
  const check = (view: EffectiveView): Advice | false => {
    const value = view.number(path, min);
    if (value >= min && value <= max) return false;
    return {
      message: `is ${value < min ? 'below' : 'above'} the recommended range of ${min} to ${max}`,
      suggestion: `Write ${value < min ? min : max}, or leave it out.`,
    };
  };
  return [{ id: 'recommended-range', paths: [path], check }];
}

/** Every rule, in the order of the warnings. At each place, a group warns once: by the first of its rules that applies. */
export const RULE_GROUPS: readonly (readonly LintRule[])[] = [
  [...SECONDS_RULES, ...VALUE_RULES, ...RANGE_RULES],
  ...[...CROSS_FIELD_RULES, ...INSECURE_RULES, ...STRATEGY_RULES].map((rule) => [rule]),
];

/** Advice that is worth considering, but nothing to warn about. */
export const HINTS: readonly Hint[] = [
  {
    id: 'sdk-retries',
    most: 1,
    paths: ['retry.maxAttempts'],
    check: (view) =>
      countAttempts(view) > SDK_REQUESTS && {
        message: `Switch off the retries of your SDK: if it also retries twice, a call makes up to ${countAttempts(view) * SDK_REQUESTS} requests.`,
      },
  },
  {
    id: 'attempt-takes-all',
    most: Infinity,
    paths: ['deadlineMs'],
    check: (view) => {
      const deadlineMs = view.number('deadlineMs', Infinity);
      const canTakeAll = deadlineMs < Infinity && view.number('attemptTimeoutMs', Infinity) >= deadlineMs;
      if (!canTakeAll || countAttempts(view) === 1) return false;
      const message = `Set attemptTimeoutMs as well, such as ${Math.ceil(deadlineMs / 3)}: otherwise an attempt that hangs leaves no time for a retry.`;
      return { message };
    },
  },
];
