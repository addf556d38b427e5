import type { Check, Fields, NumberRule } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import type { BackoffStrategy } from './backoff.js';
import type { Jitter } from './jitter.js';
import type { BudgetSettings, RetrySettings } from './options.js';
import { RETRYABLE_KINDS } from './options-rules.js';

/** What a strategy of waiting must be. */
export const STRATEGIES: readonly BackoffStrategy[] = ['fixed', 'linear', 'exponential', 'fibonacci'];
/** What jitter must be. */
export const JITTERS: readonly Jitter[] = ['none', 'full', 'equal', 'decorrelated', 'additive'];

const OF_A_KIND = ['maxAttempts', 'strategy', 'minDelayMs', 'maxDelayMs', 'multiplier', 'jitter', 'jitterMaxMs'];
const SETTINGS = [...OF_A_KIND, 'maxElapsedMs', 'kinds', 'budget'];
const BUDGET = ['ratio', 'floorPerSecond', 'burst'];

/** What a number of attempts must be. */
export const ATTEMPTS: NumberRule = { min: 1, max: 1_000, integer: true };
/** What a wait must be. */
export const WAIT: NumberRule = { min: 0, max: LONGEST_TIMER_MS };
/** What a limit of elapsed time must be. */
export const ELAPSED: NumberRule = { min: 1, max: LONGEST_TIMER_MS };
/** What the scale of waits must be. */
export const MULTIPLIER: NumberRule = { above: 0, max: 1_000 };
/** What the retries of one success must be. */
export const RATIO: NumberRule = { min: 0, max: 1 };
/** What the free retries of a second must be. */
export const FLOOR: NumberRule = { min: 0, max: 1_000_000 };
/** What the retries that are saved up must be. */
export const BURST: NumberRule = { min: 1, max: 1_000_000 };

/**
 * Checks settings found in one layer of a config, each for itself.
 *
 * @param besides what else may stand there, which is for somebody else to check.
 */
export function checkRetrySettings(check: Check, path: string, value: unknown, besides: readonly string[] = []): void {
  const fields = check.fields(path, value, [...besides, ...SETTINGS]);
  if (fields === undefined) return;
  checkOfAKind(check, path, fields);
  check.numberOrFalse(`${path}.maxElapsedMs`, fields['maxElapsedMs'], ELAPSED);
  const { kinds, budget } = fields;
  if (kinds !== undefined) checkKinds(check, `${path}.kinds`, kinds);
  if (budget !== undefined && budget !== false) checkBudget(check, `${path}.budget`, budget);
}

/** Checks what only shows when all layers are laid over each other. They must have been checked each for itself. */
export function checkRetryTogether(check: Check, path: string, settings: RetrySettings): void {
  const { maxElapsedMs, kinds, budget } = settings;
  const limitMs = maxElapsedMs === undefined || maxElapsedMs === false ? Infinity : maxElapsedMs;
  checkDelays(check, path, settings, limitMs);
  for (const [kind, own] of Object.entries(kinds ?? {})) {
    if (typeof own === 'object') checkDelays(check, `${path}.kinds.${kind}`, own, limitMs);
  }
  if (budget !== undefined && budget !== false) checkBudgetTogether(check, `${path}.budget`, budget);
}

/** Checks the settings of a budget, each for itself. */
export function checkBudget(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, BUDGET);
  if (fields === undefined) return;
  const { ratio, floorPerSecond, burst } = fields;
  check.number(`${path}.ratio`, ratio, RATIO);
  check.number(`${path}.floorPerSecond`, floorPerSecond, FLOOR);
  check.number(`${path}.burst`, burst, BURST);
}

/** Checks that something pays for retries. The settings must have been checked each for itself. */
export function checkBudgetTogether(check: Check, path: string, budget: BudgetSettings): void {
  if (budget.ratio !== 0 || budget.floorPerSecond !== 0) return;
  const suggestion = "Write 'maxAttempts: 1' for no retries.";
  check.addIssue(path, 'must have a ratio or a floorPerSecond above 0', budget, suggestion);
}

function checkDelays(
  check: Check,
  path: string,
  { minDelayMs, maxDelayMs }: Pick<RetrySettings, 'minDelayMs' | 'maxDelayMs'>,
  limitMs: number,
): void {
  if (minDelayMs === undefined) return;
  if (maxDelayMs !== undefined && maxDelayMs < minDelayMs) {
    check.addIssue(`${path}.maxDelayMs`, 'must not be shorter than minDelayMs', maxDelayMs);
  }
  if (minDelayMs > limitMs) {
    check.addIssue(`${path}.minDelayMs`, 'must not be longer than maxElapsedMs: there would be no retries', minDelayMs);
  }
}

function checkKinds(check: Check, path: string, value: unknown): void {
  const kinds = check.fields(path, value, RETRYABLE_KINDS);
  for (const [kind, own] of Object.entries(kinds ?? {})) {
    if (own === undefined || typeof own === 'boolean' || !RETRYABLE_KINDS.includes(kind)) continue;
    const fields = check.fields(`${path}.${kind}`, own, OF_A_KIND);
    if (fields !== undefined) checkOfAKind(check, `${path}.${kind}`, fields);
  }
}

function checkOfAKind(check: Check, path: string, fields: Fields): void {
  const { maxAttempts, strategy, minDelayMs, maxDelayMs, multiplier, jitter, jitterMaxMs } = fields;
  check.number(`${path}.maxAttempts`, maxAttempts, ATTEMPTS);
  check.oneOf(`${path}.strategy`, strategy, STRATEGIES);
  check.number(`${path}.minDelayMs`, minDelayMs, WAIT);
  check.number(`${path}.maxDelayMs`, maxDelayMs, WAIT);
  check.number(`${path}.multiplier`, multiplier, MULTIPLIER);
  check.oneOf(`${path}.jitter`, jitter, JITTERS);
  check.number(`${path}.jitterMaxMs`, jitterMaxMs, WAIT);
}
