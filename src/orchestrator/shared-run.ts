import type { ResolvedCacheOptions } from '../cache/index.js';
import type { Call, LiveCall, Run } from '../pipeline/index.js';
import { monotonicMs } from '../runtime/index.js';
import { type Handlers, type KnownPart, type OnError, type OnValue, SUCCESS } from './carried-call.js';
import { remember } from './explain.js';
import type { CallFallback, FallbackRun } from './fallback-run.js';
import { FinishedCall } from './finished-call.js';
import type { AnyExecuteOptions } from './options.js';
import type { PreparedCall } from './prepared-call.js';
import type { ResilienceContext } from './resilience-context.js';
import { type Execution, SharedCalls, type SharedOutcome, WaitingCall } from './shared-calls.js';

/** What an operation does with each of its calls. */
export interface CallSteps {
  /** Does everything that can refuse the input, before anything is counted. */
  prepare(
    work: (call: Call) => unknown,
    options: AnyExecuteOptions,
    path: readonly string[] | undefined,
    known: KnownPart,
  ): PreparedCall;
  /** Counts a call as one in progress. */
  enter(prepared: PreparedCall): void;
  start(prepared: PreparedCall): Promise<unknown>;
  /** Ends a call that has its value, now or when its outcome is known. */
  succeed(prepared: PreparedCall, value: unknown): void;
  fail(prepared: PreparedCall, error: unknown): FinishedCall;
  /** Releases what a call has in use. */
  leave(prepared: PreparedCall, endedAtMs: number, value?: unknown, source?: LiveCall): void;
  /** Tries the steps of a fallback for a call that is still in progress to `close()`. */
  fallBack(
    prepared: PreparedCall,
    fallback: CallFallback,
    error: unknown,
    finished: FinishedCall,
    handlers: Handlers,
  ): void;
  fallbackRun(call: LiveCall, fallback: CallFallback): FallbackRun;
  /** Runs a call to its end that shares nothing. */
  carry(
    fn: (call: Call) => unknown,
    options: AnyExecuteOptions,
    onValue: OnValue,
    onError: OnError,
    path: readonly string[] | undefined,
    known: KnownPart,
  ): void;
}

const ACCEPTED: KnownPart = { isAccepted: true };
/** Microtasks are chained to it by `then`, a built-in that still runs when the stack is full. */
const RESOLVED = Promise.resolve();

/** Runs the calls of one operation that may share executions and values with others. */
export class SharedRun {
  readonly #context: ResilienceContext;
  readonly #steps: CallSteps;
  readonly #calls = new SharedCalls();

  constructor(context: ResilienceContext, steps: CallSteps) {
    this.#context = context;
    this.#steps = steps;
  }

