import { ResilienceClosedError } from '../errors/index.js';
import type {
  Fallback,
  FallbackCause,
  FallbackFunction,
  FallbackStep,
  FallbackUse,
  OperationStep,
} from './fallback.js';
import { type ResolvedLastGood, resolveLastGood } from './last-good.js';

/** One step with its defaults filled in. */
export type PlannedStep = { readonly use: FallbackUse; readonly on: ReadonlySet<string> | undefined } & (
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'last_good'; readonly lastGood: ResolvedLastGood }
  | { readonly kind: 'function'; readonly run: FallbackFunction<unknown> }
  | { readonly kind: 'operation'; readonly operation: string; readonly run: OperationStep<unknown>['run'] }
);

/** A fallback with its defaults filled in. */
export interface FallbackPlan {
  readonly steps: readonly PlannedStep[];
  /** The share of the deadline that the attempts leave, 0 to 0.9. */
  readonly deadlineShare: number;
  /** The values that successful calls store. */
  readonly stored: readonly ResolvedLastGood[];
}

/** What is left for a step that runs code. */
const DEFAULT_SHARE = 0.2;

/** Fills in the defaults. The fallback must be valid. */
export function resolveFallback(fallback: Fallback): FallbackPlan {
  const steps = listSteps(fallback).map(planStep);
  let runsCode = false;
  const stored: ResolvedLastGood[] = [];
  for (const step of steps) {
    if (step.kind === 'last_good') stored.push(step.lastGood);
    else if (step.kind !== 'value') runsCode = true;
  }
  const own = typeof fallback === 'object' && 'steps' in fallback ? fallback.deadlineShare : undefined;
  return { steps, deadlineShare: own ?? (runsCode ? DEFAULT_SHARE : 0), stored };
}

/** The operations that a fallback may call, in the order of its steps. */
export function listOperations({ steps }: FallbackPlan): readonly string[] {
  return steps.flatMap((step) => (step.kind === 'operation' ? [step.operation] : []));
}

/** Whether a fallback may call this operation. */
export function callsOperation({ steps }: FallbackPlan, operation: string): boolean {
  return steps.some((step) => step.kind === 'operation' && step.operation === operation);
}

/** The time that the attempts of a call have; the rest of its deadline is for the fallback. */
export function computeAttemptsMs(deadlineMs: number, { deadlineShare }: FallbackPlan): number {
  return deadlineShare === 0 ? deadlineMs : Math.ceil(deadlineMs * (1 - deadlineShare));
}

/**
 * Whether a fallback may answer at all: not a call that its caller cancelled, a signal of a framework's control flow, or a
 * closed `Resilience`.
 */
export function mayAnswer({ error, failure, stopReason }: FallbackCause): boolean {
  if (stopReason === 'cancelled' || stopReason === 'closed' || failure?.kind === 'cancelled') return false;
  return !ResilienceClosedError.is(error);
}

/** Whether a step is for this failure. */
export function isFor({ on }: PlannedStep, { failure, stopReason }: FallbackCause): boolean {
  return on === undefined || on.has(stopReason) || (failure !== undefined && on.has(failure.kind));
}

function listSteps(fallback: Fallback): readonly FallbackStep<unknown>[] {
  if (typeof fallback === 'function') return [fallback];
  if (isList(fallback)) return fallback;
  return 'steps' in fallback ? fallback.steps : [fallback];
}

function isList(fallback: Fallback): fallback is readonly FallbackStep<unknown>[] {
  return Array.isArray(fallback);
}

function planStep(step: FallbackStep<unknown>, index: number): PlannedStep {
  if (typeof step === 'function')
    return { kind: 'function', use: { step: 'function', index }, on: undefined, run: step };
  const on = step.on === undefined ? undefined : new Set<string>(step.on);
  if (step.operation !== undefined) {
    const { operation, run } = step;
    return { kind: 'operation', use: { step: 'operation', index, operation }, on, operation, run };
  }
  if (step.run !== undefined) return { kind: 'function', use: { step: 'function', index }, on, run: step.run };
  if (step.lastGood !== undefined) {
    return { kind: 'last_good', use: { step: 'last_good', index }, on, lastGood: resolveLastGood(step.lastGood) };
  }
  return { kind: 'value', use: { step: 'value', index }, on, value: step.value };
}
