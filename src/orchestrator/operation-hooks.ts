import { type ClassifyRule, classify } from '../classify/index.js';
import type { Call, CallHooks, CallScope, Failure, Interruption, StageAttempt } from '../pipeline/index.js';
import { findSdkAttempts } from './double-retry.js';
import { getKeyState } from './key-state.js';
import type { ResilienceContext } from './resilience-context.js';

/** Classifies, counts and reports the attempts of an operation's calls. */
export class OperationHooks implements CallHooks {
  readonly #context: ResilienceContext;
  #hasReportedDoubleRetry = false;

  constructor(context: ResilienceContext) {
    this.#context = context;
  }

  callId(serial: number): string {
    return this.#context.callId(serial);
  }

  classify(error: unknown, attempt: StageAttempt): Failure {
    const failure = this.#classify(error, attempt, attempt.interruption);
    return wasHurried(attempt) ? Object.freeze({ ...failure, breaker: 'ignored' }) : failure;
  }

  attemptStarted(attempt: StageAttempt): void {
    getKeyState(attempt).counter.attempted(countInvocations(attempt), attempt.isHedge);
  }

  attemptFailed(attempt: StageAttempt, error: unknown): void {
    // An attempt that another one has superseded did not fail.
    if (attempt.interruption?.by === 'superseded') return;
    this.#context.reporter.attemptFailed(attempt, error);
    if (!this.#hasReportedDoubleRetry) this.#reportDoubleRetry(attempt, error);
  }

  attemptAbandoned(attempt: StageAttempt, outcome: 'success' | 'failure'): void {
    this.#context.reporter.attemptAbandoned(attempt, outcome);
  }

  openScope(call: Call): CallScope | undefined {
    return this.#context.openScope(call);
  }

  /** The same without counting and reporting: for code that is not an attempt. */
  withoutReports(): CallHooks {
    return {
      callId: (serial) => this.callId(serial),
      classify: (error, attempt) => this.classify(error, attempt),
      openScope: (call) => this.openScope(call),
    };
  }

  /** Reported once for each operation, since it depends on the setup of the SDK. */
  #reportDoubleRetry(attempt: StageAttempt, error: unknown): void {
    if (!this.#context.reporter.wants('retry.doubled')) return;
    const sdkAttempts = findSdkAttempts(error);
    if (sdkAttempts === undefined) return;
    this.#hasReportedDoubleRetry = true;
    this.#context.reporter.retryDoubled(attempt, sdkAttempts, error);
  }

  #classify(error: unknown, attempt: StageAttempt, interruption: Interruption | undefined): Failure {
    const { rules, reporter } = this.#context;
    if (rules === undefined) return classify(error, { interruption });
    const onRuleFailed = (_rule: ClassifyRule, ruleError: unknown) => {
      const { operation, key, id: callId, context } = attempt;
      reporter.hookFailed('classify', ruleError, { operation, key, callId, context });
    };
    return classify(error, { interruption, rules, onRuleFailed });
  }
}

/** How often the call's function has been called, this attempt included: stages may have rejected earlier ones. */
function countInvocations({ attempt, call }: StageAttempt): number {
  return attempt === 1 ? 1 : call.attempts.filter(({ invoked }) => invoked).length;
}

/**
 * Whether a time limit ended the attempt sooner than an attempt usually takes. Then the limit, which may be that of a
 * single caller, is the cause, and not the provider.
 */
function wasHurried(attempt: StageAttempt): boolean {
  const { interruption, startedAtMs, endedAtMs } = attempt;
  if (interruption === undefined || endedAtMs === undefined) return false;
  if (interruption.by === 'caller' || interruption.by === 'superseded') return false;
  const { typicalMs } = getKeyState(attempt).counter;
  return typicalMs !== undefined && endedAtMs - startedAtMs < typicalMs;
}
