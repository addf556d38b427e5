import { type ConfigurationError, DeadlineExceededError } from '../errors/index.js';
import {
  type FallbackCause,
  type FallbackPlan,
  type FallbackUse,
  isFor,
  type LastGoodValues,
  type PlannedStep,
} from '../fallback/index.js';
import { configurationError } from '../input/index.js';
import { type Call, type CallHooks, LiveCall, type Run } from '../pipeline/index.js';
import { monotonicMs } from '../runtime/index.js';
import { deadline } from '../timeout/index.js';
import type { FinishedCall } from './finished-call.js';
import type { ResilienceContext } from './resilience-context.js';

/** The fallback of one call, and what it needs to know of the call. */
export interface CallFallback {
  readonly plan: FallbackPlan;
  /** The deadline of the whole call, in milliseconds after its start; that of its attempts may be earlier. */
  readonly deadlineMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly parentSignal: AbortSignal | undefined;
  /** The operations whose fallbacks led to this call, its own included. */
  readonly path: readonly string[];
}

/** What a fallback came to. */
export type FallbackResult =
  | { readonly status: 'answered'; readonly value: unknown; readonly use: FallbackUse }
  /** No step gave a value. */
  | { readonly status: 'failed' }
  /** The caller aborted meanwhile. */
  | { readonly status: 'cancelled'; readonly reason: unknown; readonly call: LiveCall };

/** The state that the fallbacks of an operation share. */
export interface FallbackState {
  readonly context: ResilienceContext;
  /** They neither count nor report attempts: code of a fallback is none. */
  readonly hooks: CallHooks;
  readonly lastGood: () => LastGoodValues;
}

/** A value of a step; `undefined`: it has none. */
type StepValue = { readonly value: unknown } | undefined;

/** Thrown through the steps when the caller has aborted. */
class Cancelled {
  readonly call: LiveCall;
  readonly reason: unknown;

  constructor(call: LiveCall, reason: unknown) {
    this.call = call;
    this.reason = reason;
  }
}

/** Ends a function at the deadline of its call. */
const invokeWithinDeadline: Run = (attempt) => deadline()((inner) => inner.invoke())(attempt);

/** Tries the steps of one fallback, for one call that has failed. */
export class FallbackRun {
  readonly #state: FallbackState;
  readonly #call: LiveCall;
  readonly #fallback: CallFallback;

  constructor(state: FallbackState, call: LiveCall, fallback: CallFallback) {
    this.#state = state;
    this.#call = call;
    this.#fallback = fallback;
  }

  /** Stores the value of the call, which has succeeded, for later ones. Never throws. */
  storeLastGood(value: unknown): void {
    for (const lastGood of this.#fallback.plan.stored) {
      try {
        const { key } = this.#call.lane;
        this.#state.lastGood().store(lastGood, key, value, () => this.#view(), monotonicMs());
      } catch (error) {
        this.#hookFailed(error);
      }
    }
  }

  /** Tries the steps in their order. Never rejects. */
  async answer(error: unknown, finished: FinishedCall): Promise<FallbackResult> {
    const { stopReason, failure } = finished;
    const cause: FallbackCause = Object.freeze({ error, failure, stopReason });
    for (const step of this.#fallback.plan.steps) {
      if (!isFor(step, cause) || !this.#mayRun(step, finished)) continue;
      try {
        const found = await this.#try(step, cause);
        if (found !== undefined) return { status: 'answered', value: found.value, use: step.use };
        this.#state.context.reporter.fallbackFailed(this.#call, step.use, undefined);
      } catch (thrown) {
        if (thrown instanceof Cancelled) return { status: 'cancelled', reason: thrown.reason, call: thrown.call };
        this.#state.context.reporter.fallbackFailed(this.#call, step.use, thrown);
      }
    }
    return { status: 'failed' };
  }

  async #try(step: PlannedStep, cause: FallbackCause): Promise<StepValue> {
    switch (step.kind) {
      case 'value':
        return { value: step.value };
      case 'last_good':
        return this.#findLastGood(step);
      case 'function':
        return { value: await this.#run((call) => step.run(cause, call)) };
      case 'operation':
        return { value: await this.#runOperation(step, cause) };
    }
  }

  #findLastGood({ lastGood }: PlannedStep & { readonly kind: 'last_good' }): StepValue {
    try {
      return this.#state.lastGood().find(lastGood, this.#call.lane.key, () => this.#view(), monotonicMs());
    } catch (error) {
      this.#hookFailed(error);
      return undefined;
    }
  }

  /** The function of the call runs again only where the call allows that. */
  #mayRun(step: PlannedStep, { invocations, failure }: FinishedCall): boolean {
    if (step.kind !== 'operation' || step.run !== undefined || invocations === 0) return true;
    return this.#call.replayable && (this.#call.idempotent || failure?.unexecuted === true);
  }

  #runOperation(step: PlannedStep & { readonly kind: 'operation' }, cause: FallbackCause): Promise<unknown> {
    const { run } = step;
    const { work, lane, context, idempotent, priority, estimate, stream } = this.#call;
    const { key } = lane;
    // Whether another function can run again is not known.
    const replayable = run === undefined ? this.#call.replayable : undefined;
    const operation = this.#state.context.findOperation?.(step.operation);
    const path = this.#fallback.path;
    if (operation === undefined || path.includes(operation.name)) {
      throw refuseCycle([...path, operation?.name ?? step.operation]);
    }
    const fn = run === undefined ? work : (call: Call) => run(call, cause);
    return this.#run((parent) =>
      operation.answer(fn, { parent, key, context, idempotent, replayable, priority, estimate }, path, stream),
    );
  }

  /** Runs code with the time that the call has left, and until its caller aborts. */
  async #run(work: (call: Call) => unknown): Promise<unknown> {
    const { context } = this.#state;
    const call = this.#open(work);
    if (call.remainingMs() <= 0) throw new DeadlineExceededError(call.operation, call.deadlineMs ?? 0);
    call.delayStart();
    try {
      const value = await call.start(context.links);
      call.release(context.links, monotonicMs(), value);
      return value;
    } catch (error) {
      call.fail(error);
      call.release(context.links, monotonicMs());
      const { interruption } = call.decisive;
      if (interruption?.by === 'caller') throw new Cancelled(call, interruption.error);
      throw error;
    }
  }

  /** A call that code of the fallback runs in: the same one to the outside, with the deadline of the whole. */
  #open(work: (call: Call) => unknown): LiveCall {
    const { hooks } = this.#state;
    const { lane, serial, startedAtMs, context, idempotent, replayable, priority, estimate } = this.#call;
    const { deadlineMs, signal, parentSignal } = this.#fallback;
    return new LiveCall({
      hooks,
      lane,
      work,
      run: invokeWithinDeadline,
      serial,
      startedAtMs,
      deadlineMs,
      signal,
      parentSignal,
      context,
      idempotent,
      replayable,
      priority,
      estimate,
    });
  }

  /** The call, as a key function sees it. */
  #view(): Call {
    return this.#open(() => undefined).decisive;
  }

  #hookFailed(error: unknown): void {
    const { lane, id: callId, context } = this.#call;
    const { operation, key } = lane;
    this.#state.context.reporter.hookFailed('fallback', error, { operation, key, callId, context });
  }
}

/** The error of fallbacks that lead back to an operation. */
export function refuseCycle(path: readonly string[]): ConfigurationError {
  return configurationError('fallback', 'must not lead back to an operation', path.join(' > '));
}
