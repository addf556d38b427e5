import { type ClassifyRule, checkRules, readRules } from '../classify/index.js';
import {
  anyFunction,
  anyThat,
  Check,
  copyOnce,
  flag,
  functionError,
  inherit,
  isRecord,
  name,
  type Part,
  part,
  readOnce,
  setting,
} from '../input/index.js';
import type { Failure } from '../pipeline/index.js';
import { isSignal, type Random } from '../runtime/index.js';
import { TIMEOUT_SETTINGS } from '../timeout/settings.js';
import { findBucket, type RetryBudget } from './budget.js';
import { RETRY_SETTINGS, type RetrySettings } from './settings.js';

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
  /** Whether the provider asked for this wait, or holdfast chose it. */
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
  /** Called for each retry before its wait. If it throws, a warning of the process says so, and nothing else happens. */
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  /** Source of jitter. Default `Math.random`. */
  readonly random?: Random | undefined;
}

const OPTIONS: Part<RetryOptions> = part(
  {
    name: setting(name()),
    signal: setting(anyThat<AbortSignal>(isSignal, 'must be an AbortSignal')),
    ...inherit(TIMEOUT_SETTINGS, () => 'as long as it likes'),
    idempotent: setting(flag()),
    replayable: setting(flag()),
    // Rules have a check of their own.
    classify: setting(anyThat<readonly ClassifyRule[]>(() => true, '')),
    onRetry: setting(anyFunction<(notice: RetryNotice) => void>(), {
      description: '',
      alsoCalled: { onFailedAttempt: '' },
    }),
    random: setting(anyFunction<Random>()),
    ...RETRY_SETTINGS.settings,
    budget: setting(anyThat<RetryBudget>((value) => findBucket(value) !== undefined, 'must come from retryBudget()')),
  },
  {
    advice: 'Write options, such as { maxAttempts: 3 }.',
    elsewhere: {
      breaker: 'retry() has no breaker: createResilience has one.',
      fallback: 'Catch the error of retry().',
      retry: 'Write what it holds beside the other options.',
      settings: 'Write what it holds beside the other options.',
    },
  },
);

/** What is used when a call brings no options. */
export const NO_OPTIONS: RetryOptions = Object.freeze({});

/**
 * Reads the options of a call once and checks them.
 *
 * @throws {ConfigurationError} if `fn` is not a function, or listing every issue of the options.
 */
export function parseRetryOptions(fn: unknown, given: RetryOptions | undefined): RetryOptions {
  if (typeof fn !== 'function') throw functionError(fn, 'Write the function first, then options.', [given]);
  if (given === undefined) return NO_OPTIONS;
  const own = readOnce('options', copyOnce('options', given), readOwnRules);
  const check = new Check();
  if (check.settings('options', own, OPTIONS) || isRecord(own)) checkOwnRules(check, own);
  check.throwIfInvalid();
  const { budget: _, ...settings } = own;
  check.conflicts('options', settings, RETRY_SETTINGS);
  check.throwIfInvalid();
  return own;
}

function checkOwnRules(check: Check, { classify }: RetryOptions): void {
  if (classify !== undefined) checkRules(check, 'options.classify', classify);
}

function readOwnRules({ classify, ...own }: RetryOptions): RetryOptions {
  return classify === undefined ? own : { ...own, classify: readRules('options.classify', classify) };
}
