import { type ResolvedOperation, resolveCallSettings } from '../config/configuration.js';
import { computeTrialLeaseMs, type ResolvedSettings } from '../config/settings.js';
import type { ParentCall } from '../groups/index.js';
import { Check } from '../input/index.js';
import type { ConcurrencyParts } from '../limits/index.js';
import type { Run } from '../pipeline/index.js';
import { type BudgetSnapshot, resolveBudgetSettings, TokenBucket } from '../retry/index.js';
import { monotonicMs } from '../runtime/index.js';
import { compileStages, findFirstQueue, type StageDependencies } from './compile-stages.js';
import type { KeyStates } from './key-states.js';
import { type CompiledTarget, OperationTargets } from './operation-targets.js';
import type { AnyExecuteOptions } from './options.js';
import type { ResilienceContext } from './resilience-context.js';
import { type ResolvedTarget, type ResolvedTargetList, readTargets } from './target-options.js';

/** The stages, deadline and budget of a call. */
export interface Plan {
  readonly run: Run;
  readonly deadlineMs: number | false;
  /** The budget that its success adds to. */
  readonly budget: TokenBucket | undefined;
  /** Whether the call goes to one of several targets, rather than to its own key. */
  readonly hasTargets: boolean;
  /** Where calls may wait before they are built; `undefined`: nowhere. */
  readonly queue: ConcurrencyParts | undefined;
}

/**
 * The plans of an operation's calls. Stages are compiled once for all calls that bring nothing of their own, until the
 * settings change.
 */
export class CallPlans {
  readonly #context: ResilienceContext;
  readonly #targets: OperationTargets;
  /** The targets of calls that bring none. */
  readonly #ownTargets: ResolvedTargetList | undefined;
  #resolved: ResolvedOperation;
  /** Created when first needed: a call may retry even if its operation does not. */
  #budget: TokenBucket | undefined;
  /** The usual stages, compiled when the first call needs them: one change may concern thousands of operations. */
  #run: Run | undefined;
  /** The plans of calls without their own settings, by strategy. */
  readonly #byStrategy = new Map<string, Plan>();
  /** The plan of calls that bring neither settings nor a strategy. */
  #usual: Plan | undefined;
  /** The plans of calls that bring only targets, by their array. */
  #byTargets = new WeakMap<object, Plan>();
  /** The stages of targets for calls that bring neither settings nor a deadline, by their list. */
  #compiledTargets = new WeakMap<readonly ResolvedTarget[], readonly PlannedTarget[]>();
  /** The settings of targets that bring their own. */
  #settingsOfTargets = new WeakMap<ResolvedTarget, ResolvedSettings>();

  constructor(
    resolved: ResolvedOperation,
    context: ResilienceContext,
    keys: KeyStates,
    targets: ResolvedTargetList | undefined,
  ) {
    this.#resolved = resolved;
    this.#context = context;
    this.#targets = new OperationTargets(context, keys);
    this.#ownTargets = targets;
  }

  get resolved(): ResolvedOperation {
    return this.#resolved;
  }

  /** The retry budget; `undefined` if there is none. */
  budget(): BudgetSnapshot | undefined {
    return this.#budget?.snapshot(monotonicMs());
  }

  /** Whether calls go to the targets of the operation. */
  get hasOwnTargets(): boolean {
    return this.#ownTargets !== undefined;
  }

  /** Whether the targets of the operation know the conversation that a call belongs to. */
  get isSticky(): boolean {
    return this.#ownTargets?.sticky !== undefined;
  }

  /** Replaces the settings of later calls. */
  updateSettings(resolved: ResolvedOperation): void {
    this.#resolved = resolved;
    const { retry } = resolved.effective;
    // Disabling the budget discards it; disabling retries does not.
    if (retry !== false) {
      if (retry.budget === false) this.#budget = undefined;
      else this.#budget?.updateSettings(retry.budget, monotonicMs());
    }
    this.#run = undefined;
    this.#usual = undefined;
    this.#byStrategy.clear();
    this.#byTargets = new WeakMap();
    this.#compiledTargets = new WeakMap();
    this.#settingsOfTargets = new WeakMap();
  }

