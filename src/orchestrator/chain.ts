import { breakerStage, type CircuitBreaker } from '../breaker/breaker.js';
import type { EffectiveSettings } from '../config/settings.js';
import { type QuotaHold, type QuotaParts, type QuotaRules, quotaStage } from '../limits/limits.js';
import { compose, type Run, type StagedCall } from '../pipeline/pipeline.js';
import { type BudgetSnapshot, RetryBudget, type RetryParts, type RetryRules, retryStage } from '../retry/retry.js';
import { monotonicMs } from '../runtime/runtime.js';
import { timeLimit } from '../timeout/timeout.js';
import type { Lane } from './lane.js';
import type { Lanes } from './lanes.js';
import type { Shared } from './shared.js';
import { StageTeller } from './stage-teller.js';

/**
 * Puts the stages of an operation together. What they know of the callee lies in the lanes and in the retry budget, so that
 * chains that were put together by other settings know the same.
 */
export class ChainMaker {
  readonly tell: StageTeller;
  readonly #shared: Shared;
  readonly #lanes: Lanes;
  /** Made when first needed: a call may retry where its operation does not. */
  #budget: RetryBudget | undefined;

  constructor(shared: Shared, lanes: Lanes) {
    this.#shared = shared;
    this.#lanes = lanes;
    this.tell = new StageTeller(shared.events, (attempt) => this.#laneOf(attempt).counter.retryRefused());
  }

  /** What is left for retries; `undefined` where nothing bounds them. */
  budget(): BudgetSnapshot | undefined {
    return this.#budget?.snapshot(monotonicMs());
  }

  /** Goes by other settings from now on. A budget that is switched off is gone. */
  follow({ breaker, retry }: EffectiveSettings): void {
    this.#lanes.follow(breaker);
    if (retry === false) return;
    if (retry.budget === false) this.#budget = undefined;
    else this.#budget?.follow(retry.budget, monotonicMs());
  }

  /** @param leaseMs how long a trial of these calls may take, where that is longer than the operation's own. */
  make(settings: EffectiveSettings, leaseMs?: number): Run {
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

  #retryParts({ quota, breaker }: EffectiveSettings, rules: RetryRules): Omit<RetryParts, 'random' | 'listener'> {
    if (rules.budget !== false) this.#budget ??= new RetryBudget(rules.budget);
    return {
      rules,
      budget: rules.budget === false ? undefined : this.#budget,
      typicalMs: this.#typicalMsOf,
      refusalAfter: (attempt, delayMs) => {
        if (breaker !== false && this.#refusedForMs(attempt) > delayMs) return 'breaker_open';
        const heldMs = quota === false ? 0 : this.#quotaOf(attempt).leftMs(monotonicMs()) - quota.maxWaitMs;
        return heldMs > delayMs ? 'quota_held' : undefined;
      },
    };
  }

  #quotaParts({ breaker }: EffectiveSettings, rules: QuotaRules): Omit<QuotaParts, 'random' | 'listener'> {
    const refusedForMs = breaker === false ? () => 0 : this.#refusedForMs;
    return { rules, holdOf: this.#quotaOf, typicalMs: this.#typicalMsOf, refusedForMs };
  }

  readonly #typicalMsOf = (attempt: StagedCall): number | undefined => this.#laneOf(attempt).counter.typicalMs;

  readonly #refusedForMs = (attempt: StagedCall): number => this.#breakerOf(attempt)?.refusesForMs() ?? 0;

  readonly #laneOf = (call: StagedCall): Lane =>
    this.#lanes.find(call.key) ?? this.#lanes.of(call.key, call.startedAtMs);

  readonly #breakerOf = (call: StagedCall): CircuitBreaker | undefined => this.#laneOf(call).breaker;

  readonly #quotaOf = (call: StagedCall): QuotaHold => this.#laneOf(call).quota;
}