  /** Runs a call to its end, and calls one of the handlers. Throws if the input is refused. */
  carry(
    fn: (call: Call) => unknown,
    own: AnyExecuteOptions,
    cache: ResolvedCacheOptions,
    onValue: OnValue,
    onError: OnError,
    path: readonly string[] | undefined,
  ): void {
    const steps = this.#steps;
    const shared = this.#calls;
    const waiting = new WaitingCall(cache, (execution) => this.#execute(fn, own, prepared.call, execution));
    const run: Run = (attempt) => shared.enter(waiting, attempt);
    const prepared = steps.prepare(fn, own, path, { run });
    const handlers = { onValue, onError };
    steps.enter(prepared);
    const onInterrupted = (error: unknown) => {
      const { call } = prepared;
      shared.leave(waiting, call.decisive.interruption, (finished, cached) => {
        const ended = finished ?? new FinishedCall(call, call.ending(error), monotonicMs());
        if (finished === undefined) remember(error, ended);
        this.#fail(prepared, error, ended, { ...handlers, cached });
      });
    };
    const onOutcome = () => {
      const { outcome } = waiting;
      if (outcome?.status === 'value') this.#succeed(prepared, outcome, onValue);
      else if (outcome?.status === 'error') {
        if (outcome.finished === undefined) {
          steps.leave(prepared, monotonicMs());
          onError(outcome.error, undefined);
        } else this.#fail(prepared, outcome.error, outcome.finished, { ...handlers, cached: outcome.cached });
      } else {
        // A stream can be read once.
        const { call, fallback } = prepared;
        const wholeMs = fallback === undefined ? call.deadlineMs : fallback.deadlineMs;
        const nowMs = monotonicMs();
        const leftMs = wholeMs === undefined ? false : Math.max(1, Math.ceil(call.startedAtMs + wholeMs - nowMs));
        // It was accepted before, so that `close()` waits for it.
        this.#context.inFlight += 1;
        steps.leave(prepared, nowMs);
        steps.carry(fn, { ...own, cache: undefined, deadlineMs: leftMs }, onValue, onError, path, ACCEPTED);
        this.#context.leave();
      }
    };
    try {
      prepared.call.start(this.#context.links).then(onOutcome, onInterrupted);
    } catch (error) {
      prepared.call.fail(error);
      void RESOLVED.then(() => onInterrupted(error));
    }
  }

  /** Executes the function of a call for all that share it, with the options of that one. */
  #execute(
    fn: (call: Call) => unknown,
    own: AnyExecuteOptions,
    { serial, context }: LiveCall,
    execution: Execution,
  ): void {
    const steps = this.#steps;
    const { remainingMs, onStarted, onValue, onError } = execution;
    const options = {
      ...own,
      cache: undefined,
      deadlineMs: false,
      parent: false,
      signal: undefined,
      fallback: false,
    } as const;
    let started: PreparedCall | undefined;
    try {
      // Those that wait are calls in progress; the execution is none.
      const prepared = steps.prepare(fn, options, undefined, { serial, context, remainingMs });
      started = prepared;
      onStarted(prepared.call);
      steps.start(prepared).then(
        (value) => {
          // A stream whose outcome comes later is in progress until then.
          if (prepared.call.streaming !== undefined) steps.enter(prepared);
          steps.succeed(prepared, value);
          onValue(value, prepared.call);
        },
        (error: unknown) => onError(error, steps.fail(prepared, error)),
      );
    } catch (error) {
      void RESOLVED.then(() => onError(error, started === undefined ? undefined : this.#onThrow(started, error)));
    }
  }

  /** Ends an execution whose stages threw instead of returning a promise. */
  #onThrow(prepared: PreparedCall, error: unknown): FinishedCall {
    prepared.call.fail(error);
    return this.#steps.fail(prepared, error);
  }

  #succeed(
    prepared: PreparedCall,
    { value, cached, source }: SharedOutcome & { readonly status: 'value' },
    onValue: OnValue,
  ): void {
    const { call, state, fallback } = prepared;
    const endedAtMs = monotonicMs();
    // Before the call is left: it has no attempt of its own.
    const finished = cached === false ? undefined : new FinishedCall(call, SUCCESS, endedAtMs);
    this.#steps.leave(prepared, endedAtMs, value, source);
    if (cached !== false) {
      state.counter.cacheHit();
      this.#context.reporter.cacheHit(call, cached);
    }
    if (fallback !== undefined) this.#steps.fallbackRun(call, fallback).storeLastGood(value);
    onValue(value, source ?? call, endedAtMs, finished, { cached });
  }

  #fail(prepared: PreparedCall, error: unknown, finished: FinishedCall, handlers: Handlers): void {
    const { call, fallback } = prepared;
    const { cached = false } = handlers;
    const own = cached === false ? finished : new FinishedCall(call, finished, monotonicMs());
    if (fallback !== undefined) this.#context.inFlight += 1;
    this.#steps.leave(prepared, monotonicMs());
    if (fallback === undefined) handlers.onError(error, own, { cached });
    else this.#steps.fallBack(prepared, fallback, error, own, handlers);
  }
}
