import { Check, copyOnce } from '../input/index.js';
import { type Call, type CallHost, compose, LiveCall, type Run } from '../pipeline/index.js';
import { monotonicMs, rejectLater, SignalLinks, safeRandom } from '../runtime/index.js';
import { timeLimit } from '../timeout/index.js';
import { RetryBudget } from './budget.js';
import { type ResolvedRetrySettings, resolveBudgetSettings, resolveRetrySettings } from './resolve-settings.js';
import { checkRetryOptions, NO_OPTIONS, type RetryNotice, type RetryOptions } from './retry-options.js';
import { BUDGET_SETTINGS, type BudgetSettings } from './settings.js';
import { retryStage } from './stage.js';
import { StandaloneHooks, warn } from './standalone-hooks.js';

// Kept by signal, and only while a call listens to it: calls that share a signal share one listener.
const links = new SignalLinks();

const NO_CONTEXT: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Calls `fn`, and calls it again as long as it fails in a way that another attempt may heal, by our own classification of the
 * error. Rejects with the very error of the last attempt.
 *
 * @throws {ConfigurationError} (as a rejection) for bad input; `fn` was not called.
 * @throws {DeadlineExceededError} (as a rejection) when attempts and waits together took longer than `deadlineMs`.
 * @throws {AttemptTimeoutError} (as a rejection) when the last attempt took longer than `attemptTimeoutMs`.
 * @throws the caller's abort reason (as a rejection), when `signal` aborted.
 */
export function retry<T>(fn: (call: Call) => T | PromiseLike<T>, options?: RetryOptions): Promise<T> {
  let call: LiveCall;
  try {
    const own = checkRetryOptions(fn, options);
    call = callOf(fn, own, own === NO_OPTIONS ? USUAL : planOf(own));
  } catch (error) {
    return rejectLater(error);
  }
  return new Promise<T>((resolve, reject) => {
    call.start(links).then(
      (value) => {
        call.unlink(links);
        // The stages carry what the function gives without looking at it; here its type comes back.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        resolve(value as T);
      },
      (error: unknown) => {
        call.unlink(links);
        reject(error);
      },
    );
  });
}

/**
 * Makes a budget for retries, to be shared by calls that go to the same callee.
 *
 * @throws {ConfigurationError} naming everything that is wrong with the settings.
 */
export function retryBudget(settings: BudgetSettings = {}): RetryBudget {
  const own = copyOnce('settings', settings);
  const check = new Check();
  check.settings('settings', own, BUDGET_SETTINGS);
  check.throwIfInvalid();
  check.conflicts('settings', own, BUDGET_SETTINGS);
  check.throwIfInvalid();
  return new RetryBudget(resolveBudgetSettings(own));
}

/** What a call goes by: made once for all those without options. */
interface Plan {
  readonly host: CallHost;
  readonly run: Run;
}

const USUAL: Plan = planOf(NO_OPTIONS);

function planOf(options: RetryOptions): Plan {
  const { name = 'retry', deadlineMs = false, attemptTimeoutMs = false, budget } = options;
  const { classify, onRetry, random = () => Math.random(), ...settings } = options;
  let rules: ResolvedRetrySettings | undefined;
  const stage = retryStage({
    // Only a failure asks for them, and working them out takes longer than a call that succeeds.
    get rules() {
      rules ??= resolveRetrySettings({ ...settings, budget: false });
      return rules;
    },
    budget,
    random: safeRandom(random),
    typicalMs: () => undefined,
    refusalAfter: () => undefined,
    listener: {
      scheduled: ({ attempt }, retryOfIt) => tell(onRetry, { attempt, ...retryOfIt }),
      refused: () => undefined,
    },
  });
  const run = compose([stage, timeLimit(attemptTimeoutMs, deadlineMs)], (attempt) => attempt.invoke());
  return { host: new StandaloneHooks(name, classify), run };
}

function callOf(work: (call: Call) => unknown, options: RetryOptions, { host, run }: Plan): LiveCall {
  const { deadlineMs = false, signal, idempotent = true, replayable = true } = options;
  const startedAtMs = monotonicMs();
  const limits = { startedAtMs, deadlineMs: deadlineMs === false ? undefined : deadlineMs };
  return new LiveCall({ host, work, run, serial: 0, ...limits, signal, context: NO_CONTEXT, idempotent, replayable });
}

function tell(onRetry: RetryOptions['onRetry'], notice: RetryNotice): void {
  try {
    const told: unknown = onRetry?.(notice);
    if (told instanceof Promise) told.catch((error: unknown) => warn('onRetry', error));
  } catch (error) {
    warn('onRetry', error);
  }
}
