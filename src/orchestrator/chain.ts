import { breakerStage, type CircuitBreaker } from '../breaker/index.js';
import type { ResolvedSettings } from '../config/settings.js';
import { type QuotaHold, type QuotaParts, quotaStage, type ResolvedQuotaSettings } from '../limits/index.js';
import { compose, type Run, type StagedCall } from '../pipeline/index.js';
import {
  type BudgetSnapshot,
  type ResolvedRetrySettings,
  RetryBudget,
  type RetryParts,
  retryStage,
} from '../retry/index.js';
import { monotonicMs } from '../runtime/index.js';
import { timeLimit } from '../timeout/index.js';
import type { KeyState } from './lane.js';
import type { KeyStates } from './lanes.js';
import type { ResilienceContext } from './shared.js';
import { StageTeller } from './stage-teller.js';

/**
 * Puts the stages of an operation together. What they know of the callee lies in the lanes and in the retry budget, so that
 * chains that were put together by other settings know the same.
 */
export class ChainMaker {
  readonly tell: StageTeller;
  readonly #shared: ResilienceContext;
  readonly #lanes: KeyStates;
  /** Made when first needed: a call may retry where its operation does not. */
  #budget: RetryBudget | undefined;

  constructor(shared: ResilienceContext, lanes: KeyStates) {
    this.#shared = shared;
    this.#lanes = lanes;
    this.tell = new StageTeller(shared.events, (attempt) => this.#laneOf(attempt).counter.retryRefused());
  }

  /** What is left for retries; `undefined` where nothing bounds them. */
  budget(): BudgetSnapshot | undefined {
    return this.#budget?.snapshot(monotonicMs());
  }

  /** Goes by other settings from now on. A budget that is switched off is gone. */
  updateSettings({ breaker, retry }: ResolvedSettings): void {
    this.#lanes.updateSettings(breaker);
    if (retry === false) return;
    if (retry.budget === false) this.#budget = undefined;
    else this.#budget?.updateSettings(retry.budget, monotonicMs());
  }

  /** @param leaseMs how long a trial of these calls may take, where that is longer than the operation's own. */
  make(settings: ResolvedSettings, leaseMs?: number): Run {
    const { deadlineMs, attemptTimeoutMs, retry, quota, breaker } = settings;
    const shared = { random: this.#shared.random, listener: this.tell };
    return compose(
      [
        retry === false ? undefined : retryStage({ ...this.#retryParts(settings, retry), ...shared }),
        quota === false ? undefined : quotaStage({ ...this.#quotaParts(settings, quota), ...shared }),
        breaker === false ? undefined : breakerStage(this.#breakerOf, leaseMs),
        timeLimit(attemptTimeoutMs, deadlineMs),
      ],
      (call) => call.invoke(),
    );
  }

  #retryParts(
    { quota, breaker }: ResolvedSettings,
    rules: ResolvedRetrySettings,
  ): Omit<RetryParts, 'random' | 'listener'> {
    if (rules.budget !== false) this.#budget ??= new RetryBudget(rules.budget);
    return {
      rules,
      budget: rules.budget === false ? undefined : this.#budget,
      typicalMs: this.#typicalMsOf,
      refusalAfter: (attempt, delayMs) => {
        if (breaker !== false && this.#blockedForMs(attempt) > delayMs) return 'breaker_open';
        const heldMs = quota === false ? 0 : this.#quotaOf(attempt).remainingMs(monotonicMs()) - quota.maxWaitMs;
        return heldMs > delayMs ? 'quota_held' : undefined;
      },
    };
  }

  #quotaParts({ breaker }: ResolvedSettings, rules: ResolvedQuotaSettings): Omit<QuotaParts, 'random' | 'listener'> {
    const blockedForMs = breaker === false ? () => 0 : this.#blockedForMs;
    return { rules, holdOf: this.#quotaOf, typicalMs: this.#typicalMsOf, blockedForMs };
  }

  readonly #typicalMsOf = (attempt: StagedCall): number | undefined => this.#laneOf(attempt).counter.typicalMs;

  readonly #blockedForMs = (attempt: StagedCall): number => this.#breakerOf(attempt)?.remainingOpenMs() ?? 0;

  readonly #laneOf = (call: StagedCall): KeyState =>
    this.#lanes.find(call.key) ?? this.#lanes.of(call.key, call.startedAtMs);

  readonly #breakerOf = (call: StagedCall): CircuitBreaker | undefined => this.#laneOf(call).breaker;

  readonly #quotaOf = (call: StagedCall): QuotaHold => this.#laneOf(call).quota;
}
