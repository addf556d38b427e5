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

/** A retry before its wait. */
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

/** Options of `retry`: its settings, and what applies to this call alone. */
export interface RetryOptions extends Omit<RetrySettings, 'budget'> {
  /** Named in errors. Default `retry`. */
  readonly name?: string | undefined;
  /** The caller's signal: when it aborts, the call rejects at once with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** The longest that all attempts and waits may take together, in milliseconds. Default `false`: no limit. */
  readonly deadlineMs?: number | false | undefined;
  /** The longest that one attempt may take, in milliseconds. Default `false`: no limit. */
  readonly attemptTimeoutMs?: number | false | undefined;
  /** `false`: retried only if the provider certainly executed nothing. Default `true`. */
  readonly idempotent?: boolean | undefined;
  /** Whether `fn` can run again. `false`: it is never called twice, such as one that sends a stream. Default `true`. */
  readonly replayable?: boolean | undefined;
  /** The budget that this call shares with others: see {@link retryBudget}. Default: no limit. */
  readonly budget?: RetryBudget | undefined;
  /** Classification rules, tried before the built-in ones. */
  readonly classify?: readonly ClassifyRule[] | undefined;
  /** Called before the wait of each retry. If it throws, a process warning is emitted and the call goes on. */
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  /** Source of jitter. Default `Math.random`. */
  readonly random?: Random | undefined;
}

/** Declares {@link RetryOptions}. */
export const RETRY_OPTIONS: Part<RetryOptions> = part(
  {
    name: setting(name()),
    signal: setting(anyThat<AbortSignal>(isSignal, 'must be an AbortSignal')),
    ...inherit(TIMEOUT_SETTINGS, () => 'no limit'),
    idempotent: setting(flag()),
    replayable: setting(flag()),
    // Rules are checked separately.
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
      retry: 'Write its settings beside the other options.',
      settings: 'Write its settings beside the other options.',
    },
  },
);

/** The options of a call without any. */
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
  if (check.settings('options', own, RETRY_OPTIONS) || isRecord(own)) checkOwnRules(check, own);
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
