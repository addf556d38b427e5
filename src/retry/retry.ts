import { Check, copyOnce } from '../input/index.js';
import { type Call, type CallHooks, compose, type Lane, LiveCall, type Run } from '../pipeline/index.js';
import { callHook, defer, monotonicMs, SignalLinks, safeRandom, warnOfHook } from '../runtime/index.js';
import { timeLimit } from '../timeout/index.js';
import { buildRetryBudget, findBucket, type RetryBudget, TokenBucket } from './budget.js';
import { type ResolvedRetrySettings, resolveBudgetSettings, resolveRetrySettings } from './resolve-settings.js';
import { NO_OPTIONS, parseRetryOptions, type RetryNotice, type RetryOptions } from './retry-options.js';
import { BUDGET_SETTINGS, type BudgetSettings } from './settings.js';
import { retryStage } from './stage.js';
import { createStandaloneHooks, createStandaloneLane } from './standalone-hooks.js';

// Kept by signal, and only while a call listens to it: calls that share a signal share one listener.
const links = new SignalLinks();

/** Microtasks are chained to it by `then`, a built-in that still runs when the stack is full. */
const RESOLVED = Promise.resolve();

const NO_CONTEXT: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Calls `fn`, and retries it while holdfast classifies its errors as transient. Rejects with the error of the last attempt,
 * unchanged.
 *
 * @example
 * ```ts
 * const answer = await retry((call) => fetchAnswer(question, { signal: call.signal }), { maxAttempts: 4, deadlineMs: 30_000 });
 * ```
 *
 * @throws {ConfigurationError} (as a rejection) for bad input; `fn` was not called.
 * @throws {DeadlineExceededError} (as a rejection) when attempts and waits together took longer than `deadlineMs`.
 * @throws {AttemptTimeoutError} (as a rejection) when the last attempt took longer than `attemptTimeoutMs`.
 * @throws the caller's abort reason (as a rejection), when `signal` aborted.
 */
export function retry<T>(fn: (call: Call) => T | PromiseLike<T>, options?: RetryOptions): Promise<T>;
export function retry<T>(fn: (call: Call) => T, options?: RetryOptions): Promise<Awaited<T>>;
export function retry(fn: (call: Call) => unknown, options?: RetryOptions): Promise<unknown> {
  // Rejecting a promise of our own is a third of the cost of throwing the error in a handler.
  const { promise, resolve, reject } = defer<unknown>();
  let started: LiveCall | undefined;
  try {
    const own = parseRetryOptions(fn, options);
    const budget = findBucket(own.budget);
    const call = callOf(fn, own, own === NO_OPTIONS ? USUAL : readPlan(own));
    started = call;
    call.start(links).then(
      (value) => {
        finish(call, budget, value);
        resolve(value);
      },
      (error: unknown) => {
        call.release(links, monotonicMs());
        reject(error);
      },
    );
  } catch (error) {
    // The error may be a stack overflow, and ending the call needs stack space.
    void RESOLVED.then(() => {
      started?.fail(error);
      started?.release(links, monotonicMs());
      reject(error);
    });
  }
  return promise;
}

/** Ends a call that has its value, now or when its outcome is known. */
function finish(call: LiveCall, budget: TokenBucket | undefined, value: unknown): void {
  const { streaming } = call;
  if (streaming === undefined) {
    budget?.refill();
    call.release(links, monotonicMs(), value);
  } else {
    streaming.afterOutcome(({ status }) => {
      if (status === 'success') budget?.refill();
      call.release(links, monotonicMs());
    });
  }
}

/**
 * Creates a retry budget, to be shared by calls of the same provider.
 *
 * @example
 * ```ts
 * const budget = retryBudget({ ratio: 0.1 }); // in the long run, one retry for ten successes
 * const answer = await retry(ask, { budget });
 * ```
 *
 * @throws {ConfigurationError} listing every issue of the settings.
 */
export function retryBudget(settings: BudgetSettings = {}): RetryBudget {
  const own = copyOnce('settings', settings);
  const check = new Check();
  check.settings('settings', own, BUDGET_SETTINGS);
  check.throwIfInvalid();
  check.conflicts('settings', own, BUDGET_SETTINGS);
  check.throwIfInvalid();
  return buildRetryBudget(new TokenBucket(resolveBudgetSettings(own)));
}

/** The settings and stages of a call: created once for all calls without options. */
interface Plan {
  readonly hooks: CallHooks;
  readonly lane: Lane;
  readonly run: Run;
}

const USUAL: Plan = readPlan(NO_OPTIONS);

function readPlan(options: RetryOptions): Plan {
  const { name = 'retry', deadlineMs = false, attemptTimeoutMs = false } = options;
  const { classify, onRetry, budget, random = () => Math.random(), ...settings } = options;
  let resolved: ResolvedRetrySettings | undefined;
  const stage = retryStage({
    // Resolved when a call fails: resolving takes longer than a call that succeeds.
    get settings() {
      resolved ??= resolveRetrySettings({ ...settings, budget: false });
      return resolved;
    },
    budget: findBucket(budget),
    random: safeRandom(random, (error) => warnOfHook('random of retry()', error)),
    typicalMs: () => undefined,
    rejectionAfter: () => undefined,
    listener: {
      retryScheduled: ({ attempt }, scheduled) => {
        const notice: RetryNotice = Object.freeze({ attempt, ...scheduled });
        callHook(onRetry, [notice], (error) => warnOfHook('onRetry of retry()', error));
      },
      retryRefused: () => undefined,
    },
  });
  const run = compose([stage, timeLimit(attemptTimeoutMs, deadlineMs)], (attempt) => attempt.invoke());
  return { hooks: createStandaloneHooks(name, classify), lane: createStandaloneLane(name), run };
}

function callOf(work: (call: Call) => unknown, options: RetryOptions, { hooks, lane, run }: Plan): LiveCall {
  const { deadlineMs = false, signal, idempotent = true, replayable = true } = options;
  return new LiveCall({
    hooks,
    lane,
    work,
    run,
    serial: 0,
    startedAtMs: monotonicMs(),
    deadlineMs: deadlineMs === false ? undefined : deadlineMs,
    signal,
    context: NO_CONTEXT,
    idempotent,
    replayable,
  });
}