  /** A call without its own settings, deadline or parent shares the plan of all calls with its strategy. */
  of(options: AnyExecuteOptions, parent: ParentCall | undefined): Plan {
    const { strategy, settings, deadlineMs, targets } = options;
    if (settings !== undefined || deadlineMs !== undefined || parent !== undefined || choosesTargets(options)) {
      return this.#makePlan(options, parent);
    }
    if (typeof targets === 'object') return this.#planWithTargets(targets, options);
    if (strategy === undefined) {
      this.#usual ??= this.#makePlan(options, undefined);
      return this.#usual;
    }
    const known = this.#byStrategy.get(strategy);
    if (known !== undefined) return known;
    const plan = this.#makePlan(options, undefined);
    this.#byStrategy.set(strategy, plan);
    return plan;
  }

  #planWithTargets(targets: object, options: AnyExecuteOptions): Plan {
    if (options.strategy !== undefined) return this.#makePlan(options, undefined);
    const known = this.#byTargets.get(targets);
    if (known !== undefined) return known;
    const plan = this.#makePlan(options, undefined);
    this.#byTargets.set(targets, plan);
    return plan;
  }

  /** The stages and the deadline of a call: those of the operation, unless the settings of the call need others. */
  #makePlan(options: AnyExecuteOptions, parent: ParentCall | undefined): Plan {
    const usual = this.#resolved.effective;
    const hasOwn = options.settings !== undefined || options.strategy !== undefined;
    const own = hasOwn ? resolveCallSettings(this.#resolved, options) : usual;
    const deadlineMs = limitToParent(options.deadlineMs ?? own.deadlineMs, parent);
    const budget = this.#budgetFor(own);
    // A chain that enforces a deadline works for any: the stage reads the call's own.
    const targets = this.#targetsOf(options);
    if (targets !== undefined) {
      const isUsual = !hasOwn && options.deadlineMs === undefined && parent === undefined;
      const known = isUsual ? this.#compiledTargets.get(targets.targets) : undefined;
      const compiled =
        known ?? targets.targets.map((target, index) => this.#compileTarget(target, index, options, deadlineMs));
      if (isUsual) this.#compiledTargets.set(targets.targets, compiled);
      // Its success adds to the budget of the operation, also if only a target spends from it.
      const spent = budget ?? compiled.find((each) => each.budget !== undefined)?.budget;
      const run = this.#targets.compile(compiled, targets);
      return { run, deadlineMs, budget: spent, hasTargets: true, queue: undefined };
    }
    const queue = findFirstQueue(own, this.#context.reporter);
    const keepsDeadline = own.deadlineMs !== false || own.attemptTimeoutMs !== false || deadlineMs === false;
    if (own === usual && keepsDeadline) {
      this.#run ??= this.#compile(usual, budget);
      return { run: this.#run, deadlineMs, budget, hasTargets: false, queue };
    }
    return { run: this.#compileOwn(own, usual, deadlineMs, budget), deadlineMs, budget, hasTargets: false, queue };
  }

  /** Composes the stages of calls with their own settings; `shared` are those that all calls of the key share. */
  #compileOwn(
    own: ResolvedSettings,
    shared: ResolvedSettings,
    deadlineMs: number | false,
    budget: TokenBucket | undefined,
    isForced = false,
  ): Run {
    const leaseMs = shared.breaker === false ? 0 : shared.breaker.trialLeaseMs;
    const ownLeaseMs = Math.max(leaseMs, computeTrialLeaseMs(own.attemptTimeoutMs, deadlineMs) ?? 0);
    const breaker = own.breaker === false ? false : shared.breaker;
    return this.#compile({ ...own, deadlineMs, breaker }, budget, { leaseMs: ownLeaseMs, isForced });
  }

  /** The targets of a call: its own, or else those of the operation. */
  #targetsOf({
    targets,
    order,
    whenNoneAvailable,
    targetWaitMs,
    sticky,
  }: AnyExecuteOptions): ResolvedTargetList | undefined {
    if (targets === false) return undefined;
    const own =
      targets === undefined ? this.#ownTargets?.targets : readTargets(new Check(), 'options.targets', targets);
    if (own === undefined) return undefined;
    return {
      targets: own,
      order: order ?? this.#ownTargets?.order,
      whenNoneAvailable: whenNoneAvailable ?? this.#ownTargets?.whenNoneAvailable,
      targetWaitMs: targetWaitMs ?? this.#ownTargets?.targetWaitMs,
      sticky: sticky ?? this.#ownTargets?.sticky,
    };
  }

  #compileTarget(
    target: ResolvedTarget,
    index: number,
    { settings, strategy }: AnyExecuteOptions,
    deadlineMs: number | false,
  ): PlannedTarget {
    const shared = this.#settingsOf(target, index);
    const hasOwn = settings !== undefined || strategy !== undefined;
    const path = `options.targets[${index}].settings`;
    const ofTarget = target.settings === undefined ? {} : { target: { settings: target.settings, path } };
    const own = hasOwn ? resolveCallSettings(this.#resolved, { settings, strategy, ...ofTarget }) : shared;
    const budget = this.#budgetFor(own);
    const run = this.#compileOwn(own, shared, deadlineMs, budget);
    const runAnyway = this.#compileOwn(own, shared, deadlineMs, budget, true);
    return { target, settingsNow: () => this.#settingsOf(target, index), quota: own.quota, run, runAnyway, budget };
  }

  /** The settings that the lanes of a target share between calls; the same object until they change. */
  #settingsOf(target: ResolvedTarget, index: number): ResolvedSettings {
    if (target.settings === undefined) return this.#resolved.effective;
    const known = this.#settingsOfTargets.get(target);
    if (known !== undefined) return known;
    const path = `options.targets[${index}].settings`;
    const settings = resolveCallSettings(this.#resolved, { target: { settings: target.settings, path } });
    this.#settingsOfTargets.set(target, settings);
    return settings;
  }

  /** Retries and hedges share it. Hedges without retries have the default one: without any, load could multiply. */
  #budgetFor({ retry, hedge }: ResolvedSettings): TokenBucket | undefined {
    const rules = retry !== false ? retry.budget : hedge !== false && resolveBudgetSettings({});
    if (rules === false) return undefined;
    this.#budget ??= new TokenBucket(rules);
    return this.#budget;
  }

  #compile(
    settings: ResolvedSettings,
    budget: TokenBucket | undefined,
    others: Pick<StageDependencies, 'leaseMs' | 'isForced'> = {},
  ): Run {
    const { reporter, random } = this.#context;
    return compileStages(settings, { reporter, random, budget, ...others });
  }
}

/** A target with its stages, and the budget that its retries spend from. */
interface PlannedTarget extends CompiledTarget {
  readonly budget: TokenBucket | undefined;
}

/** True for options that need a plan of their own: another choice of targets, or none. */
function choosesTargets({ targets, order, whenNoneAvailable, targetWaitMs, sticky }: AnyExecuteOptions): boolean {
  const chooses = order !== undefined || whenNoneAvailable !== undefined || targetWaitMs !== undefined;
  return chooses || sticky !== undefined || targets === false;
}

/** Limits the deadline of a call to that of its parent. */
function limitToParent(deadlineMs: number | false, parent: ParentCall | undefined): number | false {
  if (parent === undefined) return deadlineMs;
  // Rounded up: the parent's deadline comes first, and breakers ignore it.
  const remainingMs = Math.ceil(parent.remainingMs());
  // Not a number only if the parent is not a call of holdfast.
  if (!Number.isFinite(remainingMs)) return deadlineMs;
  return deadlineMs === false ? remainingMs : Math.min(deadlineMs, remainingMs);
}
