import { type ClassifyRule, checkRules, readRules } from '../classify/index.js';
import { Check, configurationError, type NumberRule, readOnce } from '../input/index.js';
import type { Failure } from '../pipeline/index.js';
import { isSignal, LONGEST_TIMER_MS, type Random } from '../runtime/index.js';
import { RetryBudget } from './budget.js';
import { type RetrySettings, readRetrySettings } from './options.js';
import { checkRetrySettings, checkRetryTogether } from './options-check.js';

/** A retry that is about to wait. */
export interface RetryNotice {
  /** The attempt that has failed, from 1. */
  readonly attempt: number;
  /** The error of that attempt. */
  readonly error: unknown;
  /** What the error means. */
  readonly failure: Failure;
  /** How long it waits, in milliseconds. */
  readonly delayMs: number;
  /** Whether the callee asked for this wait, or we chose it. */
  readonly waitFor: 'hint' | 'backoff';
}

/** How `retry` goes about it: settings, and what belongs to this one call. */
export interface RetryOptions extends Omit<RetrySettings, 'budget'> {
  /** Named in errors. Default `retry`. */
  readonly name?: string | undefined;
  /** The caller's signal: when it aborts, everything ends at once with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** The longest that all attempts and waits may take together, in milliseconds. Default `false`: as long as they like. */
  readonly deadlineMs?: number | false | undefined;
  /** The longest that one attempt may take, in milliseconds. Default `false`: as long as it likes. */
  readonly attemptTimeoutMs?: number | false | undefined;
  /** `false`: tried again only when it is certain that nothing was done. Default `true`. */
  readonly idempotent?: boolean | undefined;
  /** Whether `fn` can do it again; `false` for one that sends a stream: it is never called twice. Default `true`. */
  readonly replayable?: boolean | undefined;
  /** What this call and others may spend on retries: see {@link retryBudget}. Default: as much as they like. */
  readonly budget?: RetryBudget | undefined;
  /** Rules that say what errors mean, asked before those that are built in. */
  readonly classify?: readonly ClassifyRule[] | undefined;
  /** Hears of each retry before its wait. When it throws, a warning of the process says so, and nothing else happens. */
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  /** Source of jitter. Default `Math.random`. */
  readonly random?: Random | undefined;
}

const DURATION: NumberRule = { min: 1, max: LONGEST_TIMER_MS };

/** What stands beside the settings. */
const OF_A_CALL = ['name', 'signal', 'deadlineMs', 'attemptTimeoutMs', 'idempotent', 'replayable'];
const HOOKS = ['classify', 'onRetry', 'random'];
const BESIDES = [...OF_A_CALL, ...HOOKS];

/** What is used when a call brings nothing along. */
export const NO_OPTIONS: RetryOptions = Object.freeze({});

/**
 * The options of a call, read once and checked.
 *
 * @throws {ConfigurationError} when there is nothing to call, or naming everything that is wrong with the options.
 */
export function checkRetryOptions(fn: unknown, given: RetryOptions | undefined): RetryOptions {
  if (typeof fn !== 'function') throw configurationError('fn', 'must be a function', fn);
  if (given === undefined) return NO_OPTIONS;
  const own = readOnce('options', given, readParts);
  const check = new Check();
  if (check.record('options', own) === undefined) check.throwIfInvalid();
  const { name, signal, deadlineMs, attemptTimeoutMs, idempotent, replayable, ...rest } = own;
  const { budget, classify, onRetry, random, ...settings } = rest;
  if (name !== undefined) check.name('options.name', name);
  if (signal !== undefined && !isSignal(signal)) check.addIssue('options.signal', 'must be an AbortSignal', signal);
  check.numberOrFalse('options.deadlineMs', deadlineMs, DURATION);
  check.numberOrFalse('options.attemptTimeoutMs', attemptTimeoutMs, DURATION);
  check.boolean('options.idempotent', idempotent);
  check.boolean('options.replayable', replayable);
  if (budget !== undefined && !(budget instanceof RetryBudget)) {
    check.addIssue('options.budget', 'must come from retryBudget()', budget);
  }
  if (classify !== undefined) checkRules(check, 'options.classify', classify);
  check.func('options.onRetry', onRetry);
  check.func('options.random', random);
  checkRetrySettings(check, 'options', settings, BESIDES);
  check.throwIfInvalid();
  checkRetryTogether(check, 'options', settings);
  check.throwIfInvalid();
  return own;
}

function readParts(own: RetryOptions): RetryOptions {
  const { budget, classify, ...rest } = own;
  const rules = classify === undefined ? undefined : readRules('options.classify', classify);
  return { ...readRetrySettings('options', rest), budget, classify: rules };
}
