import { countAttempts, type EffectiveView, sumWaits } from './effective-view.js';
import type { LintRule } from './lint-rule.js';

/** So few attempts need no wait between them. */
const FEW_ATTEMPTS = 3;
/** Attempts with shorter waits than this between them, on average, come as one burst. */
const SHORT_WAIT_MS = 100;
/** A longer deadline than this does not limit what a failing provider is sent. */
const LONGEST_DEADLINE_MS = 3_600_000;
/** Breakers that reject nothing while they are open. */
const IDLE_MODES: readonly unknown[] = ['observe', 'disabled'];

/** The names of the rules. */
export type InsecureRuleId = 'burst-of-attempts' | 'unguarded-retries' | 'unguarded-calls';

interface InsecureRule extends LintRule {
  readonly id: InsecureRuleId;
}

/**
 * Combinations of settings with which one service can keep a failing provider down. Each setting alone is allowed. The
 * combinations are refused in a config from outside, and cause a warning in code.
 */
export const INSECURE_RULES: readonly InsecureRule[] = [
  {
    id: 'burst-of-attempts',
    paths: [
      'retry.minDelayMs',
      'retry.maxDelayMs',
      'retry.multiplier',
      'retry.jitter',
      'retry.jitterMaxMs',
      'retry.maxAttempts',
    ],
    check: (view) => {
      const attempts = countAttempts(view);
      if (attempts <= FEW_ATTEMPTS || computeMeanWaitMs(view, attempts) >= SHORT_WAIT_MS) return false;
      return {
        message: `makes ${attempts} attempts in one burst: the waits between them are shorter than ${SHORT_WAIT_MS} ms`,
        suggestion: `Write at least 500 for retry.minDelayMs, or at most ${FEW_ATTEMPTS} for retry.maxAttempts.`,
      };
    },
  },
  {
    id: 'unguarded-retries',
    paths: ['retry.budget', 'breaker', 'breaker.mode', 'deadlineMs'],
    check: (view) =>
      countAttempts(view) > 1 &&
      view.value('retry.budget') === false &&
      !hasBreaker(view) &&
      !hasLimit(view, 'deadlineMs') && {
        message: 'leaves retries without any guard: no retry.budget, no breaker and no deadlineMs',
        suggestion: 'Leave out one of the three: each is on by default.',
      },
  },
  {
    id: 'unguarded-calls',
    paths: ['breaker', 'breaker.mode', 'deadlineMs', 'attemptTimeoutMs'],
    check: (view) =>
      countAttempts(view) === 1 &&
      !hasBreaker(view) &&
      !hasLimit(view, 'deadlineMs') &&
      !hasLimit(view, 'attemptTimeoutMs') && {
        message: 'leaves calls without any guard: no breaker, no deadlineMs and no attemptTimeoutMs',
        suggestion: 'Leave out one of the three: each is on by default.',
      },
  },
];

/** The mean of all waits, with the jitter that is added to them, in milliseconds. */
function computeMeanWaitMs(view: EffectiveView, attempts: number): number {
  const jitterMs = view.value('retry.jitter') === 'additive' ? view.number('retry.jitterMaxMs', 0) / 2 : 0;
  return sumWaits(view) / (attempts - 1) + jitterMs;
}

function hasBreaker(view: EffectiveView): boolean {
  return view.value('breaker') !== false && !IDLE_MODES.includes(view.value('breaker.mode'));
}

function hasLimit(view: EffectiveView, path: 'deadlineMs' | 'attemptTimeoutMs'): boolean {
  return view.number(path, Infinity) <= LONGEST_DEADLINE_MS;
}
